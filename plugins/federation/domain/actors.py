"""Our own actors: the instance, organisations and persons who posted; their ids and who they are.

Interface: ``instance_uri()``, ``uri_of(owner)``, ``object_uri(ref)``, ``local(uri) -> LocalActor | None``
(``kind``, ``uid``, ``owner``); ``resolve(kind, uid) -> LocalActor | None`` for inbox views (None: 404).
"""
