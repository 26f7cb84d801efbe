"""How fast bank lines find their claims, are booked, and everything that follows is done; and whether any is wrong.

`size` bank lines against ten times as many open claims, through `ledger.match`: holds lift, reminders end, collectors
are recalled, letters and webhooks are queued, every step is on record. The truth of every line is known: what a careful
person would book. A line that books itself must book exactly that. Smaller shops are measured on the way, so that one
sees how the cost grows.
"""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from kulanz.bench import match_floor
from kulanz.bench.ledger import prove
from kulanz.bench.match_lines import Line, earlier_payments, lines_for, put_in
from kulanz.bench.match_shop import ACT, CLAIMS_PER_LINE, Shop, open_shop
from kulanz.bench.measuring import Floor, Proof, peak_megabytes
from kulanz.ledger.api import Allocation, Matched, Portion, allocate, match
from kulanz.wiring.preparing import scratch_database

ALLOCATED_AT_ONCE = 4_000
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Point:
    """One shop on the way: its size, its time, and that time by n log n, compared with the first one's (about 1)."""

    lines: int
    claims: int
    seconds: float
    floor_seconds: float
    times_floor: float
    growth: float


@dataclass(frozen=True, slots=True)
class KindResult:
    """What became of one kind of lines: booked as it should be, not booked alone, booked wrongly."""

    kind: str
    lines: int
    right: int
    asked: int
    wrong: int


@dataclass(frozen=True, slots=True)
class MatchMeasured:
    """The result; the names are those of the command line's contract, and what only this benchmark knows.

    `p50_ms` and `p95_ms` are of one line, on average over the run: lines are not looked at one by one.
    """

    name: str
    size: int
    claims: int
    seconds: float
    per_second: float
    p50_ms: float
    p95_ms: float
    peak_mb: float
    floor: Floor
    times_floor: float
    booked: int
    suggested: int
    unmatched: int
    payable: int
    booked_right: int
    share_booked: float
    wrong: int
    kinds: tuple[KindResult, ...]
    curve: tuple[Point, ...]
    verify: Proof


@dataclass(frozen=True, slots=True)
class _Run:
    """One shop measured."""

    shop: Shop
    lines: Sequence[Line]
    seconds: float
    floor_seconds: float
    matched: Matched


def run(size: int, say: Say) -> MatchMeasured:
    """Measure shops of a hundredth, a tenth and all of `size`, each in a database of its own; prove the last one."""
    runs: list[_Run] = []
    for lines in sizes(size):
        with scratch_database():
            runs.append(_measure(lines, say))
            if lines == size:
                kinds = tuple(_kinds(runs[-1].lines))
                say("verifying")
                proof = prove()
    return _measured(runs, kinds, proof)


def sizes(size: int) -> list[int]:
    """The points of the curve; shops below a hundred lines say nothing about growth."""
    return [part for part in (size // 100, size // 10) if part >= 100] + [size]


def _measure(count: int, say: Say) -> _Run:
    say(f"a shop with {count * CLAIMS_PER_LINE:,} open claims")
    shop = open_shop(count * CLAIMS_PER_LINE)
    say("what regular customers paid before")
    _pay_earlier(shop)
    lines = lines_for(shop, count)
    put_in(shop, lines)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE ledger_bankline, ledger_allocation, ledger_transaction, ledger_posting")
    say("the floor")
    floor_seconds = _floor()
    say(f"matching {count:,} lines")
    begun = time.perf_counter()
    matched = match(ACT)
    return _Run(shop, lines, time.perf_counter() - begun, floor_seconds, matched)


def _pay_earlier(shop: Shop) -> None:
    earlier = earlier_payments()
    put_in(shop, [line for line, _ in earlier], days_ago=30)
    portions = [
        Portion(line.id, account_id, claim_id, line.cents, "earlier", 100)
        for line, account_id in earlier
        for claim_id in line.truth
    ]
    for start in range(0, len(portions), ALLOCATED_AT_ONCE):
        allocate(ACT, portions[start : start + ALLOCATED_AT_ONCE])


def _floor() -> float:
    match_floor.prepare()
    begun = time.perf_counter()
    match_floor.match_and_book()
    seconds = time.perf_counter() - begun
    match_floor.forget()
    return seconds


def _kinds(lines: Sequence[Line]) -> Iterator[KindResult]:
    """Every line compared with its truth."""
    booked: dict[UUID, dict[UUID | None, int]] = defaultdict(dict)
    rows = Allocation.objects.exclude(rule="earlier").values_list("bank_line_id", "claim_id", "amount_cents")
    for line_id, claim_id, cents in rows.iterator(chunk_size=10_000):
        booked[line_id][claim_id] = cents
    by_kind: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_kind[line.kind].append(line)
    for kind, same in sorted(by_kind.items()):
        right = sum(line.payable and booked.get(line.id) == line.truth for line in same)
        asked = sum(line.id not in booked for line in same)
        yield KindResult(kind, len(same), right, asked, len(same) - right - asked)


def _measured(runs: Sequence[_Run], kinds: tuple[KindResult, ...], proof: Proof) -> MatchMeasured:
    last = runs[-1]
    size, seconds = len(last.lines), last.seconds
    payable = sum(line.payable for line in last.lines)
    right = sum(kind.right for kind in kinds)
    per_line_ms = round(seconds * 1_000 / size, 3)
    return MatchMeasured(
        name="match",
        size=size,
        claims=last.shop.claims,
        seconds=round(seconds, 3),
        per_second=round(size / seconds, 1),
        p50_ms=per_line_ms,
        p95_ms=per_line_ms,
        peak_mb=peak_megabytes(),
        floor=Floor(
            what="the same stages as plain SQL, rows into copies of the tables with their keys and the check of sums",
            seconds=round(last.floor_seconds, 3),
            per_second=round(size / last.floor_seconds, 1),
        ),
        times_floor=round(seconds / last.floor_seconds, 2),
        booked=last.matched.booked,
        suggested=last.matched.suggested,
        unmatched=last.matched.unmatched,
        payable=payable,
        booked_right=right,
        share_booked=round(right / payable, 4),
        wrong=sum(kind.wrong for kind in kinds),
        kinds=kinds,
        curve=tuple(_point(run, runs[0]) for run in runs),
        verify=proof,
    )


def _point(run: _Run, first: _Run) -> Point:
    def work(one: _Run) -> float:
        return one.shop.claims * math.log2(one.shop.claims)

    return Point(
        lines=len(run.lines),
        claims=run.shop.claims,
        seconds=round(run.seconds, 3),
        floor_seconds=round(run.floor_seconds, 3),
        times_floor=round(run.seconds / run.floor_seconds, 2),
        growth=round((run.seconds / work(run)) / (first.seconds / work(first)), 2),
    )
