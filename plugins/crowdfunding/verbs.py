"""What happens in crowdfunding, as written in the journal. Facts hold amounts as text, never a person."""

from django.utils.translation import gettext_lazy as _

from core.contract import Verb

DRAFTED = "crowdfunding.campaign.drafted"
OPENED = "crowdfunding.campaign.opened"
EDITED = "crowdfunding.campaign.edited"
CLOSED = "crowdfunding.campaign.closed"
CANCELLED = "crowdfunding.campaign.cancelled"
HIDDEN = "crowdfunding.campaign.hidden"
RESTORED = "crowdfunding.campaign.restored"
PLEDGED = "crowdfunding.pledge.made"
PLEDGE_CANCELLED = "crowdfunding.pledge.cancelled"
PLEDGE_EXPIRED = "crowdfunding.pledge.expired"
RECEIVED = "crowdfunding.payment.received"
REVERSED = "crowdfunding.payment.reversed"
ACCOUNT_CHANGED = "crowdfunding.collector.changed"
MESSAGE_HIDDEN = "crowdfunding.message.hidden"

verbs = [
    Verb(DRAFTED, _("{actor} prepared a campaign"), public=False),
    Verb(OPENED, _("The campaign “{subject}” opened, with a goal of {goal}")),
    Verb(EDITED, _("The campaign “{subject}” was updated")),
    Verb(CLOSED, _("The campaign “{subject}” closed with {received} received")),
    Verb(CANCELLED, _("The campaign “{subject}” was cancelled")),
    Verb(HIDDEN, _("The campaign was hidden by moderation"), public=False),
    Verb(RESTORED, _("The campaign is shown again"), public=False),
    Verb(PLEDGED, _("{amount} was promised"), public=False),
    Verb(PLEDGE_CANCELLED, _("A promise of {amount} was cancelled"), public=False),
    Verb(PLEDGE_EXPIRED, _("A promise of {amount} expired"), public=False),
    Verb(RECEIVED, _("A gift of {amount} was received")),
    Verb(REVERSED, _("A gift of {amount} was taken out of the accounts")),
    Verb(ACCOUNT_CHANGED, _("{actor} changed the bank details of {subject}"), public=False),
    Verb(MESSAGE_HIDDEN, _("{actor} hid a donor's message"), public=False),
]
