"""What can be discussed, followed, shared and reported in crowdfunding."""

from django.utils.translation import gettext_lazy as _

from core.contract import Subject
from plugins.crowdfunding.domain import updates
from plugins.crowdfunding.domain.campaigns import hide, restore
from plugins.crowdfunding.models import Campaign, Update

subjects = [
    Subject(
        Campaign.subject_type,
        Campaign,
        _("campaign"),
        discuss=True,
        follow=True,
        share=True,
        select_related=("project", "collector", "receiver", "tally"),
        hide=hide,
        restore=restore,
    ),
    Subject(
        Update.subject_type,
        Update,
        _("news of a campaign"),
        discuss=True,
        share=True,
        select_related=("campaign__project", "campaign__collector"),
        hide=updates.hide,
        restore=updates.restore,
    ),
]
