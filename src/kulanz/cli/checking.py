"""`verify`, `bench`: is it right, and how fast is it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from kulanz.cli import opening
from kulanz.cli.output import Answer, Exit, counting, tell, working
from kulanz.cli.verbs import group, verb

if TYPE_CHECKING:
    from kulanz.bench.measuring import Measured


def register(app: typer.Typer) -> None:
    """Make the commands known."""
    verb(app, "verify", example="kulanz verify --json")(verify)
    bench = group("bench", "Benchmarks, beside the real database.")
    verb(bench, "ledger", example="kulanz bench ledger --size 100000 --json")(ledger)
    verb(bench, "bank", example="kulanz bench bank --size 100000 --json")(bank)
    verb(bench, "match", example="kulanz bench match --size 100000 --json")(match)
    app.add_typer(bench)


def verify() -> Answer:
    """Prove every invariant.

    Computed anew from the rows; what breaks one is named, and the exit code is 1.
    """
    opening.open_books()
    from kulanz.wiring.verify import verify as verify_all

    with working("Verifying"):
        checks = verify_all()
    ok = all(check.ok for check in checks)
    document = {
        "ok": ok,
        "checks": [{"name": check.name, "ok": check.ok, "offenders": check.offenders} for check in checks],
    }

    def lines() -> Iterator[str]:
        for check in checks:
            yield f"{'✓' if check.ok else '✗'} {check.name}"
            yield from (f"    {offender}" for offender in check.offenders)
        yield ""
        yield "Everything holds." if ok else f"{sum(not c.ok for c in checks)} of {len(checks)} do not hold."

    return Answer(document, lines, Exit.DONE if ok else Exit.FOUND_WRONG)


def ledger(
    size: Annotated[int, typer.Option(min=4, max=10_000_000, help="How many transactions to book.")] = 100_000,
) -> Answer:
    """Book transactions as production does.

    In a database of its own; ends with `verify`, and shows the raw limit measured in the same run.
    """
    opening.set_up()
    from kulanz.bench.ledger import run
    from kulanz.wiring import preparing

    preparing.reach()
    with counting("Booking", size) as advance:
        measured = run(size, advance)

    return _answer(measured, "transactions")


def bank(
    size: Annotated[int, typer.Option(min=1, max=10_000_000, help="How many entries the statement has.")] = 100_000,
) -> Answer:
    """Take in a long bank statement (camt.053) as production does.

    In a database of its own; ends with `verify`, and shows the raw limit measured in the same run.
    """
    opening.set_up()
    from kulanz.bench.bank import run
    from kulanz.wiring import preparing

    preparing.reach()
    with counting("Importing", size) as advance:
        measured = run(size, advance)
    return _answer(measured, "entries")


def _answer(measured: Measured, things: str) -> Answer:
    def lines() -> Iterator[str]:
        yield f"{measured.size:,} {things} in {measured.seconds} s: {measured.per_second:,.0f} a second"
        yield f"per chunk of {measured.chunk:,}: p50 {measured.p50_ms} ms, p95 {measured.p95_ms} ms"
        floor = measured.floor
        yield f"floor ({floor.what}): {floor.seconds} s, {floor.per_second:,.0f} a second"
        yield f"peak memory {measured.peak_mb} MB; verify {'ok' if measured.verify.ok else 'FAILED'}"

    return Answer(asdict(measured), lines, Exit.DONE if measured.verify.ok else Exit.FOUND_WRONG)


def match(
    size: Annotated[int, typer.Option(min=100, max=1_000_000, help="How many bank lines to match.")] = 100_000,
) -> Answer:
    """Match bank lines with ten times as many open claims, and book them.

    With all that follows, in databases of their own. Shows how the cost grows, and compares every line with the truth.
    """
    opening.set_up()
    from kulanz.bench.match import run
    from kulanz.wiring import preparing

    preparing.reach()
    measured = run(size, tell)
    fine = measured.verify.ok and not measured.wrong

    def lines() -> Iterator[str]:
        yield f"{measured.size:,} lines, {measured.claims:,} claims: {measured.seconds} s, {measured.per_second:,.0f}/s"
        yield f"floor ({measured.floor.what}): {measured.floor.seconds} s; {measured.times_floor} times the floor"
        yield f"booked alone {measured.booked:,}, suggested {measured.suggested:,}, unmatched {measured.unmatched:,}"
        yield f"of {measured.payable:,} payable lines {measured.share_booked:.1%} booked alone; wrong: {measured.wrong}"
        for kind in measured.kinds:
            counts = f"right {kind.right:>7,}  asked {kind.asked:>7,}  wrong {kind.wrong}"
            yield f"    {kind.kind:22} {kind.lines:>7,}  {counts}"
        for point in measured.curve:
            growth = f"{point.times_floor} floors, n log n x {point.growth}"
            yield f"    {point.claims:>9,} claims {point.seconds:>8} s, {growth}"
        yield f"peak memory {measured.peak_mb} MB; verify {'ok' if measured.verify.ok else 'FAILED'}"

    return Answer(asdict(measured), lines, Exit.DONE if fine else Exit.FOUND_WRONG)
