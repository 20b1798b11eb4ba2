"""Who may do what in crowdfunding, address by address; whoever does not stand in a line is refused.

The words after a name say what the address is about: a row of the world (its slug, uid or number), ``row.token``
for another of its values, ``=word`` for the word itself.
"""

from __future__ import annotations

KEEPER = {"treasurer"}
"""Who keeps the collector's accounts; a manager or an animator does not."""
HEADS = {"treasurer", "manager"}
"""Who answers for the collector: bank details, keys, rules, cash, expenses."""
TEAM = {"manager", "animator", "owner"}
"""Who works on the campaign: managers of the collector and of the project's owner, animators."""
OPENERS = {"treasurer", "manager", "animator"}
"""Who answers for opening, closing and cancelling."""
GIVING = {"treasurer", "manager", "owner"}
"""Who sends rewards: donors' addresses hang on them, so animators do not."""
RECEIVING = {"receiver", "owner"}
"""Who answers for the association that receives the money."""
ANSWERING = {"manager", "owner"}
"""Who says yes or no to things and days."""
PLANNING = {"owner", "animator"}
"""Who plans the project's budget."""
TREASURERS = {"treasurer", "receiver", "other"}
SIGNED_IN = {"nobody", "donor", "treasurer", "manager", "animator", "receiver", "owner", "other"}
NOBODY: set[str] = set()

TABLE: list[tuple[str, str, set[str]]] = [
    # The campaign
    ("campaign", "draft", TEAM),
    ("donors", "draft", TEAM),
    ("updates", "draft", TEAM),
    ("milestone", "draft planned", TEAM),
    ("give", "draft", NOBODY),
    ("money", "draft", NOBODY),
    ("embed", "draft", NOBODY),
    ("embed_code", "draft", NOBODY),
    ("offer_things", "draft", NOBODY),
    ("offer_days", "draft", NOBODY),
    ("campaign_prepare", "project", PLANNING),
    ("campaign_edit", "campaign", TEAM),
    ("campaign_edit", "draft", TEAM),
    ("campaign_act", "draft =open", OPENERS),
    ("campaign_act", "campaign =close", OPENERS),
    ("campaign_act", "campaign =cancel", OPENERS),
    ("message_hide", "campaign pledge", TEAM),
    ("message_show", "campaign given", TEAM),
    ("update_write", "campaign", TEAM),
    ("update", "unsaid", TEAM),
    ("update", "inside", TEAM),
    ("update_edit", "news", TEAM),
    ("update_act", "unsaid =publish", TEAM),
    ("update_act", "news =withdraw", TEAM),
    # Steps and witnesses
    ("milestones_plan", "stepped", TEAM),
    ("milestone_add", "draft", TEAM),
    ("milestone_edit", "draft planned", TEAM),
    ("milestone_remove", "draft planned", TEAM),
    ("milestone_claim", "stepped step", TEAM),
    ("witness_invite", "stepped", TEAM),
    ("witness_dismiss", "draft early", TEAM),
    ("witness_dismiss", "stepped witness", {"animator"}),
    ("witness_mine", "", SIGNED_IN),
    # Rewards
    ("rewards", "campaign", GIVING),
    ("reward_offer", "campaign", GIVING),
    ("reward_edit", "campaign reward", GIVING),
    ("reward_act", "campaign reward =withdraw", GIVING),
    ("return_publish", "campaign common", GIVING),
    ("deliveries", "campaign", GIVING),
    ("deliveries_send", "campaign", GIVING),
    ("deliveries_export", "campaign", GIVING),
    # Money that comes
    ("treasuries", "", TREASURERS),
    ("treasury", "collector", KEEPER),
    ("treasury_received", "collector", KEEPER),
    ("treasury_gift", "collector", KEEPER),
    ("treasury_receive", "collector pledge", KEEPER),
    ("treasury_undo", "collector cheque", KEEPER),
    ("treasury_account", "collector", HEADS),
    ("treasury_gates", "collector", HEADS),
    ("report_sent", "collector over", HEADS),
    ("treasury_gateways", "collector", HEADS),
    ("treasury_gateway_off", "collector", HEADS),
    ("treasury_supports", "collector", KEEPER),
    ("exports", "collector", KEEPER),
    ("cash", "collector", HEADS),
    ("cash_declare", "collector", HEADS),
    ("cash_receipt", "collector cash", HEADS),
    ("cash_receipt_pdf", "collector cash", HEADS),
    ("cash_confirm", "collector cash", HEADS),
    ("cash_refuse", "collector cash", HEADS),
    ("cash_correct", "collector cash", HEADS),
    ("deposits", "collector", KEEPER),
    ("deposit_cash", "collector", KEEPER),
    ("deposit_cheques", "collector", KEEPER),
    ("deposit_undo", "collector deposit", KEEPER),
    ("statements", "collector", KEEPER),
    ("statement_review", "collector", KEEPER),
    ("statement_decided", "collector", KEEPER),
    ("statement_columns", "collector statement", KEEPER),
    ("statement_line", "collector bank_line", KEEPER),
    ("statement_gift", "collector bank_line", KEEPER),
    ("statement_leave", "collector bank_line", KEEPER),
    ("statement_undo", "collector left_line", KEEPER),
    # Money that goes back
    ("give_back", "collector cheque", KEEPER),
    ("treasury_refunds", "collector", KEEPER),
    ("refund_done", "collector refund", KEEPER),
    ("refund_act", "collector refund =drop", KEEPER),
    ("refund_act", "collector refund =retry", KEEPER),
    ("treasury_disputes", "collector", KEEPER),
    ("treasury_events", "collector", KEEPER),
    ("settlements", "collector", KEEPER),
    ("settlement_undo", "collector settlement", KEEPER),
    ("event_settle", "collector event", KEEPER),
    # Money that is passed on and spent
    ("payouts", "collector", HEADS),
    ("payouts", "takes", RECEIVING),
    ("payout_new", "collector campaign", KEEPER),
    ("payout_arrived", "takes sent", RECEIVING),
    ("payout_arrived", "collector sent", RECEIVING),
    ("payout_act", "collector sent =return", KEEPER),
    ("payout_act", "takes sent =undo", KEEPER),
    ("payout_act", "takes came =correct", RECEIVING),
    ("payout_proof", "sent", {"treasurer", *RECEIVING}),
    ("spendings", "collector", HEADS),
    ("spendings", "takes", RECEIVING),
    ("spending_new", "collector campaign", HEADS),
    ("spending_new", "takes campaign", RECEIVING),
    ("spending_undo", "takes spent", RECEIVING),
    ("spending_invoice", "takes spent", RECEIVING),
    ("spending_show", "spent", {"treasurer", "receiver"}),
    ("invoice", "spent", {"treasurer", *RECEIVING}),
    # Sponsors
    ("matching_funds", "collector", HEADS),
    ("matching_set_up", "collector", HEADS),
    ("matching_offer", "fund", HEADS),
    ("matching_stop", "fund", HEADS),
    ("matching_answer", "steady fund", OPENERS),
    ("matching_pot", "pot", OPENERS),
    ("treasury_matches", "collector", KEEPER),
    ("treasury_settle", "collector place", KEEPER),
    # Tax receipts
    ("receipts", "collector", KEEPER),
    ("receipt_issuer", "collector", KEEPER),
    ("receipt_issue", "collector", KEEPER),
    ("receipt_eligible", "collector campaign", KEEPER),
    ("receipt_identity", "collector waits", KEEPER),
    ("receipt_cancel", "collector receipt", KEEPER),
    ("receipt_pdf", "collector receipt", KEEPER),
    # Things, days and shares
    ("offers", "campaign =things", ANSWERING),
    ("offers", "campaign =days", ANSWERING),
    ("offer_answer", "campaign =things offer", ANSWERING),
    ("offer_answer", "campaign =days days", ANSWERING),
    ("offer_act", "campaign =things offer =accept", ANSWERING),
    ("offer_act", "campaign =things offer =decline", ANSWERING),
    ("offer_act", "campaign =days days =accept", ANSWERING),
    ("offer_answer_deed", "campaign received =fr", ANSWERING),
    ("offer_answer_photo", "campaign received", ANSWERING),
    ("plan", "project", PLANNING),
    ("share_announce", "project line", PLANNING),
    ("allot", "project line campaign", PLANNING),
    ("share_act", "project share =decide", PLANNING),
    ("share_act", "project share =withdraw", PLANNING),
]

PUBLIC = {
    "campaigns": "",
    "campaign": "campaign",
    "give": "campaign",
    "lost_link": "",
    "money": "campaign",
    "project_money": "project",
    "ledger_check": "",
    "ledger_verifier": "",
    "ledger": "project",
    "ledger_json": "project",
    "ledger_csv": "project",
    "milestone": "stepped claimed",
    "donors": "campaign",
    "embed": "campaign",
    "embed_code": "campaign",
    "updates": "campaign",
    "update": "news",
    "support_give": "steady",
    "matching_fund": "fund",
    "offer_things": "campaign",
    "offer_days": "campaign",
}
"""Pages everyone may open."""

BY_LINK = {
    "pledge": "pledge.token",
    "pledge_pay": "open_card.token",
    "pledge_go": "open_card.token",
    "pledge_back": "open_card.token",
    "pledge_transfer": "open_card.token",
    "pledge_move": "pledge.token",
    "pledge_cancel": "pledge.token",
    "pledge_qr": "pledge.token",
    "pledge_update": "chosen.token inside",
    "pledge_address": "chosen.token",
    "pledge_arrived": "chosen.token",
    "pledge_problem": "chosen.token",
    "cash_donor": "cash.pledge.token",
    "cash_donor_pdf": "cash.pledge.token",
    "receipt_ask": "chosen.token",
    "receipt_pledge": "given.token receipt",
    "receipt": "letter",
    "demo_bank": "started.session",
    "support": "support.token",
    "support_change": "support.token",
    "support_card": "support.token",
    "support_act": "support.token =stop",
    "witness": "witness.token",
    "testify": "witness.token claimed",
    "offer": "offer.token",
    "offer_withdraw": "offer.token",
    "offer_deed_party": "received.token",
    "offer_deed": "received.token =fr",
    "offer_photo": "received.token",
    "days_offer": "days.token",
    "days_withdraw": "days.token",
}
"""Pages reached by a link nobody can guess: who has it comes in without account, who has not gets 404."""

OF_ANOTHER = {
    "collector": "elsewhere",
    "takes": "elsewhere",
    "campaign": "foreign",
    "draft": "foreign",
    "stepped": "foreign",
    "steady": "foreign",
    "project": "abroad",
}
"""What another association answers for, in the place of ours: its own address with one of our rows leads nowhere."""
