"""Addresses of offers in kind and in days, of their answers, and of who pays what."""

from django.urls import path

from plugins.crowdfunding.views import offering, offers, plans

urlpatterns = [
    path("campaigns/<uslug:slug>/offer/", offering.offer_things, name="offer_things"),
    path("campaigns/<uslug:slug>/offer-days/", offering.offer_days, name="offer_days"),
    path("offers/<slug:token>/", offering.things, name="offer"),
    path("offers/<slug:token>/withdraw/", offering.withdraw_things, name="offer_withdraw"),
    path("offers/<slug:token>/giver/", offering.deed_party, name="offer_deed_party"),
    path("offers/<slug:token>/deed-<slug:language>.pdf", offering.deed, name="offer_deed"),
    path("offers/<slug:token>/reception/", offering.reception_photo, name="offer_photo"),
    path("work/<slug:token>/", offering.work, name="days_offer"),
    path("work/<slug:token>/withdraw/", offering.withdraw_days, name="days_withdraw"),
    path("campaigns/<uslug:slug>/offers/<slug:kind>/", offers.offer_list, name="offers"),
    path("campaigns/<uslug:slug>/offers/<slug:kind>/<slug:uid>/", offers.offer, name="offer_answer"),
    path("campaigns/<uslug:slug>/offers/<slug:kind>/<slug:uid>/<slug:act>/", offers.act, name="offer_act"),
    path(
        "campaigns/<uslug:slug>/offers/things/<slug:uid>/deed/<slug:language>/",
        offers.deed,
        name="offer_answer_deed",
    ),
    path(
        "campaigns/<uslug:slug>/offers/things/<slug:uid>/files/reception/",
        offers.photo,
        name="offer_answer_photo",
    ),
    path("projects/<uslug:slug>/plan/", plans.plan, name="plan"),
    path("projects/<uslug:slug>/plan/<slug:uid>/share/", plans.announce, name="share_announce"),
    path("projects/<uslug:slug>/plan/<slug:uid>/part/<uslug:campaign>/", plans.allot, name="allot"),
    path("projects/<uslug:slug>/plan/shares/<slug:uid>/<slug:act>/", plans.share_act, name="share_act"),
]
