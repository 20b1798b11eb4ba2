"""JSON-LD contexts: those bundled with the toolkit, or none. Nothing is ever fetched."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

PREFIXES = {
    "as": {"https://www.w3.org/ns/activitystreams#"},
    "sec": {"https://w3id.org/security#", "https://w3id.org/security/v1#"},
    "xsd": {"http://www.w3.org/2001/XMLSchema#"},
}
"""What a prefix that names security terms may stand for."""

KEYWORDS = {"id": "@id", "type": "@type"}
PROTECTED = {
    *KEYWORDS, "actor", "object", "target", "result", "origin", "attributedTo", "to", "cc", "bto", "bcc",
    "audience", "inReplyTo", "context", "content", "contentMap", "name", "nameMap", "url", "inbox", "outbox",
    "followers", "following", "endpoints", "sharedInbox", "publicKey", "publicKeyPem", "owner", "controller",
    "signature", "signatureValue", "creator", "proof", "movedTo", "alsoKnownAs", "preferredUsername",
}  # fmt: skip
"""Terms we read by their plain name: a context that gives one another meaning is refused."""

VOCABULARIES = {"_:", "as:", "https://www.w3.org/ns/activitystreams#", None}


class ContextRefused(ValueError):
    """A context would change what the words of the document mean."""


@lru_cache(maxsize=1)
def _bundled() -> tuple[Any, ...]:
    from activitypub.core.settings import app_settings

    return tuple(app_settings.PRESET_CONTEXTS)


def bundled(url: str) -> dict[str, Any]:
    """The bundled document of a context, or an empty context for one we do not hold."""
    for context in _bundled():
        if context.matches(url):
            return dict(context.document)
    return {"@context": {}}


def keep_offline() -> None:
    """Make both JSON-LD libraries of the toolkit read bundled contexts only."""
    from pyld import jsonld
    from rdflib.plugins.shared.jsonld import context as rdflib_context

    def load(url: str, options: Any = None) -> dict[str, Any]:
        return {
            "contentType": "application/ld+json",
            "contextUrl": None,
            "documentUrl": url,
            "document": bundled(url),
        }

    jsonld.set_document_loader(load)
    vars(rdflib_context)["source_to_json"] = lambda source, *args, **kwargs: (bundled(str(source)), None)


def check(context: Any) -> None:
    """Accept a ``@context`` value as it may stand in a document; raises ContextRefused."""
    for entry in context if isinstance(context, list) else [context]:
        if isinstance(entry, dict):
            _check_terms(entry)
        elif not (entry is None or isinstance(entry, str)):
            raise ContextRefused("A context is an address or an object.")


def _check_terms(terms: dict[str, Any]) -> None:
    for term, definition in terms.items():
        if term in {"@import", "@base", "@propagate"}:
            raise ContextRefused(f"{term} is not read here.")
        if term == "@vocab" and definition not in VOCABULARIES:
            raise ContextRefused("@vocab would rename every word.")
        if term.startswith("@"):
            continue
        if isinstance(definition, dict) and "@context" in definition:
            check(definition["@context"])
        iri = definition.get("@id") if isinstance(definition, dict) else definition
        if isinstance(definition, dict) and "@reverse" in definition:
            raise ContextRefused("@reverse is not read here.")
        if term in PREFIXES and iri not in PREFIXES[term]:
            raise ContextRefused(f"{term}: does not stand for what it always stands for.")
        if term in PROTECTED and not _means_itself(term, iri):
            raise ContextRefused(f"{term} is given another meaning.")
        if term not in KEYWORDS and iri in KEYWORDS.values():
            raise ContextRefused(f"{term} would stand for {iri}.")


def _means_itself(term: str, iri: Any) -> bool:
    if term in KEYWORDS:
        return bool(iri == KEYWORDS[term])
    if iri is None:
        return False
    spellings = {f"{prefix}:{term}" for prefix in ("as", "sec")}
    for prefix in ("as", "sec"):
        spellings |= {namespace + term for namespace in PREFIXES[prefix]}
    return iri in spellings or (term == "inbox" and iri in {"ldp:inbox", "http://www.w3.org/ns/ldp#inbox"})
