"""The plug-in."""

from core.contract import Plugin


class Stalls(Plugin):
    """One of everything the contract knows."""

    name = "tiwizi_stalls"
    label = "stalls"
    title = "Stalls"
