"""Ids are made by us, not by the server: UUIDv7, unique without a shared counter and sorted by time."""

from __future__ import annotations

import os
import struct
from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A fresh UUIDv7."""
    return UUID(int=uuid7().int)


def new_id_texts(count: int) -> list[str]:
    """`count` fresh UUIDv7 in rising order, as 32 hexadecimal digits: for rows that go to the database by the thousand.

    The first is drawn like any other; each following one is a random step further (RFC 9562, section 6.2, method 2).
    The top bit of the random part is kept free, so that no number of steps reaches the bits above it.
    """
    value = uuid7().int & ~(1 << 61)
    steps = struct.unpack(f"={count}I", os.urandom(4 * count))
    texts = []
    for step in steps:
        texts.append(f"{value:032x}")
        value += step + 1
    return texts
