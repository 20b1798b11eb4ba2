"""Crowdfunding's figures."""

from django.utils.translation import pgettext_lazy

from core.contract import Figure
from plugins.crowdfunding.domain import figures as sums

figures = [
    Figure("crowdfunding.raised", pgettext_lazy("figure", "received"), sums.raised),
    Figure("crowdfunding.promised", pgettext_lazy("figure", "promised"), sums.promised),
    Figure("crowdfunding.backers", pgettext_lazy("figure", "donors"), sums.backers),
]
