"""Stalls can be discussed, followed and shared."""

from core.contract import Subject
from tiwizi_stalls.models import Stall

subjects = [
    Subject(
        "stalls.stall", Stall, "stall", discuss=True, follow=True, share=True, select_related=("project",)
    )
]
