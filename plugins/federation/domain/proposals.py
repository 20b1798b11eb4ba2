"""Campaigns and missions as ValueFlows proposals, linked from their note (FEP-e232), each a document of its own.

A plug-in that publishes one puts plain facts into ``extra["proposal"]``: ``name``, ``purpose`` ("request"),
``action`` ("transfer", "deliverService"), ``resource`` (an address), ``unit``, ``quantity`` and, where known,
``available``, ``minimum``, ``ends``; amounts as strings of whole units with decimals ("20000.00").
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from core.contract import PublicObject
from core.money import money

ACTIVITYSTREAMS = "https://www.w3.org/ns/activitystreams"
REL = "https://tiwizi.example/ns#proposal"
CONTEXT: list[Any] = [
    ACTIVITYSTREAMS,
    {
        "vf": "https://w3id.org/valueflows/ont/vf#",
        "om2": "http://www.ontology-of-units-of-measure.org/resource/om-2/",
        "Proposal": "vf:Proposal",
        "Intent": "vf:Intent",
        "purpose": "vf:purpose",
        "publishes": "vf:publishes",
        "unitBased": "vf:unitBased",
        "action": "vf:action",
        "resourceConformsTo": {"@id": "vf:resourceConformsTo", "@type": "@id"},
        "resourceQuantity": "vf:resourceQuantity",
        "availableQuantity": "vf:availableQuantity",
        "minimumQuantity": "vf:minimumQuantity",
        "hasUnit": "om2:hasUnit",
        "hasNumericalValue": "om2:hasNumericalValue",
    },
]
QUANTITIES = {"quantity": "resourceQuantity", "available": "availableQuantity", "minimum": "minimumQuantity"}


def facts_of(public: PublicObject) -> dict[str, Any] | None:
    """What an object proposes: what its plug-in says outright, else read from a goal in money or from wanted skills."""
    extra = public.extra
    if extra.get("proposal"):
        return dict(extra["proposal"])
    name = public.texts[public.language].title if public.language in public.texts else ""
    goal, raised = extra.get("goal"), extra.get("raised")
    if isinstance(goal, dict):
        missing = max(0, goal["minor"] - (raised or {}).get("minor", 0))
        return {
            "name": name,
            "action": "transfer",
            "unit": goal["currency"],
            "quantity": in_units(goal["minor"], goal["currency"]),
            "available": in_units(missing, goal["currency"]),
            "ends": extra.get("ends"),
        }
    if "skills" in extra and "hours" in extra:
        return {
            "name": name,
            "action": "deliverService",
            "resource": next(iter(extra["skills"]), None),
            "unit": "hour",
            "quantity": extra["hours"],
            "ends": extra.get("ends"),
        }
    return None


def in_units(minor: int, currency: str) -> str:
    """An amount as ValueFlows writes it: whole units with decimals, as a string, never a float."""
    return str(money(minor, currency).amount.quantize(Decimal("0.01")))


def uri_of(object_id: str) -> str:
    """The id of the proposal of an object."""
    return f"{object_id}/proposal"


def tags(object_id: str, public: PublicObject) -> list[dict[str, str]]:
    """The link to the proposal, for the object's ``tag``."""
    facts = facts_of(public)
    if not facts:
        return []
    return [
        {
            "type": "Link",
            "mediaType": f'application/ld+json; profile="{ACTIVITYSTREAMS}"',
            "rel": REL,
            "href": uri_of(object_id),
            "name": str(facts.get("name", "")),
        }
    ]


def of_proposal(note: dict[str, Any], public: PublicObject) -> dict[str, Any] | None:
    """The proposal beside its note, or None when the object proposes nothing."""
    facts = facts_of(public)
    if not facts:
        return None
    uri = uri_of(note["id"])
    intent: dict[str, Any] = {"type": "Intent", "id": f"{uri}#primary", "action": facts["action"]}
    if facts.get("resource"):
        intent["resourceConformsTo"] = facts["resource"]
    for name, term in QUANTITIES.items():
        if facts.get(name) is not None:
            intent[term] = {"hasUnit": facts["unit"], "hasNumericalValue": str(facts[name])}
    document = {
        "@context": CONTEXT,
        "id": uri,
        "type": "Proposal",
        "name": str(facts.get("name", "")),
        "content": note["content"],
        "attributedTo": note["attributedTo"],
        "to": note["to"],
        "cc": note["cc"],
        "published": note["published"],
        "url": note["url"],
        "purpose": facts.get("purpose", "request"),
        "unitBased": bool(facts.get("unit_based", False)),
        "publishes": intent,
    }
    if facts.get("ends"):
        ends = str(facts["ends"])
        document["endTime"] = f"{ends}T23:59:59Z" if len(ends) == len("2026-12-31") else ends
    return document
