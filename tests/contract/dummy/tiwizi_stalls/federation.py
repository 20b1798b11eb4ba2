"""How a stall travels: data only."""

from django.utils import timezone

from core.contract import Mapping, PublicObject, Text
from tiwizi_stalls.models import Stall
from tiwizi_stalls.verbs import OPENED


def describe(stall):
    return PublicObject(stall.ref, stall.get_absolute_url(), {"fr": Text(stall.name)}, "fr", timezone.now())


mappings = [Mapping("stalls.stall", "Place", {OPENED: "Create"}, describe, public=Stall.objects.all)]
