"""Following: who wants to hear of a subject."""

from __future__ import annotations

from django.db.models import QuerySet

from core.models import Follow, Person
from core.models.subjects import SubjectModel
from core.registry import registry


class CannotFollow(ValueError):
    """The subject is not one that people follow, or not public."""


def is_following(person: Person, subject: SubjectModel) -> bool:
    """Whether the person follows it; one query."""
    return _rows(person, subject).exists()


def follow(person: Person, subject: SubjectModel) -> None:
    """The person is told of the subject's public entries from now on; safe to repeat."""
    known = registry.subject(subject.subject_type)
    if known is None or not known.follow or not subject.is_public:
        raise CannotFollow(str(subject.ref))
    Follow.objects.get_or_create(
        person=person, subject_type=subject.subject_type, subject_key=subject.subject_key
    )


def unfollow(person: Person, subject: SubjectModel) -> None:
    """The person hears no more of it; safe to repeat."""
    _rows(person, subject).delete()


def _rows(person: Person, subject: SubjectModel) -> QuerySet[Follow]:
    return Follow.objects.filter(
        person=person, subject_type=subject.subject_type, subject_key=subject.subject_key
    )
