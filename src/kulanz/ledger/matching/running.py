"""The verb: look at what nobody has explained, book what is certain, keep the rest for a person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q

from kulanz.infra.sets import id_array
from kulanz.kernel.acts import Act
from kulanz.ledger.allocations import allocate
from kulanz.ledger.matching.clashes import Decision, separate
from kulanz.ledger.matching.collectors import held_by_payer
from kulanz.ledger.matching.facts import Payment, Reading, Solution
from kulanz.ledger.matching.judging import BOOK_FROM_SCORE, CLASHING, decide, read, rivalled
from kulanz.ledger.matching.looking import Seen, look
from kulanz.ledger.matching.neighbours import neighbours_of
from kulanz.ledger.matching.returns import came_back
from kulanz.ledger.matching.suggestions import MOST_PER_LINE, Proposal, keep
from kulanz.ledger.models import BankLine
from kulanz.ledger.portions import Portion, lock_lines
from kulanz.parties.api import lock_accounts

RULE = "ledger.matching"
# So many lines are looked at together: two that want one claim are seen as two, and a large table is read once.
LOOKED_AT_TOGETHER = 50_000
# So many are booked in one transaction: nobody waits long for the accounts that are locked meanwhile.
BOOKED_TOGETHER = 4_000
AT_ONCE = 2
# What somebody else moved while we looked is looked at once more.
ROUNDS = 2

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Matched:
    """What one run did, in bank lines."""

    booked: int
    suggested: int
    unmatched: int

    def __add__(self, other: Matched) -> Matched:
        return Matched(self.booked + other.booked, self.suggested + other.suggested, self.unmatched + other.unmatched)


@dataclass(frozen=True, slots=True)
class _Judged:
    """What was concluded about many lines: these book, these are for a person."""

    certain: list[Decision]
    proposals: dict[UUID, list[Proposal]]


def match(act: Act, *, dry_run: bool = False, line_ids: Sequence[UUID] | None = None) -> Matched:
    """Match the unexplained lines (or only these). Books what is certain, in transactions of some thousand lines, and
    keeps suggestions for what is not. `dry_run` decides the same and writes nothing.

    Any number of workers may run this at once: each booking is looked at once more under the locks.
    """
    ids = list(line_ids) if line_ids is not None else _unexplained_ids()
    return sum((_match(act, some, dry_run=dry_run) for some in _chunks(ids, LOOKED_AT_TOGETHER)), Matched(0, 0, 0))


def _unexplained_ids() -> list[UUID]:
    """Payments nobody has explained yet, and what the bank sent back, oldest first."""
    return list(
        BankLine.objects.filter(allocated_cents=0, bank_account__on_trial=False)
        .filter(Q(amount_cents__gt=0) | ~Q(return_code="") | Q(reversal=True))
        .order_by("booked_on", "id")
        .values_list("pk", flat=True)
    )


def _chunks(items: Iterable[T], size: int) -> Iterable[list[T]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


def _match(act: Act, line_ids: Sequence[UUID], *, dry_run: bool) -> Matched:
    booked: set[UUID] = set()
    waiting: Sequence[UUID] = line_ids
    proposals: dict[UUID, list[Proposal]] = {}
    for _ in range(ROUNDS):
        judged = _judge(waiting)
        proposals |= judged.proposals
        if dry_run:
            booked = {payment.line_id for payment, _ in judged.certain}
            break
        done, waiting = _book_all(act.as_rule(RULE), list(_chunks(judged.certain, BOOKED_TOGETHER)))
        booked |= done
        if not waiting:
            break
    if not dry_run:
        for left in _chunks((i for i in line_ids if i not in booked), BOOKED_TOGETHER):
            keep(left, [p for line_id in left for p in proposals.get(line_id, ())])
    suggested = sum(1 for line_id in proposals if line_id not in booked)
    return Matched(len(booked), suggested, len(line_ids) - len(booked) - suggested)


def _judge(line_ids: Sequence[UUID]) -> _Judged:
    """Read every line, in stages of falling evidence, and see which of them want the same claim."""
    seen = look(line_ids)
    readings = _readings(seen)
    margin = settings.CONFIG.matching_margin
    sure: list[Decision] = [(seen.payments[n], solution) for n, solution in seen.certain.items()]
    unsure: list[Reading] = []
    for reading in readings:
        if (solution := decide(reading, margin=margin)) is None:
            unsure.append(reading)
        else:
            sure.append((reading.payment, solution))
    clear, clashing = separate(sure)
    proposals = {r.payment.line_id: _proposals(r.payment, r.solutions) for r in unsure if r.solutions}
    proposals |= {payment.line_id: _proposals(payment, [solution], CLASHING) for payment, solution in clashing}
    for found in came_back(line_ids):
        proposal = Proposal(found.line_id, found.claim_id, found.account_id, found.score, found.rule, found.evidence)
        proposals.setdefault(found.line_id, []).append(proposal)
    return _Judged(clear, proposals)


def _readings(seen: Seen) -> list[Reading]:
    """Those that are not certain at first sight, judged by all that is known about them."""
    rest = [payment for payment in seen.payments if payment.number not in seen.certain]
    named = {p.number: (p.payer_iban, [c.claim_id for c in seen.claims.get(p.number, ()) if c.named_by]) for p in rest}
    held = held_by_payer(named)
    readings = [
        read(
            payment,
            seen.claims.get(payment.number, ()),
            names_a_closed_claim=payment.number in seen.naming_closed,
            largest_credit_cents=settings.CONFIG.matching_credit_cents,
            handed_over=held.get(payment.number),
        )
        for payment in rest
    ]
    return _with_neighbours(readings, seen.naming_closed)


def _with_neighbours(readings: Sequence[Reading], naming_closed: frozenset[int]) -> list[Reading]:
    """A stranger's reference, or one that leads nowhere, may be a slip of the pen: its neighbours are looked up."""

    def in_question(reading: Reading) -> bool:
        if not reading.solutions:
            return reading.payment.number not in naming_closed
        return reading.by_stranger and reading.solutions[0].score >= BOOK_FROM_SCORE

    neighbours = neighbours_of(r.payment for r in readings if in_question(r))
    return [rivalled(r, neighbours.get(r.payment.number, ())) for r in readings]


def _book_all(act: Act, chunks: Sequence[Sequence[Decision]]) -> tuple[set[UUID], list[UUID]]:
    """Every chunk in a transaction of its own, two at a time: the database works on one while the other is prepared.
    One after the other where somebody's transaction is around us, which no second connection could look into."""
    if len(chunks) < 2 or connection.in_atomic_block:
        results = [_book(act, chunk) for chunk in chunks]
    else:
        with ThreadPoolExecutor(max_workers=AT_ONCE) as workers:
            results = list(workers.map(lambda chunk: _book_beside(act, chunk), chunks))
    return set[UUID]().union(*(booked for booked, _ in results)), [line for _, late in results for line in late]


def _book_beside(act: Act, decisions: Sequence[Decision]) -> tuple[set[UUID], list[UUID]]:
    """In the connection of this thread, which is given back afterwards."""
    try:
        return _book(act, decisions)
    finally:
        connection.close()


def _proposals(payment: Payment, solutions: Sequence[Solution], highest: int = BOOK_FROM_SCORE - 1) -> list[Proposal]:
    return [
        Proposal(payment.line_id, share.claim_id, share.account_id, min(s.score, highest), s.rule, s.evidence)
        for s in solutions
        for share in s.shares
        if share.claim_id is not None
    ][:MOST_PER_LINE]


@transaction.atomic
def _book(act: Act, decisions: Sequence[Decision]) -> tuple[set[UUID], list[UUID]]:
    """Lock, look once more, book what still holds. Returns the lines booked, and those somebody else has overtaken:
    a person booked the line, or paid, credited or reversed a claim since we looked."""
    lock_accounts(share.account_id for _, solution in decisions for share in solution.shares)
    free = _still_free(lock_lines(payment.line_id for payment, _ in decisions))
    open_cents = _open_cents(share.claim_id for _, s in decisions for share in s.shares if share.claim_id)
    portions: list[Portion] = []
    booked: set[UUID] = set()
    for payment, solution in decisions:
        if payment.line_id in free and _still_holds(solution, open_cents):
            booked.add(payment.line_id)
            portions += [
                Portion(
                    payment.line_id, s.account_id, s.claim_id, s.cents, solution.rule, solution.score, solution.evidence
                )
                for s in solution.shares
            ]
    allocate(act, portions)
    return booked, [payment.line_id for payment, _ in decisions if payment.line_id not in booked]


def _still_free(line_ids: Sequence[UUID]) -> set[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM ledger_bankline WHERE id = ANY(%s::uuid[]) AND allocated_cents = 0", [id_array(line_ids)]
        )
        return {line_id for (line_id,) in cursor.fetchall()}


def _open_cents(claim_ids: Iterable[UUID]) -> dict[UUID, tuple[int, int]]:
    """By claim: what is left of it now, and of that, what this transaction has not yet promised to a line."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT claim_id, outstanding_cents FROM ledger_claimbalance WHERE claim_id = ANY(%s::uuid[])",
            [id_array(claim_ids)],
        )
        return {claim_id: (cents, cents) for claim_id, cents in cursor.fetchall()}


def _still_holds(solution: Solution, open_cents: dict[UUID, tuple[int, int]]) -> bool:
    """Whether every claim is as it was when we looked. If so, what the solution takes is promised to it."""
    shares = [share for share in solution.shares if share.claim_id is not None]
    for share in shares:
        now, left = open_cents.get(share.claim_id, (0, 0))  # type: ignore[arg-type]  # filtered above
        if now != share.owed_cents or left < share.cents:
            return False
    for share in shares:
        now, left = open_cents[share.claim_id]  # type: ignore[index]  # filtered above
        open_cents[share.claim_id] = (now, left - share.cents)  # type: ignore[index]
    return True
