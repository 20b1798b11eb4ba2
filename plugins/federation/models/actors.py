"""Remote actors as the toolkit stores them: a reference, an actor context and its endpoints."""

from __future__ import annotations

from urllib.parse import urlsplit

from activitypub.core.models import ActorContext


class RemoteActor(ActorContext):
    """An actor of another instance, written from its own document by :mod:`plugins.federation.domain.remote`."""

    class Meta:
        proxy = True

    @property
    def title(self) -> str:
        """The name it gives itself, else its handle, else its host."""
        return str(self.name or self.preferred_username or self.host)

    @property
    def host(self) -> str:
        """Host and port, as in the rows of :class:`plugins.federation.models.hosts.Host`."""
        return urlsplit(self.uri).netloc

    @property
    def kind(self) -> str:
        """``Application``, ``Organization``, ``Person``, ``Group`` or ``Service``."""
        return str(self.type).rsplit("#", 1)[-1]
