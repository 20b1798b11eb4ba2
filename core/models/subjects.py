"""What every subject (see :class:`core.contract.Subject`) answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from core.contract import SubjectRef

if TYPE_CHECKING:
    from core.models import Organisation, Person, Project


class Progress(NamedTuple):
    """How far a subject is, as its preview card draws it: per cent there and promised, and words below the bar."""

    there: int
    promised: int
    words: str
    rest: str = ""


class SubjectModel:
    """Mixin of models that are subjects: a type, a key, an owner, a URL and a title in the reader's language."""

    subject_type: ClassVar[str]
    subject_key_field: ClassVar[str] = "uid"

    @property
    def subject_key(self) -> str:
        return str(getattr(self, self.subject_key_field))

    @property
    def ref(self) -> SubjectRef:
        return SubjectRef(self.subject_type, self.subject_key)

    @property
    def subject_title(self) -> str:
        """Title for the active language."""
        return str(self)

    @property
    def subject_project(self) -> Project | None:
        """The local or remote project this belongs to, so that its timeline shows it."""
        return None

    @property
    def subject_owner(self) -> Organisation | None:
        """The organisation that answers for it."""
        return None

    @property
    def subject_author(self) -> Person | None:
        """The person who made it, told of what happens to it."""
        return None

    @property
    def card_progress(self) -> Progress | None:
        """The bar of its preview card, for what is counted towards a goal."""
        return None

    @property
    def is_public(self) -> bool:
        """Whether anyone may read it; private subjects leave no public trace."""
        return True

    def get_absolute_url(self) -> str:
        raise NotImplementedError(f"{type(self).__name__} is a subject and needs a URL")

    def url_for(self, person: Person) -> str:
        """Where this person reads it: a private subject may have an address that is their key."""
        return self.get_absolute_url()
