"""What people read and do in crowdfunding, at ``/<lang>/crowdfunding/``."""

from django.urls import path

from plugins.crowdfunding.views import campaigns, giving, ledgers, managing, milestones, treasury, witnesses

urlpatterns = [
    path("", campaigns.campaign_list, name="campaigns"),
    path("campaigns/<uslug:slug>/", campaigns.campaign_detail, name="campaign"),
    path("campaigns/<uslug:slug>/give/", giving.give, name="give"),
    path("campaigns/<uslug:slug>/edit/", managing.edit, name="campaign_edit"),
    path("campaigns/<uslug:slug>/act/<slug:act>/", managing.act, name="campaign_act"),
    path("campaigns/<uslug:slug>/messages/<slug:uid>/hide/", managing.hide_message, name="message_hide"),
    path("projects/<uslug:slug>/campaign/", managing.prepare, name="campaign_prepare"),
    path("pledges/<slug:token>/", giving.pledge, name="pledge"),
    path("pledges/<slug:token>/cancel/", giving.cancel, name="pledge_cancel"),
    path("pledges/<slug:token>/qr.png", giving.qr_image, name="pledge_qr"),
    path("treasury/", treasury.home, name="treasuries"),
    path("treasury/<slug:slug>/", treasury.waiting, name="treasury"),
    path("treasury/<slug:slug>/received/", treasury.payments_list, name="treasury_received"),
    path("treasury/<slug:slug>/gift/", treasury.counter, name="treasury_gift"),
    path("treasury/<slug:slug>/account/", treasury.account, name="treasury_account"),
    path("treasury/<slug:slug>/pledges/<slug:uid>/receive/", treasury.receive, name="treasury_receive"),
    path("treasury/<slug:slug>/payments/<slug:uid>/undo/", treasury.undo, name="treasury_undo"),
    path("ledger/verifier.py", ledgers.verifier, name="ledger_verifier"),
    path("ledger/<uslug:slug>/", ledgers.statement, name="ledger"),
    path("ledger/<uslug:slug>/ledger.json", ledgers.as_json, name="ledger_json"),
    path("ledger/<uslug:slug>/ledger.csv", ledgers.as_csv, name="ledger_csv"),
    path("campaigns/<uslug:slug>/milestones/plan/", milestones.plan, name="milestones_plan"),
    path("campaigns/<uslug:slug>/milestones/add/", milestones.add, name="milestone_add"),
    path("campaigns/<uslug:slug>/milestones/<slug:uid>/", milestones.milestone, name="milestone"),
    path("campaigns/<uslug:slug>/milestones/<slug:uid>/edit/", milestones.edit, name="milestone_edit"),
    path("campaigns/<uslug:slug>/milestones/<slug:uid>/remove/", milestones.remove, name="milestone_remove"),
    path("campaigns/<uslug:slug>/milestones/<slug:uid>/claim/", milestones.claim, name="milestone_claim"),
    path("campaigns/<uslug:slug>/witnesses/invite/", milestones.invite, name="witness_invite"),
    path("campaigns/<uslug:slug>/witnesses/<slug:uid>/dismiss/", milestones.dismiss, name="witness_dismiss"),
    path("witnessing/", witnesses.mine, name="witness_mine"),
    path("witnessing/<slug:token>/", witnesses.witness, name="witness"),
    path("witnessing/<slug:token>/<slug:uid>/", witnesses.testify, name="testify"),
]
