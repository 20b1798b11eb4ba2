"""The owner's proposer is told of a new stall."""

from core.contract import Notification
from core.models import Project
from tiwizi_stalls.verbs import OPENED


def proposer(entry):
    return [person for person in [Project.objects.get(pk=entry.project_id).proposer] if person]


notifications = [Notification(OPENED, proposer, "stalls/mail/opened", action="See the stall")]
