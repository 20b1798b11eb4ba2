"""Crowdfunding's figures."""

from django.utils.translation import gettext_lazy as _

from core.contract import Figure
from plugins.crowdfunding.domain import figures as sums

figures = [
    Figure("crowdfunding.raised", _("received"), sums.raised),
    Figure("crowdfunding.promised", _("promised"), sums.promised),
    Figure("crowdfunding.backers", _("donors"), sums.backers),
]
