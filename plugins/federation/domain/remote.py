"""Remote actors and objects: from the JSON of another instance to rows and :class:`RemoteObject`. Interface:
``remember_actor(document)`` writes an actor document that was fetched from its own id (no network);
``actor(uri)`` reads it back; ``fetch_actor(uri)`` fetches and remembers it, outside any transaction.
"""
