"""Errors with the bodies of the real API."""

from __future__ import annotations


class ApiError(Exception):
    """An answer other than 2xx. ``begun`` errors are replayed to the same idempotency key, the others are not."""

    def __init__(self, status: int, type_: str, message: str, *, begun=False, headers=None, **facts):
        super().__init__(message)
        self.status, self.begun, self.headers = status, begun, headers or {}
        self.body = {"error": {"type": type_, "message": message, **facts}}


def invalid(message: str, param: str | None = None, code: str | None = None, **facts) -> ApiError:
    """400: what was sent cannot be."""
    return ApiError(400, "invalid_request_error", message, param=param, code=code, **facts)


def missing(kind: str, id_: str, param: str = "id") -> ApiError:
    """404, as for another account's objects."""
    message = f"No such {kind}: '{id_}'"
    return ApiError(404, "invalid_request_error", message, param=param, code="resource_missing")


def impossible(message: str, code: str | None = None, param: str | None = None, **facts) -> ApiError:
    """400 because of the state of things; the work had begun, so it is replayed."""
    return ApiError(400, "invalid_request_error", message, begun=True, code=code, param=param, **facts)


def card_error(failure: dict, **facts) -> ApiError:
    """402: the bank said no, or wants to hear the donor."""
    given = {name: value for name, value in failure.items() if name not in ("type", "message")}
    return ApiError(402, "card_error", failure["message"], begun=True, **given, **facts)


def crash() -> ApiError:
    """500 after the work was done."""
    return ApiError(500, "api_error", "An unknown error occurred.", begun=True)


def too_many() -> ApiError:
    """429."""
    return ApiError(429, "invalid_request_error", "Request rate limit exceeded.", code="rate_limit")


def unauthorized(key: str) -> ApiError:
    """401."""
    return ApiError(401, "invalid_request_error", f"Invalid API Key provided: {key[:8]}…")
