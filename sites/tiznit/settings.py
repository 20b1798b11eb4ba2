"""Tiznit: a province and its communes."""

from core.settings.base import *
from core.settings.site import for_site

globals().update(
    for_site(
        "tiznit",
        port=8001,
        title={"fr": "Tiwizi Tiznit", "ar": "تيويزي تيزنيت", "en": "Tiwizi Tiznit", "zgh": "ⵜⵉⵡⵉⵣⵉ ⵜⵉⵣⵏⵉⵜ"},
        tagline={
            "fr": "Les communes et les douars de la province, avec celles et ceux d'ailleurs",
            "ar": "جماعات الإقليم ودواويره، مع أبنائها وأصدقائها أينما كانوا",
            "en": "The communes and villages of the province, with those who live elsewhere",
        },
        territory="09.581",
        host="province-tiznit",
        currency="MAD",
        plugins=("crowdfunding", "volunteering", "forum", "federation"),
    )
)
