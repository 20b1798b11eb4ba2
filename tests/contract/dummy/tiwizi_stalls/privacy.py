"""A keeper's stalls."""

from core.contract import PersonalData
from tiwizi_stalls.models import Stall


def export(person):
    return [{"stall": stall.name} for stall in Stall.objects.filter(keeper=person)]


def erase(person):
    Stall.objects.filter(keeper=person).update(keeper=None)


personal_data = [PersonalData("stalls.stalls", export, erase)]
