"""Idempotency keys: the same request gets the same answer, another one is refused, two at once collide."""

from __future__ import annotations

import threading

from tests.crowdfunding.stripe_fake.errors import ApiError


class Keys:
    """The keys one account has used."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.known: dict[str, dict] = {}

    def begin(self, key: str, request: tuple) -> tuple[int, dict] | None:
        """The stored answer of this key, or None when the caller shall do the work and then ``end``."""
        with self.lock:
            entry = self.known.get(key)
            if entry is None:
                self.known[key] = {"request": request, "answer": None}
                return None
            if entry["request"] != request:
                message = (
                    "Keys for idempotent requests can only be used with the same parameters they were first used "
                    f"with. Try using a key other than '{key}' if you meant to execute a different request."
                )
                raise ApiError(400, "idempotency_error", message)
            if entry["answer"] is None:
                message = f"There is currently another in-progress request using this Idempotent Key ({key})."
                raise ApiError(409, "idempotency_error", message, code="idempotency_key_in_use")
            return entry["answer"]

    def end(self, key: str, answer: tuple[int, dict] | None) -> None:
        """Stores the answer; None frees the key, for requests that never began."""
        with self.lock:
            if answer is None:
                del self.known[key]
            else:
                self.known[key]["answer"] = answer
