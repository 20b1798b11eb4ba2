"""Crowdfunding's figures."""

from django.utils.translation import pgettext_lazy

from core.contract import Figure
from plugins.crowdfunding.domain import figures as sums
from plugins.crowdfunding.domain import passing_figures

figures = [
    Figure("crowdfunding.raised", pgettext_lazy("figure", "received"), sums.raised),
    Figure("crowdfunding.passed_on", pgettext_lazy("figure", "passed on"), passing_figures.passed_on),
    Figure("crowdfunding.spent", pgettext_lazy("figure", "spent"), passing_figures.spent),
    Figure("crowdfunding.promised", pgettext_lazy("figure", "promised"), sums.promised),
    Figure("crowdfunding.backers", pgettext_lazy("figure", "donors"), sums.backers),
]
