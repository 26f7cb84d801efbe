"""Writing down who did what. Every verb that changes a state calls `record` in its own transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection
from psycopg import sql

from kulanz.infra.ids import fresh_id_in_sql
from kulanz.infra.models import AuditEntry
from kulanz.kernel.acts import Act


@dataclass(frozen=True, slots=True)
class Note:
    """One line of the audit: what happened to which thing. `facts` must be plain JSON values."""

    what: str
    subject: str
    subject_id: UUID
    account_id: UUID | None = None
    facts: Mapping[str, object] = field(default_factory=dict)


def record(act: Act, notes: Iterable[Note]) -> None:
    """Write all notes of one act in one statement."""
    AuditEntry.objects.bulk_create(
        [
            AuditEntry(
                at=act.at,
                actor_kind=act.by.kind.value,
                actor=act.by.name,
                user_id=act.by.user_id,
                why=act.why,
                what=note.what,
                subject=note.subject,
                subject_id=note.subject_id,
                account_id=note.account_id,
                facts=dict(note.facts),
            )
            for note in notes
        ],
        batch_size=5_000,
    )


_RECORD_SELECTED = """
    INSERT INTO infra_auditentry (id, at, actor_kind, actor, user_id, why, what, subject, subject_id, account_id, facts)
    SELECT {fresh_id}, %s, %s, %s, %s, %s, %s, %s, subject_id, account_id, facts FROM ({rows}) AS noted
"""


def record_selected(act: Act, *, what: str, subject: str, rows: sql.Composable) -> None:
    """The same note about many things, written by the database itself: `rows` is a query that gives `subject_id`,
    `account_id` and `facts` (jsonb) of each."""
    statement = sql.SQL(_RECORD_SELECTED).format(fresh_id=fresh_id_in_sql(), rows=rows)
    who = [act.at, act.by.kind.value, act.by.name, act.by.user_id, act.why, what, subject]
    with connection.cursor() as cursor:
        cursor.execute(statement, who)
