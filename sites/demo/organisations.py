"""Territories, organisations and the demo accounts."""

from __future__ import annotations

from core.models import Charter, CharterAcceptance, Membership, Organisation, Person, Territory
from sites.demo.source import rows


def load_territories() -> None:
    """The douars that the projects of this instance name."""
    for row in rows("territories"):
        parent = Territory.objects.get(code=row["parent"])
        names = {key: row[key] for key in ("name_fr", "name_ar")}
        Territory.objects.update_or_create(
            code=row["code"], defaults={"parent": parent, "level": Territory.Level.DOUAR, **names}
        )


def load_organisations() -> None:
    """Organisations by slug."""
    for row in rows("organisations"):
        Organisation.objects.update_or_create(
            slug=row["slug"],
            defaults={
                "name": row["name"],
                "name_ar": row["name_ar"],
                "kind": row["kind"],
                "territory": Territory.objects.get(code=row["territory"]),
                "description": row["description"],
                "is_sample": row.get("sample", False),
            },
        )


def load_people() -> None:
    """One account per role; each has accepted the charter in force and signs in by a code from the demo mailbox."""
    charter = Charter.objects.first()
    for row in rows("people"):
        person = Person.objects.for_email(row["email"], name=row["name"])
        person.name, person.language = row["name"], row["language"]
        person.is_animator = row.get("animator", False)
        person.save()
        if charter:
            CharterAcceptance.objects.get_or_create(person=person, charter=charter)
        if "organisation" in row:
            Membership.objects.get_or_create(
                person=person,
                organisation=Organisation.objects.get(slug=row["organisation"]),
                role=row["membership"],
                until=None,
            )


def accounts() -> list[tuple[str, str]]:
    """Role and address of each demo account."""
    return [(row["role"], row["email"]) for row in rows("people")]
