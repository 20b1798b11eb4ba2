"""The probe."""

from core import contract


class Probe(contract.Plugin):
    """Only for the tests of the worker."""

    name = "tests.probe"
    label = "probe"
    title = "Probe"
