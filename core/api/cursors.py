"""Cursor pages whose cursor may come from anyone: a forged one is not found, never an error of ours."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination


class CursorPages(CursorPagination):
    """Pages by keyset; a position that no row can have answers 404."""

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> Any:
        """The rows of the page asked for; raises NotFound for a cursor we never gave."""
        try:
            return super().paginate_queryset(queryset, request, view)
        except (ValidationError, ValueError, OverflowError) as forged:
            raise NotFound(self.invalid_cursor_message) from forged
