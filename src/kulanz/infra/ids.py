"""Ids are UUIDv7: unique without a shared counter and sorted by time. We make them; for rows that a statement writes
out of other rows, the statement makes them the same way."""

from __future__ import annotations

import os
import struct
from uuid import UUID

from django.db import connection
from psycopg import sql
from uuid_utils.compat import uuid7

_MADE_BY_THE_SERVER_FROM = 180_000
_NATIVE = sql.SQL("uuidv7()")
# 48 bits of milliseconds before a random id, and version 7 in the place of version 4.
_SPELT_OUT = sql.SQL(
    "encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) PLACING "
    "substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6), "
    "52, 1), 53, 1), 'hex')::uuid"
)


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


def fresh_id_in_sql() -> sql.SQL:
    """The expression by which this server makes a fresh UUIDv7 for each row."""
    connection.ensure_connection()
    return _NATIVE if connection.connection.info.server_version >= _MADE_BY_THE_SERVER_FROM else _SPELT_OUT
