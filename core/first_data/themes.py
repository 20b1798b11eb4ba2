"""Themes that projects stand under: slug, then French, Arabic, Amazigh where the word is certain, English."""

from __future__ import annotations

from core.models import Theme

THEMES = (
    ("water", "Eau", "الماء", "ⴰⵎⴰⵏ", "Water"),
    ("environment", "Déchets et environnement", "النفايات والبيئة", "", "Waste and environment"),
    ("health", "Santé", "الصحة", "ⵜⴰⴷⵓⵙⵉ", "Health"),
    ("education", "Éducation", "التعليم", "ⴰⵙⴳⵎⵉ", "Education"),
    ("school-transport", "Transport scolaire", "النقل المدرسي", "", "School transport"),
    ("roads", "Routes et pistes", "الطرق والمسالك", "ⵉⴱⵔⵉⴷⵏ", "Roads and tracks"),
    ("energy", "Énergie", "الطاقة", "", "Energy"),
    ("agriculture", "Agriculture", "الفلاحة", "ⵜⴰⴼⵍⵍⴰⵃⵜ", "Farming"),
    ("social-economy", "Économie sociale et coopératives", "الاقتصاد الاجتماعي والتعاونيات", "", "Social economy and cooperatives"),
    ("culture", "Culture et patrimoine", "الثقافة والتراث", "ⵉⴷⵍⵙ", "Culture and heritage"),
    ("youth", "Sport et jeunesse", "الرياضة والشباب", "", "Sport and youth"),
    ("women", "Femmes", "النساء", "ⵜⵉⵎⵖⴰⵔⵉⵏ", "Women"),
    ("employment", "Emploi et formation", "التشغيل والتكوين", "", "Jobs and training"),
    ("tourism", "Tourisme", "السياحة", "", "Tourism"),
    ("digital", "Numérique", "الرقميات", "", "Digital"),
)  # fmt: skip


def load() -> int:
    """Write or refresh the themes; gives how many there are."""
    rows = [
        Theme(slug=slug, order=number, name_fr=french, name_ar=arabic, name_zgh=amazigh, name_en=english)
        for number, (slug, french, arabic, amazigh, english) in enumerate(THEMES)
    ]
    Theme.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["slug"],
        update_fields=["order", "name_fr", "name_ar", "name_zgh", "name_en"],
    )
    return Theme.objects.count()
