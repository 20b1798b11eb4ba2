"""Crowdfunding's figures."""

from django.utils.translation import pgettext_lazy

from core.contract import Figure
from plugins.crowdfunding.domain import figures as sums
from plugins.crowdfunding.domain import offer_figures, passing_figures

figures = [
    Figure("crowdfunding.raised", pgettext_lazy("figure", "received"), sums.raised),
    Figure("crowdfunding.passed_on", pgettext_lazy("figure", "passed on"), passing_figures.passed_on),
    Figure("crowdfunding.spent", pgettext_lazy("figure", "spent"), passing_figures.spent),
    Figure("crowdfunding.promised", pgettext_lazy("figure", "promised"), sums.promised),
    Figure("crowdfunding.backers", pgettext_lazy("figure", "donors"), sums.backers),
    Figure("crowdfunding.shares", pgettext_lazy("figure", "shares paid"), offer_figures.shares_paid),
    Figure("crowdfunding.things", pgettext_lazy("figure", "things received"), offer_figures.things_received),
    Figure("crowdfunding.days", pgettext_lazy("figure", "days of work done"), offer_figures.days_done),
]
