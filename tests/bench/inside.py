"""Counts, in the instance itself, queries and bytes of each address it is given; prints JSON."""

from __future__ import annotations

import gzip
import json
import sys

import django


def measure(path: str) -> dict[str, int]:
    """Queries of the second request, and bytes raw and compressed."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client()
    assert client.get(path).status_code == 200, path
    with CaptureQueriesContext(
        connection,
    ) as queries:
        body = client.get(path).content
    return {"queries": len(queries), "bytes": len(body), "gzip_bytes": len(gzip.compress(body, 6))}


if __name__ == "__main__":
    django.setup()
    print(json.dumps({path: measure(path) for path in sys.argv[1:]}))
