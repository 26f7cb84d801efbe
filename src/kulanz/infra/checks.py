"""What `kulanz verify` proves: each room names its checks, wiring puts them on one list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection

MAX_OFFENDERS = 20


@dataclass(frozen=True, slots=True)
class Check:
    """One sentence that must hold. `offenders` returns the references or ids for which it does not."""

    name: str
    offenders: Callable[[], list[str]]


def sql_check(name: str, query: str) -> Check:
    """A check whose offenders are the first column of `query`; at most 20 are named."""

    def offenders() -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM ({query}) AS offenders LIMIT {MAX_OFFENDERS}")  # noqa: S608 - our own constants
            return [str(row[0]) for row in cursor.fetchall()]

    return Check(name, offenders)
