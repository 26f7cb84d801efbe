"""How fast a long bank statement comes in: read, proven and booked, through the verb that the desk and the folder use.

One camt.053 statement as a bank of a large shop sends it: each entry a payment with name, IBAN, text and reference of
the bank. Making the file is not timed. Inside the clock is `ledger.import_bank_file` with its commit: reading,
adding up, looking for what came before, lines, bookings, and all checks of the database.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from xml.parsers import expat

from django.db import connection, transaction

from kulanz.bench.measuring import Floor, Measured, Proof, Stopwatch, peak_megabytes, percentile_ms
from kulanz.kernel.acts import by_system
from kulanz.kernel.money import Money
from kulanz.ledger.api import configure_bank_account, import_bank_file
from kulanz.ledger.bank_formats import camt
from kulanz.ledger.bank_formats.statement import Detail, Entry, Statement
from kulanz.parties.api import Brand, BrandFacts, establish_brand
from kulanz.wiring.preparing import scratch_database
from kulanz.wiring.verify import verify

IBAN = "DE02120300000000202051"
DAY = date(2026, 3, 2)
ACT = by_system(datetime(2026, 3, 2, 9, tzinfo=UTC), "benchmark")
# So many entries are dealt with between two looks at the clock (see ledger/bank_intake/taking.py).
CHUNK = 4_000
PAYERS = 5_000

Advance = Callable[[int], None]
_COPIED = {
    "bench_line": "SELECT * FROM ledger_bankline",
    "bench_transaction": "SELECT * FROM ledger_transaction",
    "bench_posting": "SELECT * FROM ledger_posting",
}
_FLOOR_BYTES = 1 << 20


def run(size: int, advance: Advance) -> Measured:
    """Import a statement of `size` entries into a scratch database, verify, and say what it took."""
    with tempfile.TemporaryDirectory() as folder, scratch_database():
        path = Path(folder) / "statement.xml"
        _write_statement(path, size)
        laps = _import(_open_shop(), path, advance)
        peak = peak_megabytes()
        proof = _prove(size)
        floor = _floor(path)
    seconds = sum(laps)
    return Measured(
        name="bank",
        size=size,
        seconds=round(seconds, 3),
        per_second=round(size / seconds, 1),
        p50_ms=percentile_ms(laps, 50),
        p95_ms=percentile_ms(laps, 95),
        peak_mb=peak,
        chunk=CHUNK,
        floor=Floor(
            what="the XML parsed and thrown away, the same rows by COPY into tables with a primary key, one commit",
            seconds=round(floor, 3),
            per_second=round(size / floor, 1),
        ),
        verify=proof,
    )


def _open_shop() -> Brand:
    facts = BrandFacts(
        code="bench",
        name="Bench",
        legal_name="Bench GmbH",
        street="",
        postcode="",
        city="",
        email="bench@example.org",
    )
    brand = establish_brand(ACT, facts)
    configure_bank_account(ACT, brand=brand, iban=IBAN, holder="Bench GmbH")
    return brand


def _import(brand: Brand, path: Path, advance: Advance) -> list[float]:
    """The time of each step; the last one ends with the commit."""
    laps: list[float] = []
    begun = time.perf_counter()

    def tick(entries: int) -> None:
        nonlocal begun
        now = time.perf_counter()
        laps.append(now - begun)
        begun = now
        advance(entries)

    with path.open("rb") as file:
        import_bank_file(ACT, brand=brand, name=path.name, content=file, advance=tick)
    # What follows the last entry (the proof, the row of the statement, the commit with its checks) belongs to it.
    laps.append(time.perf_counter() - begun)
    return laps


def _write_statement(path: Path, size: int) -> None:
    total = Money(sum(_cents(number) for number in range(size)))
    frame = Statement(
        account_iban=IBAN,
        account_other_id=None,
        currency="EUR",
        statement_id="2026-03-02/1",
        sequence="41",
        from_on=DAY,
        to_on=DAY,
        opening=Money(0),
        opening_on=DAY,
        closing=total,
        closing_on=DAY,
        entries=(),
    )
    with path.open("wb") as file:
        camt.write_long(file, frame, _entries(size), created_at=ACT.at.replace(tzinfo=None))


def _entries(size: int) -> Iterator[Entry]:
    """Payments of a day: amounts and payers repeat, references do not; the same on every machine."""
    for number in range(size):
        payer = number * 7919 % PAYERS
        amount = Money(_cents(number))
        detail = Detail(
            amount=amount,
            counterparty_name=f"Jörg Müller-{payer}",
            counterparty_iban=f"DE{payer % 90 + 10}50010517{payer:010d}",
            end_to_end_id=f"E2E-{number:09d}" if number % 3 else None,
            remittance=f"Rechnung B{number:08d} vom 20.02.2026 Kundennummer K{payer} vielen Dank",
        )
        yield Entry(
            position=number + 1,
            amount=amount,
            booked_on=DAY,
            value_on=DAY,
            bank_reference=f"20260302{number:010d}",
            reversal=False,
            details=(detail,),
        )


def _cents(number: int) -> int:
    return 995 + number * 37 % 20_000


def _prove(size: int) -> Proof:
    # As on any grown database: without statistics the checks themselves would be slow, not the books.
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("SELECT count(*) FROM ledger_bankline")
        [lines] = cursor.fetchone()
    begun = time.perf_counter()
    broken = [check.name for check in verify() if not check.ok]
    if lines != size:
        broken.append(f"{lines} lines instead of {size}")
    return Proof(ok=not broken, seconds=round(time.perf_counter() - begun, 3), broken=broken)


def _floor(path: Path) -> float:
    """Seconds for what nobody can save: the XML through the parser, the rows into bare tables."""
    watch = Stopwatch()
    with watch.lap(), path.open("rb") as file:
        parser = expat.ParserCreate("utf-8")
        while chunk := file.read(_FLOOR_BYTES):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    for table, rows in _COPIED.items():
        with tempfile.TemporaryFile() as kept:
            _copy_out(rows, kept.fileno())
            with connection.cursor() as cursor:
                cursor.execute(f"CREATE TABLE {table} AS {rows} WITH NO DATA")
                cursor.execute(f"ALTER TABLE {table} ADD PRIMARY KEY (id)")
            with watch.lap():
                _copy_in(table, kept.fileno())
    return watch.seconds


def _copy_out(rows: str, handle: int) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY ({rows}) TO STDOUT") as copy:
        for block in copy:
            os.write(handle, block)


@transaction.atomic
def _copy_in(table: str, handle: int) -> None:
    os.lseek(handle, 0, os.SEEK_SET)
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
        while block := os.read(handle, _FLOOR_BYTES):
            copy.write(block)
