"""Another server that takes every delivery, in a process of its own; prints its port."""

from __future__ import annotations

import threading

from tests.federation.hostile import Peer

if __name__ == "__main__":
    peer = Peer()
    peer.routes["/inbox"] = lambda handler: handler.reply(202, {})
    print(peer.origin, flush=True)
    threading.Event().wait()
