"""How many stalls."""

from core.contract import Figure
from tiwizi_stalls.models import Stall


def number(project):
    return Stall.objects.filter(**({"project": project} if project else {})).count()


figures = [Figure("stalls.number", "market stalls", number)]
