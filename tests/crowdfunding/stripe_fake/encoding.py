"""Stripe's nested forms, and the expansion of references in answers."""

from __future__ import annotations

from copy import deepcopy
from urllib.parse import parse_qsl

from tests.crowdfunding.stripe_fake.errors import invalid

EXPANDABLE = frozenset(
    [
        "payment_intent",
        "setup_intent",
        "latest_charge",
        "balance_transaction",
        "payment_method",
        "customer",
        "charge",
        "mandate",
    ]
)


def parse(body: str) -> dict:
    """``a[b][0]=c`` as nested dictionaries and lists."""
    found: dict = {}
    for name, value in parse_qsl(body, keep_blank_values=True):
        *path, last = name.replace("]", "").split("[")
        node = found
        for step in path:
            node = node.setdefault(step, {})
        node[last] = value
    return _lists(found)


def _lists(node):
    if not isinstance(node, dict):
        return node
    if node and all(name.isdigit() for name in node):
        return [_lists(node[name]) for name in sorted(node, key=int)]
    return {name: _lists(value) for name, value in node.items()}


def integer(params: dict, name: str, *, required: bool = True) -> int | None:
    """A whole number, as the real API reads it."""
    if name not in params:
        if required:
            raise invalid(f"Missing required param: {name}.", name, "parameter_missing")
        return None
    try:
        return int(params[name])
    except ValueError as error:
        raise invalid(f"Invalid integer: {params[name]}", name, "parameter_invalid_integer") from error


def only(params: dict, known: str) -> None:
    """Refuses parameters the endpoint does not have."""
    if "payment_method_types" in params:
        message = "`payment_method_types` is no longer supported on this API version."
        raise invalid(message, "payment_method_types", "payment_method_types_no_longer_supported")
    for name in params:
        if name not in known.split() and name != "expand":
            raise invalid(f"Received unknown parameter: {name}", name, "parameter_unknown")


def expanded(account, thing: dict, paths: list[str]) -> dict:
    """A copy of an object with the references on these paths replaced by what they refer to."""
    answer = deepcopy(thing)
    for path in paths or []:
        if path.startswith("data."):
            rest = path.removeprefix("data.")
            answer["data"] = [expanded(account, one, [rest]) for one in answer["data"]]
            continue
        node = answer
        for step in path.split("."):
            if step not in node or step not in EXPANDABLE:
                raise invalid(f"This property cannot be expanded ({step}).", "expand")
            if isinstance(node[step], str):
                node[step] = deepcopy(account.objects[node[step]])
            node = node[step]
            if node is None:
                break
    return answer
