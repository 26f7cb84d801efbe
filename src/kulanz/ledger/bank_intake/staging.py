"""Rows into the books by the thousand: staged by COPY, then lines, bookings and postings by one statement each.

What is written is exactly what `booking.book` would write for each line (a test compares them), and all its guards
look at it: the check of the sum at commit, the keys, the triggers on postings. Only the way there is shorter: a
hundred thousand lines do not pass through the program a second time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.backends.utils import CursorWrapper

from kulanz.kernel.acts import Act
from kulanz.ledger.bank_intake.rows import LINE_COLUMNS, WORK_COLUMNS, Row

_COLUMNS = {**WORK_COLUMNS, **LINE_COLUMNS}
_DECLARED = ", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items())
_NAMED = ", ".join(_COLUMNS)
_LINE_NAMES = ", ".join(LINE_COLUMNS)
_OF_LINE = ", ".join(f"i.{name}" for name in LINE_COLUMNS)

# incoming: the rows at hand. waiting: rows that may have come before, judged at the end of their statement.
# places: which rows become lines, and under which fingerprint. used: known lines that have been recognised once.
_TABLES = f"""
    CREATE TEMPORARY TABLE IF NOT EXISTS bank_incoming ({_DECLARED});
    CREATE TEMPORARY TABLE IF NOT EXISTS bank_waiting ({_DECLARED});
    CREATE TEMPORARY TABLE IF NOT EXISTS bank_places (number integer PRIMARY KEY, fingerprint text);
    CREATE TEMPORARY TABLE IF NOT EXISTS bank_used (line_id uuid PRIMARY KEY);
    TRUNCATE bank_incoming, bank_waiting, bank_places, bank_used;
"""
_WRITE_LINES = f"""
    INSERT INTO ledger_bankline (id, statement_id, bank_account_id, account_id, fingerprint, allocated_cents,
                                 {_LINE_NAMES})
    SELECT i.line_id, %(statement)s, %(bank_account)s, %(house)s, p.fingerprint, 0, {_OF_LINE}
      FROM {{table}} i JOIN bank_places p ON p.number = i.number ORDER BY i.number
"""  # noqa: S608 - only names of our own columns
_WRITE_TRANSACTIONS = """
    INSERT INTO ledger_transaction (id, account_id, key, content_hash, kind, text, booked_on, recorded_at, actor)
    SELECT i.transaction_id, %(house)s, 'bankline:' || p.fingerprint,
           encode(sha256(convert_to(
               %(house)s::text || '|bank_line|' || i.booked_on::text || '|' || i.currency
               || '|bank:' || i.amount_cents || ':;suspense:' || -i.amount_cents || ':', 'UTF8')), 'hex'),
           'bank_line', left(CASE WHEN i.payer_name <> '' THEN i.payer_name ELSE i.remittance END, 200),
           i.booked_on, %(at)s, %(actor)s
      FROM {table} i JOIN bank_places p ON p.number = i.number ORDER BY i.number
"""
_WRITE_POSTINGS = """
    INSERT INTO ledger_posting (id, transaction_id, account_id, line, book, amount_cents, currency)
    SELECT leg.id, i.transaction_id, %(house)s, leg.line, leg.book, leg.cents, i.currency
      FROM {table} i JOIN bank_places p ON p.number = i.number
     CROSS JOIN LATERAL (VALUES (1, 'bank', i.amount_cents, i.bank_posting_id),
                                (2, 'suspense', -i.amount_cents, i.suspense_posting_id)) AS leg (line, book, cents, id)
     ORDER BY i.number, leg.line
"""
_HOLD_BACK = f"""
    INSERT INTO bank_waiting ({_NAMED}) SELECT {_NAMED} FROM bank_incoming i
     WHERE NOT EXISTS (SELECT 1 FROM bank_places p WHERE p.number = i.number)
"""  # noqa: S608 - only names of our own columns
# The lines themselves wait for the row of their statement, which comes last.
_DEFERRED_CHECKS = """
    SELECT conname FROM pg_constraint
     WHERE conrelid IN ('ledger_transaction'::regclass, 'ledger_posting'::regclass) AND condeferrable
     ORDER BY conname
"""


@dataclass(frozen=True, slots=True)
class Target:
    """Where the lines of a statement go: its row, our bank account, the house account."""

    act: Act
    statement_id: UUID
    bank_account_id: UUID
    house_id: UUID

    @property
    def parameters(self) -> dict[str, UUID | str | datetime]:
        """What the statements that write need to know."""
        return {
            "statement": self.statement_id,
            "bank_account": self.bank_account_id,
            "house": self.house_id,
            "at": self.act.at,
            "actor": self.act.by.name,
        }


def open_tables() -> None:
    """Make the working tables of this connection, empty. They are nobody else's and hold nothing after the commit."""
    with connection.cursor() as cursor:
        # Not a message for the reader of the logs: on a connection that imported before they are there.
        cursor.execute("SET LOCAL client_min_messages = warning")
        cursor.execute(_TABLES)


def close_tables() -> None:
    """Let go of what the working tables hold."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bank_incoming, bank_waiting, bank_places, bank_used")


def stage(cursor: CursorWrapper, rows: Sequence[Row]) -> None:
    """Hand these rows to the database."""
    # Django names the database's refusals (IntegrityError) by itself for every way but this one.
    with cursor.db.wrap_database_errors, cursor.copy(f"COPY bank_incoming ({_NAMED}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def write_placed(cursor: CursorWrapper, target: Target, *, table: str = "bank_incoming") -> int:
    """Write the rows that have a place: line, transaction, postings. Returns how many lines."""
    cursor.execute(_WRITE_LINES.format(table=table), target.parameters)
    lines = cursor.rowcount
    cursor.execute(_WRITE_TRANSACTIONS.format(table=table), target.parameters)
    cursor.execute(_WRITE_POSTINGS.format(table=table), target.parameters)
    return int(lines)


def check_bookings(cursor: CursorWrapper) -> None:
    """Let the database check now what it would check at commit: that each booking balances and hangs on its account.

    Nothing is left out by that: what is written later is checked later. A hundred thousand checks at the very end
    would be time nobody reads in.
    """
    cursor.execute(_DEFERRED_CHECKS)
    names = ", ".join(cursor.db.ops.quote_name(name) for (name,) in cursor.fetchall())
    cursor.execute(f"SET CONSTRAINTS {names} IMMEDIATE")
    cursor.execute(f"SET CONSTRAINTS {names} DEFERRED")


def hold_back(cursor: CursorWrapper) -> None:
    """Keep the rows without a place until the end of their statement."""
    cursor.execute(_HOLD_BACK)


def clear(cursor: CursorWrapper, *, waiting: bool = False) -> None:
    """Forget what has been written, at the end of a statement also what was waiting."""
    cursor.execute("TRUNCATE bank_incoming, bank_places" + (", bank_waiting" if waiting else ""))
