"""Argenteuil: a coordination of associations of Moroccans abroad."""

from core.settings.base import *
from core.settings.site import for_site

globals().update(
    for_site(
        "argenteuil",
        port=8002,
        title={
            "fr": "Tiwizi Argenteuil",
            "ar": "تيويزي أرجنتوي",
            "en": "Tiwizi Argenteuil",
            "zgh": "ⵜⵉⵡⵉⵣⵉ Argenteuil",
        },
        tagline={
            "fr": "Vingt-cinq associations, une seule fenêtre sur les projets du pays",
            "ar": "خمس وعشرون جمعية ونافذة واحدة على مشاريع البلاد",
            "en": "Twenty-five associations, one window on the projects back home",
        },
        territory="argenteuil",
        host="coordination-souss-massa",
        currency="EUR",
        plugins=("crowdfunding", "volunteering", "forum", "federation"),
    )
)
