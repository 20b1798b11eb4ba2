"""What happens in crowdfunding, as written in the journal. Facts hold amounts as text, never a person."""

from django.utils.translation import gettext_lazy as _

from core.contract import Verb

DRAFTED = "crowdfunding.campaign.drafted"
OPENED = "crowdfunding.campaign.opened"
EDITED = "crowdfunding.campaign.edited"
CLOSED = "crowdfunding.campaign.closed"
COLLECTING = "crowdfunding.campaign.collecting"
STALLED = "crowdfunding.campaign.stalled"
SUCCEEDED = "crowdfunding.campaign.succeeded"
CONTINUED = "crowdfunding.campaign.continued"
FAILED = "crowdfunding.campaign.failed"
CANCELLED = "crowdfunding.campaign.cancelled"
HIDDEN = "crowdfunding.campaign.hidden"
RESTORED = "crowdfunding.campaign.restored"
PLEDGED = "crowdfunding.pledge.made"
PLEDGE_CANCELLED = "crowdfunding.pledge.cancelled"
PLEDGE_EXPIRED = "crowdfunding.pledge.expired"
PLEDGE_RELEASED = "crowdfunding.pledge.released"
PLEDGE_MOVED = "crowdfunding.pledge.moved"
PROVIDER_CHANGED = "crowdfunding.provider.changed"
PROVIDER_ODD = "crowdfunding.provider.odd"
RECEIVED = "crowdfunding.payment.received"
REVERSED = "crowdfunding.payment.reversed"
REFUNDED = "crowdfunding.payment.refunded"
KEPT = "crowdfunding.payment.kept"
DISPUTED = "crowdfunding.payment.disputed"
ACCOUNT_CHANGED = "crowdfunding.collector.changed"
MESSAGE_HIDDEN = "crowdfunding.message.hidden"
SETTLED = "crowdfunding.provider.settled"
SETTLEMENT_UNDONE = "crowdfunding.provider.settlement_undone"
PAYOUT_SENT = "crowdfunding.payout.sent"
PAYOUT_ARRIVED = "crowdfunding.payout.arrived"
PAYOUT_RETURNED = "crowdfunding.payout.returned"
PAYOUT_CORRECTED = "crowdfunding.payout.corrected"
PAYOUT_WAITS = "crowdfunding.payout.waits"
SPENT = "crowdfunding.spending.booked"
SPENT_OVER = "crowdfunding.spending.over"
SPENDING_UNDONE = "crowdfunding.spending.undone"
RECEIPTS_ABLE = "crowdfunding.receipts.able"
RECEIPTS_ALLOWED = "crowdfunding.receipts.allowed"
RECEIPTS_STOPPED = "crowdfunding.receipts.stopped"
RECEIPT_ISSUED = "crowdfunding.receipt.issued"
RECEIPT_CANCELLED = "crowdfunding.receipt.cancelled"
RECEIPT_STALE = "crowdfunding.receipt.stale"
DECLARED = "crowdfunding.generosity.declared"
REPORT_DUE = "crowdfunding.report.due"
REPORT_SENT = "crowdfunding.report.sent"
EXPORTED = "crowdfunding.accounts.exported"
MILESTONE_PLANNED = "crowdfunding.milestone.planned"
MILESTONE_CLAIMED = "crowdfunding.milestone.claimed"
MILESTONE_CONFIRMED = "crowdfunding.milestone.confirmed"
MILESTONE_OBJECTED = "crowdfunding.milestone.objected"
MILESTONE_RELEASED = "crowdfunding.milestone.released"
WITNESS_ACCEPTED = "crowdfunding.witness.accepted"
WITNESS_LEFT = "crowdfunding.witness.left"
SUPPORT_MADE = "crowdfunding.support.made"
SUPPORT_CHANGED = "crowdfunding.support.changed"
SUPPORT_PAUSED = "crowdfunding.support.paused"
SUPPORT_STOPPED = "crowdfunding.support.stopped"
MATCHING_ASKED = "crowdfunding.matching.asked"
MATCHING_ACCEPTED = "crowdfunding.matching.accepted"
MATCHING_STOPPED = "crowdfunding.matching.stopped"
MATCHING_SETTLED = "crowdfunding.matching.settled"
REWARD_OFFERED = "crowdfunding.reward.offered"
REWARD_CHANGED = "crowdfunding.reward.changed"
REWARD_WITHDRAWN = "crowdfunding.reward.withdrawn"
REWARDS_SENT = "crowdfunding.delivery.sent"
REWARD_PROBLEM = "crowdfunding.delivery.problem"
DELIVERIES_EXPORTED = "crowdfunding.delivery.exported"
RETURN_PUBLISHED = "crowdfunding.return.published"
UPDATE_PUBLISHED = "crowdfunding.update.published"
UPDATE_EDITED = "crowdfunding.update.edited"
UPDATE_WITHDRAWN = "crowdfunding.update.withdrawn"
UPDATE_HIDDEN = "crowdfunding.update.hidden"
UPDATE_RESTORED = "crowdfunding.update.restored"
MESSAGE_SHOWN = "crowdfunding.message.shown"
STATEMENT_IMPORTED = "crowdfunding.statement.imported"
CASH_DECLARED = "crowdfunding.cash.declared"
CASH_REFUSED = "crowdfunding.cash.refused"
CASH_CORRECTED = "crowdfunding.cash.corrected"
DEPOSITED = "crowdfunding.deposit.made"
DEPOSIT_UNDONE = "crowdfunding.deposit.undone"
THINGS_OFFERED = "crowdfunding.things.offered"
THINGS_ACCEPTED = "crowdfunding.things.accepted"
THINGS_DECLINED = "crowdfunding.things.declined"
THINGS_WITHDRAWN = "crowdfunding.things.withdrawn"
THINGS_SENT = "crowdfunding.things.sent"
THINGS_RECEIVED = "crowdfunding.things.received"
DAYS_OFFERED = "crowdfunding.days.offered"
DAYS_ACCEPTED = "crowdfunding.days.accepted"
DAYS_DECLINED = "crowdfunding.days.declined"
DAYS_WITHDRAWN = "crowdfunding.days.withdrawn"
DAYS_DONE = "crowdfunding.days.done"
SHARE_ANNOUNCED = "crowdfunding.share.announced"
SHARE_DECIDED = "crowdfunding.share.decided"
SHARE_PAID = "crowdfunding.share.paid"
SHARE_UNPAID = "crowdfunding.share.unpaid"
SHARE_WITHDRAWN = "crowdfunding.share.withdrawn"
LINE_OVER = "crowdfunding.line.over"

verbs = [
    Verb(THINGS_OFFERED, _("Things were offered to “{subject}”"), public=False),
    Verb(THINGS_ACCEPTED, _("Things were promised: {what}")),
    Verb(THINGS_DECLINED, _("{actor} declined an offer of things: {what}"), public=False),
    Verb(THINGS_WITHDRAWN, _("An offer of things was taken back: {what}"), public=False),
    Verb(THINGS_SENT, _("Things are on their way: {what}")),
    Verb(THINGS_RECEIVED, _("Things arrived: {what}")),
    Verb(DAYS_OFFERED, _("Days of work were offered to “{subject}”: {number}"), public=False),
    Verb(DAYS_ACCEPTED, _("Days of work were promised by {group}: {days}")),
    Verb(DAYS_DECLINED, _("{actor} declined an offer of days of work"), public=False),
    Verb(DAYS_WITHDRAWN, _("An offer of days of work was taken back"), public=False),
    Verb(DAYS_DONE, _("Days of work done by {group}: {days}")),
    Verb(SHARE_ANNOUNCED, _("{who} announced {amount} for “{line}”")),
    Verb(SHARE_DECIDED, _("{who} decided to pay {amount} for “{line}”")),
    Verb(SHARE_PAID, _("{who} paid {amount} for “{line}”")),
    Verb(SHARE_UNPAID, _("The payment of {amount} by {who} for “{line}” was noted by mistake"), follow=False),
    Verb(SHARE_WITHDRAWN, _("{who} no longer gives {amount} for “{line}”")),
    Verb(LINE_OVER, _("“{line}” is promised {excess} more than it needs")),
    Verb(STATEMENT_IMPORTED, _("{actor} imported a bank statement; new lines: {number}"), public=False),
    Verb(CASH_DECLARED, _("{actor} took {amount} in cash, receipt {number}"), public=False),
    Verb(CASH_REFUSED, _("{actor} refused the cash of receipt {number}"), public=False),
    Verb(CASH_CORRECTED, _("{actor} corrected the cash of receipt {number}"), public=False),
    Verb(DEPOSITED, _("{actor} brought {amount} to the bank"), public=False),
    Verb(DEPOSIT_UNDONE, _("{actor} took back the deposit of {amount}"), public=False),
    Verb(DRAFTED, _("{actor} prepared a campaign"), public=False),
    Verb(OPENED, _("The campaign “{subject}” opened, with a goal of {goal}")),
    Verb(EDITED, _("The campaign “{subject}” was updated")),
    Verb(CLOSED, _("The campaign “{subject}” closed with {received} received")),
    Verb(
        COLLECTING,
        _("The last day of “{subject}” is over: {received} are there, {promised} are being collected"),
    ),
    Verb(
        STALLED,
        _(
            "The cards of “{subject}” cannot be charged: the provider does not answer, or a rule of collecting is not met"
        ),
        public=False,
    ),
    Verb(SUCCEEDED, _("The campaign “{subject}” succeeded with {received}")),
    Verb(
        CONTINUED, _("The campaign “{subject}” reached its minimum with {received}: the second round begins")
    ),
    Verb(FAILED, _("The campaign “{subject}” did not reach {needed}: its gifts go back")),
    Verb(CANCELLED, _("The campaign “{subject}” was cancelled")),
    Verb(HIDDEN, _("The campaign was hidden by moderation"), public=False),
    Verb(RESTORED, _("The campaign is shown again"), public=False),
    Verb(PLEDGED, _("{amount} was promised"), public=False),
    Verb(PLEDGE_CANCELLED, _("A promise of {amount} was cancelled"), public=False),
    Verb(PLEDGE_EXPIRED, _("A promise of {amount} expired"), public=False),
    Verb(PLEDGE_MOVED, _("A gift of {amount} was moved here from another project"), public=False),
    Verb(PROVIDER_ODD, _("The card provider of {subject} said something that fits no entry"), public=False),
    Verb(PROVIDER_CHANGED, _("{actor} changed how {subject} takes cards"), public=False),
    Verb(PLEDGE_RELEASED, _("A promise of {amount} was released and never charged"), public=False),
    Verb(RECEIVED, _("A gift of {amount} was received")),
    Verb(REVERSED, _("A gift of {amount} was taken out of the accounts")),
    Verb(REFUNDED, _("A gift of {amount} is given back")),
    Verb(KEPT, _("A gift of {amount} was left to the organisation")),
    Verb(DISPUTED, _("A gift of {amount} was contested at the bank"), public=False),
    Verb(ACCOUNT_CHANGED, _("{actor} changed the bank details of {subject}"), public=False),
    Verb(MESSAGE_HIDDEN, _("{actor} hid a donor's message"), public=False),
    Verb(SETTLED, _("{actor} entered {amount} that came from the card provider"), public=False),
    Verb(
        SETTLEMENT_UNDONE, _("{actor} took back the entry of {amount} from the card provider"), public=False
    ),
    Verb(PAYOUT_SENT, _("{amount} were passed on to {receiver}")),
    Verb(PAYOUT_ARRIVED, _("{amount} arrived at {receiver}")),
    Verb(PAYOUT_RETURNED, _("A transfer of {amount} to {receiver} came back")),
    Verb(PAYOUT_CORRECTED, _("A transfer of {amount} was corrected in the ledger")),
    Verb(PAYOUT_WAITS, _("A transfer of {amount} waits for {receiver} to confirm it"), public=False),
    Verb(SPENT, _("{amount} were spent: {what}")),
    Verb(SPENT_OVER, _("{amount} were spent above what the budget line “{line}” had planned")),
    Verb(SPENDING_UNDONE, _("An expense of {amount} was taken out of the accounts")),
    Verb(
        RECEIPTS_ABLE, _("{actor} confirmed that {subject} may issue tax receipts: {sentence}"), public=False
    ),
    Verb(
        RECEIPTS_ALLOWED,
        _("{actor} confirmed that gifts give a right to tax receipts: {sentence}"),
        public=False,
    ),
    Verb(RECEIPTS_STOPPED, _("{actor} said that gifts give no right to tax receipts"), public=False),
    Verb(RECEIPT_ISSUED, _("{actor} issued the tax receipt {number}"), public=False),
    Verb(RECEIPT_CANCELLED, _("{actor} cancelled the tax receipt {number}"), public=False),
    Verb(
        RECEIPT_STALE,
        _("The tax receipt {number} must be cancelled: its gift was given back or corrected"),
        public=False,
    ),
    Verb(DECLARED, _("{actor} entered the declaration {number} of public appeals for {year}"), public=False),
    Verb(REPORT_DUE, _("The report on the public appeal is due on {day}"), public=False),
    Verb(REPORT_SENT, _("{actor} noted that the report on the public appeal was sent"), public=False),
    Verb(EXPORTED, _("{actor} exported the accounts of {subject}: {what}"), public=False),
    Verb(MILESTONE_PLANNED, _("Step {step} of the campaign was planned: {title}"), follow=False),
    Verb(MILESTONE_CLAIMED, _("The team says that step {step} is done: {title}. Its witnesses go and look.")),
    Verb(
        MILESTONE_CONFIRMED,
        _("A witness confirmed step {step}: {title} ({there} of {needed})"),
        follow=False,
    ),
    Verb(MILESTONE_OBJECTED, _("A witness objects to step {step}: {title}")),
    Verb(MILESTONE_RELEASED, _("{amount} may be paid out for step {step}: {title}")),
    Verb(WITNESS_ACCEPTED, _("A witness accepted to look at the steps of “{subject}”"), follow=False),
    Verb(WITNESS_LEFT, _("A witness of “{subject}” is witness no longer"), follow=False),
    Verb(SUPPORT_MADE, _("A regular support of {amount} began"), public=False),
    Verb(SUPPORT_CHANGED, _("A regular support changed to {amount}"), public=False),
    Verb(SUPPORT_PAUSED, _("A regular support of {amount} is paused"), public=False),
    Verb(SUPPORT_STOPPED, _("A regular support of {amount} was stopped"), public=False),
    Verb(MATCHING_ASKED, _("A sponsor offers to add to the gifts of “{subject}”"), public=False),
    Verb(MATCHING_ACCEPTED, _("{sponsor} adds to each gift for “{subject}”: up to {amount} in all")),
    Verb(MATCHING_STOPPED, _("{sponsor} adds no more to gifts for “{subject}”"), follow=False),
    Verb(MATCHING_SETTLED, _("{sponsor} paid {amount} for the gifts it added to")),
    Verb(REWARD_OFFERED, _("{actor} offers a reward: {title}"), public=False),
    Verb(REWARD_CHANGED, _("{actor} changed a reward: {title}"), public=False),
    Verb(REWARD_WITHDRAWN, _("{actor} offers a reward no more: {title}"), public=False),
    Verb(REWARDS_SENT, _("{actor} sent rewards to donors: {number}"), public=False),
    Verb(
        REWARD_PROBLEM, _("A donor of “{subject}” says that something is wrong with a reward"), public=False
    ),
    Verb(DELIVERIES_EXPORTED, _("{actor} exported the list of rewards to send"), public=False),
    Verb(RETURN_PUBLISHED, _("Free for everybody, thanks to the campaign “{subject}”: {title}")),
    Verb(UPDATE_PUBLISHED, _("News of the campaign: “{subject}”")),
    Verb(UPDATE_EDITED, _("The news “{subject}” was corrected"), follow=False),
    Verb(UPDATE_WITHDRAWN, _("News of the campaign was withdrawn"), follow=False),
    Verb(UPDATE_HIDDEN, _("News of a campaign was hidden by moderation"), public=False),
    Verb(UPDATE_RESTORED, _("News of a campaign is shown again"), public=False),
    Verb(MESSAGE_SHOWN, _("{actor} showed a donor's message again"), public=False),
]
