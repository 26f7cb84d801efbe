"""The one verb that writes transactions. Everything that moves money ends here."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from kulanz.infra.ids import new_id
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
_INSERT_POSTINGS = """
    INSERT INTO ledger_posting (id, transaction_id, account_id, line, book, claim_id, amount_cents, currency)
    SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::smallint[], %s::text[], %s::uuid[], %s::bigint[],
                         %s::text[])
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
                [e.id for e in entries],
                [e.account_id for e in entries],
                [e.key for e in entries],
                [e.content_hash for e in entries],
                [e.kind.value for e in entries],
                [e.text[:200] for e in entries],
                [e.on for e in entries],
                [e.reverses_id for e in entries],
                [e.link for e in entries],
            ],
        )
        new: dict[str, UUID] = dict(cursor.fetchall())
        written = [e for e in entries if new.get(e.key) == e.id]
        repeated = [e for e in entries if new.get(e.key) != e.id]
        if repeated:
            _refuse_other_content(cursor, repeated)
        rows = [(e, line, leg) for e in written for line, leg in enumerate(e.legs, start=1)]
        if rows:
            cursor.execute(
                _INSERT_POSTINGS,
                [
                    [new_id() for _ in rows],
                    [e.id for e, _, _ in rows],
                    [e.account_id for e, _, _ in rows],
                    [line for _, line, _ in rows],
                    [leg.book.value for _, _, leg in rows],
                    [leg.claim_id for _, _, leg in rows],
                    [leg.cents for _, _, leg in rows],
                    [e.currency for e, _, _ in rows],
                ],
            )
    return Booked(new, frozenset(e.key for e in repeated))


def _refuse_other_content(cursor: CursorWrapper, repeated: Sequence[Entry]) -> None:
    """A repeated key must carry the same content, in the books as well as within this call."""
    cursor.execute("SELECT key, content_hash FROM ledger_transaction WHERE key = ANY(%s)", [[e.key for e in repeated]])
    known: dict[str, str] = dict(cursor.fetchall())
    for entry in repeated:
        if known.get(entry.key) != entry.content_hash:
            raise KeyTaken(key=entry.key)
