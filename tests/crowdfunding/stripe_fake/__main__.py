"""The fake as a process of its own: ``python -m tests.crowdfunding.stripe_fake --port 8042 --key sk_test_a=…``."""

from __future__ import annotations

import argparse

from tests.crowdfunding.stripe_fake.server import Server


def main() -> None:
    """Serves until interrupted; accounts come from ``--key`` or from POST /_control/accounts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8042)
    parser.add_argument(
        "--key", action="append", default=[], help="secret key, or key=webhook address=secret"
    )
    given = parser.parse_args()
    server = Server(port=given.port)
    for text in given.key:
        key, webhook, secret = (*text.split("=", 2), "", "")[:3]
        server.fake.account(key, webhook=webhook, secret=secret).courier.held = False
    print(f"Stripe fake on {server.url}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.fake.close()
        server.server_close()


if __name__ == "__main__":
    main()
