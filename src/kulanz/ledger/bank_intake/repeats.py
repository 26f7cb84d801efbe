"""Which movements have come before. Files repeat each other, and customers pay the same amount twice: both are true.

Everything a repeated file tells in the same words has the same content key (`rows.content_key`), so equal payments of
one day are counted. A statement that shares days with one in the books tells the same payments again: of three equal
ones, when two are known, one is new. A statement that *follows* another within the same day, because it opens where the
other closed, tells new ones. Two more rules:

* An entry with a reference of the bank is the same one in every statement.
* Where another format told the same days in other words, entries are compared by day and amount.

docs/bank-formats.md has the worked example.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.backends.utils import CursorWrapper

from kulanz.ledger.models import BankStatement

# Known lines of the content keys in `table`. Equal ones are numbered without a gap, so each is found by its number.
_FOUND = """
    WITH RECURSIVE content AS (SELECT DISTINCT content_key FROM {table}),
    found (content_key, nth, line_id, statement_id) AS (
        SELECT c.content_key, 0, l.id, l.statement_id
          FROM content c JOIN ledger_bankline l ON l.fingerprint = c.content_key || ':0'
        UNION ALL
        SELECT f.content_key, f.nth + 1, l.id, l.statement_id
          FROM found f JOIN ledger_bankline l ON l.fingerprint = f.content_key || ':' || (f.nth + 1)
    )
"""


def _after_found(table: str, rest: str) -> str:
    return _FOUND.format(table=table) + rest


# At once: whatever nobody but this very statement has told.
_PLACE_UNHEARD = _after_found(
    "bank_incoming",
    """,
    known AS (SELECT content_key, count(*) AS times, bool_or(statement_id <> %(statement)s) AS told_before
                FROM found GROUP BY content_key)
    INSERT INTO bank_places (number, fingerprint)
    SELECT i.number, i.content_key || ':' || (coalesce(k.times, 0)
           + row_number() OVER (PARTITION BY i.content_key ORDER BY i.number) - 1)
      FROM bank_incoming i LEFT JOIN known k ON k.content_key = i.content_key
     WHERE k.told_before IS NOT TRUE
       AND NOT EXISTS (SELECT 1 FROM bank_waiting w WHERE w.content_key = i.content_key)
""",
)
# At the end: which of the waiting rows are known lines again. An entry without a reference of the bank is not looked
# for in statements that stand apart, and a known line answers for one such entry of a file only.
_RECOGNISE = _after_found(
    "bank_waiting",
    """,
    waiting AS (SELECT number, content_key, named,
                       row_number() OVER (PARTITION BY content_key ORDER BY number) AS place FROM bank_waiting),
    candidates AS (
        SELECT f.content_key, f.line_id, row_number() OVER (PARTITION BY f.content_key ORDER BY f.nth) AS place
          FROM found f JOIN (SELECT DISTINCT content_key, named FROM bank_waiting) AS w USING (content_key)
         WHERE w.named OR (f.statement_id <> ALL(%(apart)s)
                           AND NOT EXISTS (SELECT 1 FROM bank_used u WHERE u.line_id = f.line_id))
    ),
    same AS (SELECT w.number, c.line_id FROM waiting w JOIN candidates c USING (content_key, place)),
    used AS (INSERT INTO bank_used (line_id) SELECT line_id FROM same ON CONFLICT DO NOTHING)
    DELETE FROM bank_waiting w USING same WHERE w.number = same.number
""",
)
# Entries told by another format: the bank's entry, not its payments, is what both know. Where several of one day have
# the same amount, those with the same payer go first.
_RECOGNISE_OTHER_WORDS = """
    WITH told AS (
        SELECT booked_on, currency, total, payer, lines, row_number() OVER (
                   PARTITION BY booked_on, currency, total {payer} ORDER BY entry) AS place
          FROM (SELECT l.statement_id, l.entry_position, min(l.booked_on) AS booked_on, l.currency,
                       sum(l.amount_cents) AS total, min(l.payer_iban) AS payer, array_agg(l.id) AS lines,
                       min(l.id::text) AS entry
                  FROM ledger_bankline l
                 WHERE l.statement_id = ANY(%(others)s)
                   AND NOT EXISTS (SELECT 1 FROM bank_used u WHERE u.line_id = l.id)
                 GROUP BY l.statement_id, l.entry_position, l.currency) AS entries
         {payer_known}
    ),
    waiting AS (
        SELECT entry_position, booked_on, currency, entry_cents, payer, row_number() OVER (
                   PARTITION BY booked_on, currency, entry_cents {payer} ORDER BY entry_position) AS place
          FROM (SELECT entry_position, min(booked_on) AS booked_on, currency, entry_cents, min(payer_iban) AS payer
                  FROM bank_waiting GROUP BY entry_position, currency, entry_cents) AS entries
         {payer_known}
    ),
    same AS (
        SELECT w.entry_position, t.lines FROM waiting w JOIN told t
            ON t.booked_on = w.booked_on AND t.currency = w.currency AND t.total = w.entry_cents
               AND t.place = w.place {payer_same}
    ),
    used AS (INSERT INTO bank_used (line_id) SELECT unnest(lines) FROM same ON CONFLICT DO NOTHING)
    DELETE FROM bank_waiting w USING same WHERE w.entry_position = same.entry_position
"""
_BY_PAYER = _RECOGNISE_OTHER_WORDS.format(
    payer=", payer", payer_known="WHERE payer <> ''", payer_same="AND t.payer = w.payer"
)
_BY_AMOUNT = _RECOGNISE_OTHER_WORDS.format(payer="", payer_known="", payer_same="")
_PLACE_THE_REST = _after_found(
    "bank_waiting",
    """,
    known AS (SELECT content_key, count(*) AS times FROM found GROUP BY content_key)
    INSERT INTO bank_places (number, fingerprint)
    SELECT w.number, w.content_key || ':' || (coalesce(k.times, 0)
           + row_number() OVER (PARTITION BY w.content_key ORDER BY w.number) - 1)
      FROM bank_waiting w LEFT JOIN known k ON k.content_key = w.content_key
""",
)
_NEIGHBOURS = """
    SELECT id, format, statement_id, opening_cents, closing_cents, credit_cents,
           first_on, last_on, entries
      FROM ledger_bankstatement
     WHERE bank_account_id = %(bank_account)s AND currency = %(currency)s AND announced = 0
       AND last_on >= %(first)s AND first_on <= %(last)s
"""
# Notifications of single bookings: each tells its own, none sums up the others.
NOTIFICATION = "camt.054"


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A statement as far as it matters for what it shares with another: balances, days, number of payments."""

    id: UUID
    format: str
    statement_id: str
    opening_cents: int | None
    closing_cents: int | None
    credit_cents: int | None
    first_on: date
    last_on: date
    entries: int

    @property
    def moved_nothing(self) -> bool:
        """Opening is closing, or nobody knows: its balances do not say where it stands."""
        return self.opening_cents is None or self.closing_cents is None or self.opening_cents == self.closing_cents

    @property
    def reach(self) -> tuple[int, int] | None:
        """The lowest and the highest balance the account can have had in it, in whatever order its entries came."""
        if self.opening_cents is None or self.closing_cents is None or self.credit_cents is None:
            return None
        debit_cents = self.opening_cents + self.credit_cents - self.closing_cents
        return self.opening_cents - debit_cents, self.opening_cents + self.credit_cents

    def repeats(self, other: Neighbour) -> bool:
        """The same statement once more, whatever number it has."""
        return (self.opening_cents, self.closing_cents, self.first_on, self.last_on, self.entries) == (
            other.opening_cents,
            other.closing_cents,
            other.first_on,
            other.last_on,
            other.entries,
        )


def as_neighbour(row: BankStatement) -> Neighbour:
    """A statement with entries, seen as a neighbour of others."""
    assert row.first_on is not None
    assert row.last_on is not None
    return Neighbour(
        row.pk,
        row.format,
        row.statement_id,
        row.opening_cents,
        row.closing_cents,
        row.credit_cents,
        row.first_on,
        row.last_on,
        row.entries,
    )


def neighbours(
    cursor: CursorWrapper, *, bank_account_id: UUID, currency: str, first_on: date, last_on: date
) -> list[Neighbour]:
    """Booked statements of the account that share a day with this period."""
    cursor.execute(
        _NEIGHBOURS,
        {"bank_account": bank_account_id, "currency": currency, "first": first_on, "last": last_on},
    )
    return [Neighbour(*values) for values in cursor.fetchall()]


def standing_apart(statement: Neighbour, others: Sequence[Neighbour]) -> list[UUID]:
    """Which of `others` certainly tell other payments than `statement`, though they share a day with it.

    Their balances say so. Either the account can never have had a balance in the one that it had in the other: payments
    both tell would have moved it through the same balances. Or they meet only in their last and first day, and the
    balances lead from the one to the other, directly or over further statements of that day; then what moved nothing
    proves nothing. A repetition never stands apart. Notifications always do: each tells its own payments.
    """
    if statement.format == NOTIFICATION:
        return [n.id for n in others if n.format == NOTIFICATION and n.statement_id != statement.statement_id]
    known = [other for other in others if not other.repeats(statement)]
    return [other.id for other in known if _out_of_reach(statement, other) or _follow(statement, other, known)]


def _out_of_reach(one: Neighbour, other: Neighbour) -> bool:
    if one.reach is None or other.reach is None:
        return False
    return one.reach[1] <= other.reach[0] or other.reach[1] <= one.reach[0]


def _follow(one: Neighbour, other: Neighbour, known: Sequence[Neighbour]) -> bool:
    """Whether one of the two opens where the other has led, within the one day they share."""
    if one.moved_nothing or other.moved_nothing:
        return False
    return (other.last_on == one.first_on and _leads_to(other, one, known)) or (
        one.last_on == other.first_on and _leads_to(one, other, known)
    )


def _leads_to(earlier: Neighbour, later: Neighbour, between: Sequence[Neighbour]) -> bool:
    """Whether `later` opens where `earlier` closed, or where statements that follow it closed."""
    reached, seen = {earlier.closing_cents}, {earlier.id, later.id}
    while later.opening_cents not in reached:
        following = [n for n in between if n.id not in seen and n.opening_cents in reached and not n.moved_nothing]
        if not following:
            return False
        seen.update(n.id for n in following)
        reached.update(n.closing_cents for n in following)
    return True


def place_unheard(cursor: CursorWrapper, statement_id: UUID) -> int:
    """Give a place to the incoming rows whose content only this statement has told. Returns how many."""
    cursor.execute(_PLACE_UNHEARD, {"statement": statement_id})
    return int(cursor.rowcount)


def place_waiting(cursor: CursorWrapper, *, apart: Sequence[UUID], other_words: Sequence[UUID]) -> None:
    """Recognise what has come before among the waiting rows, and give the others a place.

    `apart`: statements whose payments are certainly others. `other_words`: statements of another format that tell
    days of this one.
    """
    cursor.execute(_RECOGNISE, {"apart": list(apart)})
    if other_words:
        cursor.execute(_BY_PAYER, {"others": list(other_words)})
        cursor.execute(_BY_AMOUNT, {"others": list(other_words)})
    cursor.execute(_PLACE_THE_REST)
