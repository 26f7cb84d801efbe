"""Ids are made by us, not by the server: UUIDv7, unique without a shared counter and sorted by time."""

from __future__ import annotations

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A fresh UUIDv7."""
    return UUID(int=uuid7().int)
