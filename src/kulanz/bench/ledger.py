"""How many transactions a second the books take, through the verb that every payment goes through.

The life of an invoice in four transactions: the invoice (receivable against revenue), the payment on our bank account
(bank against suspense), and the allocation in two halves (suspense to transit, transit to receivable). Every row they
hang on — invoice, claim, bank line, allocation — exists as in production, so that `verify` can prove the result.
Only `ledger.book` with its commit is timed: the checks the database makes at commit belong to it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import TypeVar
from uuid import UUID

from django.db import connection, transaction

from kulanz.bench.measuring import Floor, Measured, Proof, Stopwatch, peak_megabytes, percentile_ms
from kulanz.infra.ids import new_id
from kulanz.kernel.acts import Act, by_system
from kulanz.kernel.references import creditor_reference
from kulanz.ledger.api import (
    Allocation,
    BankLine,
    BankStatement,
    Book,
    Claim,
    ClaimKind,
    Entry,
    Invoice,
    Leg,
    TransactionKind,
    book,
    configure_bank_account,
)
from kulanz.parties.api import (
    Account,
    AccountKind,
    Brand,
    BrandFacts,
    Person,
    establish_brand,
    house_account,
    sort_key,
)
from kulanz.wiring.preparing import scratch_database
from kulanz.wiring.verify import verify

CHUNK = 2_000
CUSTOMERS = 2_000
IBAN = "DE02120300000000202051"
DAY = date(2026, 3, 2)
ACT = by_system(datetime(2026, 3, 2, 9, tzinfo=UTC), "benchmark")

_BARE_TABLES = """
    CREATE TABLE bench_transaction (id uuid PRIMARY KEY, account_id uuid, key text, content_hash text, kind text,
        text text, booked_on date, recorded_at timestamptz, actor text, reverses_id uuid, link uuid);
    CREATE TABLE bench_posting (id uuid PRIMARY KEY, transaction_id uuid, account_id uuid, line smallint, book text,
        claim_id uuid, amount_cents bigint, currency text);
"""

T = TypeVar("T")
Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class _Shop:
    """Who books: one brand with its customers, its bank account and one statement."""

    brand: Brand
    house: Account
    accounts: Sequence[UUID]
    statement: BankStatement


@dataclass(frozen=True, slots=True)
class _Case:
    """One invoice to be, and what becomes of it."""

    number: int
    account_id: UUID
    cents: int
    invoice_id: UUID
    claim_id: UUID
    line_id: UUID
    allocation_id: UUID
    house_transaction_id: UUID
    customer_transaction_id: UUID


@dataclass(slots=True)
class _Clocks:
    """The timed bookings, and the same rows written bare right after each of them."""

    booking: Stopwatch
    floor: Stopwatch
    advance: Advance

    def book(self, entries: Sequence[Entry]) -> None:
        """Both are measured in turn, so that a busy neighbour slows both alike."""
        with self.booking.lap():
            book(ACT, entries)
        with self.floor.lap():
            _copy_bare(ACT, entries)
        self.advance(len(entries))


def run(size: int, advance: Advance) -> Measured:
    """Book `size` transactions in a scratch database, verify, and say what it took."""
    clocks = _Clocks(Stopwatch(), Stopwatch(), advance)
    with scratch_database():
        with connection.cursor() as cursor:
            cursor.execute(_BARE_TABLES)
        _book_all(_open_shop(), size, clocks)
        proof = prove()
    booking, floor = clocks.booking, clocks.floor
    return Measured(
        name="ledger",
        size=size,
        seconds=round(booking.seconds, 3),
        per_second=round(size / booking.seconds, 1),
        p50_ms=percentile_ms(booking.laps, 50),
        p95_ms=percentile_ms(booking.laps, 95),
        peak_mb=peak_megabytes(),
        chunk=CHUNK,
        floor=Floor(
            what="COPY of the same rows into tables with a primary key and nothing else, a commit per chunk",
            seconds=round(floor.seconds, 3),
            per_second=round(size / floor.seconds, 1),
        ),
        verify=proof,
    )


def _book_all(shop: _Shop, size: int, clocks: _Clocks) -> None:
    """Invoices first, then payments, then what pays what; where `size` is no multiple of four, invoices stay open."""
    paid = size // 4
    still_open = size - 4 * paid
    cases = _cases(shop, paid + still_open)
    for chunk in _chunks(cases, CHUNK):
        payments = [case for case in chunk if case.number < paid]
        _keep_claims(shop, chunk)
        clocks.book([_invoice_entry(case) for case in chunk])
        if not payments:
            continue
        _keep_bank_lines(shop, payments)
        clocks.book([_bank_entry(shop, case) for case in payments])
        for half in _chunks(payments, CHUNK // 2):
            clocks.book([entry for case in half for entry in _allocation_entries(shop, case)])
        _keep_allocations(payments)


def prove() -> Proof:
    """Everything verified, as `kulanz verify` does it."""
    # As on any grown database: without statistics the checks themselves would be slow, not the books.
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    begun = time.perf_counter()
    broken = [check.name for check in verify() if not check.ok]
    return Proof(ok=not broken, seconds=round(time.perf_counter() - begun, 3), broken=broken)


def _open_shop() -> _Shop:
    brand = establish_brand(
        ACT,
        BrandFacts(
            code="bench",
            name="Bench",
            legal_name="Bench GmbH",
            street="",
            postcode="",
            city="",
            email="bench@example.org",
        ),
    )
    bank_account = configure_bank_account(ACT, brand=brand, iban=IBAN, holder="Bench GmbH")
    people = [Person(id=new_id(), name=f"Customer {n}", sort_key=sort_key(f"Customer {n}")) for n in range(CUSTOMERS)]
    accounts = [
        Account(
            id=new_id(),
            brand=brand,
            number=f"K{n}",
            kind=AccountKind.CUSTOMER,
            person=person,
            opened_at=ACT.at,
        )
        for n, person in enumerate(people)
    ]
    Person.objects.bulk_create(people)
    Account.objects.bulk_create(accounts)
    statement = BankStatement.objects.create(
        bank_account=bank_account,
        statement_id="bench",
        file_name="bench",
        file_sha256="0" * 64,
        format="bench",
        currency="EUR",
        entries=0,
        new_lines=0,
        imported_at=ACT.at,
        imported_by=ACT.by.name,
    )
    return _Shop(brand, house_account(brand), [a.pk for a in accounts], statement)


def _cases(shop: _Shop, count: int) -> Iterator[_Case]:
    """Customers order in turn, amounts differ; the same on every machine."""
    for number in range(count):
        yield _Case(
            number,
            shop.accounts[number * 7919 % len(shop.accounts)],
            995 + number * 37 % 20_000,
            *(new_id() for _ in range(6)),
        )


def _keep_claims(shop: _Shop, cases: Sequence[_Case]) -> None:
    """The documents the bookings speak of. Not timed."""
    with transaction.atomic():
        Invoice.objects.bulk_create(
            Invoice(
                id=case.invoice_id,
                brand=shop.brand,
                account_id=case.account_id,
                number=_title(case),
                kind=Invoice.Kind.INVOICE,
                issued_on=DAY,
                total_cents=case.cents,
                currency="EUR",
            )
            for case in cases
        )
        Claim.objects.bulk_create(
            Claim(
                id=case.claim_id,
                reference=creditor_reference(_title(case)),
                account_id=case.account_id,
                ordered_by_id=case.account_id,
                kind=ClaimKind.PRINCIPAL.value,
                invoice_id=case.invoice_id,
                amount_cents=case.cents,
                currency="EUR",
                founded_on=DAY,
                due_on=DAY + timedelta(days=14),
            )
            for case in cases
        )


def _keep_bank_lines(shop: _Shop, cases: Sequence[_Case]) -> None:
    BankLine.objects.bulk_create(
        BankLine(
            id=case.line_id,
            statement=shop.statement,
            bank_account_id=shop.statement.bank_account_id,
            account=shop.house,
            fingerprint=f"{case.number:064d}",
            position=case.number,
            booked_on=DAY,
            amount_cents=case.cents,
            currency="EUR",
            remittance=_title(case),
        )
        for case in cases
    )


def _keep_allocations(cases: Sequence[_Case]) -> None:
    Allocation.objects.bulk_create(
        Allocation(
            id=case.allocation_id,
            bank_line_id=case.line_id,
            claim_id=case.claim_id,
            account_id=case.account_id,
            amount_cents=case.cents,
            currency="EUR",
            house_transaction_id=case.house_transaction_id,
            customer_transaction_id=case.customer_transaction_id,
            rule="benchmark",
            score=100,
            allocated_at=ACT.at,
            allocated_by=ACT.by.name,
        )
        for case in cases
    )


def _title(case: _Case) -> str:
    return f"B{case.number:08d}"


def _invoice_entry(case: _Case) -> Entry:
    legs = (Leg(Book.RECEIVABLE, case.cents, case.claim_id), Leg(Book.REVENUE, -case.cents))
    return _entry(f"invoice:bench:{_title(case)}", case.account_id, TransactionKind.INVOICE, case, legs)


def _bank_entry(shop: _Shop, case: _Case) -> Entry:
    legs = (Leg(Book.BANK, case.cents), Leg(Book.SUSPENSE, -case.cents))
    return _entry(f"bankline:{case.number:064d}", shop.house.pk, TransactionKind.BANK_LINE, case, legs)


def _allocation_entries(shop: _Shop, case: _Case) -> tuple[Entry, Entry]:
    key = f"allocation:{case.allocation_id}"
    house = _entry(
        f"{key}:house",
        shop.house.pk,
        TransactionKind.ALLOCATION_HOUSE,
        case,
        (Leg(Book.SUSPENSE, case.cents), Leg(Book.TRANSIT, -case.cents)),
        id=case.house_transaction_id,
        link=case.allocation_id,
    )
    customer = _entry(
        f"{key}:customer",
        case.account_id,
        TransactionKind.ALLOCATION,
        case,
        (Leg(Book.TRANSIT, case.cents), Leg(Book.RECEIVABLE, -case.cents, case.claim_id)),
        id=case.customer_transaction_id,
        link=case.allocation_id,
    )
    return house, customer


def _entry(
    key: str,
    account_id: UUID,
    kind: TransactionKind,
    case: _Case,
    legs: tuple[Leg, ...],
    *,
    id: UUID | None = None,
    link: UUID | None = None,
) -> Entry:
    return Entry(
        id=id or new_id(),
        key=key,
        account_id=account_id,
        kind=kind,
        on=DAY,
        currency="EUR",
        text=_title(case),
        legs=legs,
        link=link,
    )


@transaction.atomic
def _copy_bare(act: Act, entries: Sequence[Entry]) -> None:
    with connection.cursor() as cursor:
        with cursor.copy("COPY bench_transaction FROM STDIN") as copy:
            for e in entries:
                copy.write_row(
                    (
                        e.id,
                        e.account_id,
                        e.key,
                        e.content_hash,
                        e.kind.value,
                        e.text,
                        e.on,
                        act.at,
                        act.by.name,
                        e.reverses_id,
                        e.link,
                    )
                )
        with cursor.copy("COPY bench_posting FROM STDIN") as copy:
            for e in entries:
                for line, leg in enumerate(e.legs, start=1):
                    copy.write_row(
                        (
                            new_id(),
                            e.id,
                            e.account_id,
                            line,
                            leg.book.value,
                            leg.claim_id,
                            leg.cents,
                            e.currency,
                        )
                    )


def _chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk
