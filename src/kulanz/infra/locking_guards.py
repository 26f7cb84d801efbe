"""Guards cannot be switched off in passing: done after every migration, in tests as in production."""

from __future__ import annotations

from django.db import connections

# The library behind our triggers lets a session switch them off (`SET pgtrigger.ignore`), and asks about it in every
# trigger of every row. Nobody may switch off a guard of the books, so the question always has the same answer; that
# also saves a third of what the database does for a booking (docs/benchmarks.md).
_NEVER = """
    CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean
    LANGUAGE sql IMMUTABLE AS 'SELECT false'
"""


def no_guard_is_ignored(using: str, **_: object) -> None:
    """Answer the library's question once and for all. Called by Django after it has migrated."""
    with connections[using].cursor() as cursor:
        cursor.execute(_NEVER)
