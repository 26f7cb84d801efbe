"""The one place that writes transactions. Everything that moves money ends here: what is given one by one in `book`,
what the database itself selects (a bank file settles eighty thousand claims at once) in `book_selected`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from kulanz.infra.ids import fresh_id_in_sql, new_id
from kulanz.kernel.acts import Act
from kulanz.kernel.refusals import Refusal
from kulanz.kernel.text import N_
from kulanz.ledger.states import Book, TransactionKind


class KeyTaken(Refusal):
    """The same key came with another content: that is an error, never a repeat."""

    code = "key_taken"
    sentence = N_(
        "“%(key)s” has been booked before with a different content. Nothing was booked. "
        "Check which of the two is right."
    )


@dataclass(frozen=True, slots=True)
class Leg:
    """One posting to be: a book, signed minor units (debit positive), the claim where it is a receivable."""

    book: Book
    cents: int
    claim_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One transaction to be. `key` makes it idempotent; `link` ties the halves of an allocation together."""

    key: str
    account_id: UUID
    kind: TransactionKind
    on: date
    currency: str
    text: str
    legs: tuple[Leg, ...]
    link: UUID | None = None
    reverses_id: UUID | None = None
    id: UUID = field(default_factory=new_id)

    @property
    def content_hash(self) -> str:
        """What must be the same for two entries to be the same event."""
        legs = ";".join(f"{leg.book.value}:{leg.cents}:{leg.claim_id or ''}" for leg in self.legs)
        content = f"{self.account_id}|{self.kind.value}|{self.on}|{self.currency}|{legs}"
        return hashlib.sha256(content.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Booked:
    """What `book` did: ids of the transactions written now, by key, and the keys that had been booked before."""

    new: dict[str, UUID]
    repeated: frozenset[str]


_INSERT_TRANSACTIONS = """
    INSERT INTO ledger_transaction
           (id, account_id, key, content_hash, kind, text, booked_on, recorded_at, actor, reverses_id, link)
    SELECT id, account_id, key, content_hash, kind, text, booked_on, %s, %s, reverses_id, link
      FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::date[],
                  %s::uuid[], %s::uuid[])
           AS t (id, account_id, key, content_hash, kind, text, booked_on, reverses_id, link)
    ON CONFLICT (key) DO NOTHING
    RETURNING key, id
"""
# COPY writes a page of rows at a time and fires the same triggers and constraints as INSERT does.
_COPY_POSTINGS = """
    COPY ledger_posting (id, transaction_id, account_id, line, book, claim_id, amount_cents, currency) FROM STDIN
"""


@transaction.atomic
def book(act: Act, entries: Sequence[Entry]) -> Booked:
    """Write these transactions, each once: two statements however many there are.

    The database checks at commit that every transaction balances, moves the balances of the claims named, and
    refuses to take more from a claim than is owed. An entry whose key was booked before with the same content is
    counted as repeated; with another content the whole call is refused (KeyTaken).
    """
    if not entries:
        return Booked({}, frozenset())
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT_TRANSACTIONS,
            [
                act.at,
                act.by.name,
                _array(e.id for e in entries),
                _array(e.account_id for e in entries),
                [e.key for e in entries],
                _array(e.content_hash for e in entries),
                _array(e.kind.value for e in entries),
                [e.text[:200] for e in entries],
                _array(e.on for e in entries),
                _array(e.reverses_id for e in entries),
                _array(e.link for e in entries),
            ],
        )
        new: dict[str, UUID] = dict(cursor.fetchall())
        written = [e for e in entries if new.get(e.key) == e.id]
        repeated = [e for e in entries if new.get(e.key) != e.id]
        if repeated:
            _refuse_other_content(cursor, repeated)
        if written:
            _write_postings(cursor, written)
    return Booked(new, frozenset(e.key for e in repeated))


# The content hash is that of `Entry.content_hash`; a test compares both.
_INSERT_SELECTED_TRANSACTIONS = """
    INSERT INTO ledger_transaction
           (id, account_id, key, content_hash, kind, text, booked_on, recorded_at, actor, reverses_id, link)
    SELECT id, account_id, key,
           encode(sha256(convert_to(concat_ws('|', account_id, kind, booked_on, currency, legs), 'UTF8')), 'hex'),
           kind, left(text, 200), booked_on, %s, %s, NULL, link
      FROM ({entries}) AS e
    ON CONFLICT (key) DO NOTHING
"""
_INSERT_SELECTED_POSTINGS = """
    INSERT INTO ledger_posting (id, transaction_id, account_id, line, book, claim_id, amount_cents, currency)
    SELECT {fresh_id}, transaction_id, account_id, line, book, claim_id, amount_cents, currency FROM ({legs}) AS l
"""


def book_selected(act: Act, *, entries: sql.Composable, legs: sql.Composable, count: int) -> None:
    """Write the transactions that these queries give: two statements, and no row passes through the program.

    `entries` gives id, account_id, key, kind, text, booked_on, currency, legs (as `Entry.content_hash` spells them)
    and link of `count` transactions that were never booked before; `legs` their postings. Every guard looks at them
    as at any other row. Raises KeyTaken when one of the keys is in the books.
    """
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(_INSERT_SELECTED_TRANSACTIONS).format(entries=entries), [act.at, act.by.name])
        if cursor.rowcount != count:
            raise KeyTaken(key=f"{count - cursor.rowcount} of {count} keys")
        cursor.execute(sql.SQL(_INSERT_SELECTED_POSTINGS).format(fresh_id=fresh_id_in_sql(), legs=legs))


def _array(values: Iterable[UUID | date | str | None]) -> str:
    """An array literal of ids, days and our own words: none needs quoting. What people wrote goes as a list."""
    return "{" + ",".join("NULL" if value is None else str(value) for value in values) + "}"


def _write_postings(cursor: CursorWrapper, entries: Sequence[Entry]) -> None:
    # Django names the database's refusals (IntegrityError) by itself for every way but this one.
    with connection.wrap_database_errors, cursor.copy(_COPY_POSTINGS) as copy:
        for entry in entries:
            for line, leg in enumerate(entry.legs, start=1):
                copy.write_row(
                    (
                        new_id(),
                        entry.id,
                        entry.account_id,
                        line,
                        leg.book.value,
                        leg.claim_id,
                        leg.cents,
                        entry.currency,
                    )
                )


def _refuse_other_content(cursor: CursorWrapper, repeated: Sequence[Entry]) -> None:
    """A repeated key must carry the same content, in the books as well as within this call."""
    cursor.execute("SELECT key, content_hash FROM ledger_transaction WHERE key = ANY(%s)", [[e.key for e in repeated]])
    known: dict[str, str] = dict(cursor.fetchall())
    for entry in repeated:
        if known.get(entry.key) != entry.content_hash:
            raise KeyTaken(key=entry.key)
