"""Keeping what is not certain for a person: a view of today."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction
from psycopg import sql

from kulanz.infra.ids import fresh_id_in_sql
from kulanz.infra.sets import id_array
from kulanz.ledger.portions import lock_lines

MOST_PER_LINE = 8


@dataclass(frozen=True, slots=True)
class Proposal:
    """A claim a line may belong to, or the account whose credit comes back where `claim_id` is None."""

    line_id: UUID
    claim_id: UUID | None
    account_id: UUID
    score: int
    rule: str
    evidence: dict[str, object]


_TABLE = """
    DROP TABLE IF EXISTS pg_temp.proposal;
    CREATE TEMPORARY TABLE proposal (
        line_id uuid NOT NULL, claim_id uuid, account_id uuid NOT NULL, score smallint NOT NULL, rule text NOT NULL,
        evidence jsonb NOT NULL
    ) ON COMMIT DROP
"""
_FORGET = """
    DELETE FROM ledger_suggestion s WHERE s.bank_line_id = ANY(%s::uuid[]) AND NOT EXISTS (
        SELECT 1 FROM proposal p WHERE p.line_id = s.bank_line_id AND p.claim_id IS NOT DISTINCT FROM s.claim_id)
"""
# A line that somebody has booked since we looked needs no suggestion any more.
_KEEP = """
    INSERT INTO ledger_suggestion (id, bank_line_id, claim_id, account_id, score, rule, evidence)
    SELECT {fresh_id}, p.line_id, p.claim_id, p.account_id, p.score, p.rule, p.evidence
      FROM (SELECT DISTINCT ON (line_id, claim_id) * FROM proposal ORDER BY line_id, claim_id, score DESC) AS p
      JOIN ledger_bankline line ON line.id = p.line_id AND line.allocated_cents <> line.amount_cents
     ORDER BY p.line_id, p.claim_id
    ON CONFLICT (bank_line_id, claim_id) DO UPDATE
       SET score = excluded.score, rule = excluded.rule, evidence = excluded.evidence
"""


@transaction.atomic
def keep(line_ids: Sequence[UUID], proposals: Iterable[Proposal]) -> None:
    """Old suggestions of these lines go, today's take their place. One that still holds keeps its id: a person may
    have it on the screen while the next round runs."""
    lock_lines(line_ids)
    with connection.cursor() as cursor:
        cursor.execute(_TABLE)
        with cursor.copy("COPY proposal FROM STDIN") as copy:
            for p in proposals:
                copy.write_row((p.line_id, p.claim_id, p.account_id, p.score, p.rule, json.dumps(p.evidence)))
        cursor.execute(_FORGET, [id_array(line_ids)])
        cursor.execute(sql.SQL(_KEEP).format(fresh_id=fresh_id_in_sql()))
