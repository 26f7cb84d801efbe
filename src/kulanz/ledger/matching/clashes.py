"""Two payments that want one claim."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from kulanz.ledger.matching.facts import Payment, Solution

Decision = tuple[Payment, Solution]


def separate(decisions: Sequence[Decision]) -> tuple[list[Decision], list[Decision]]:
    """Those that book, and those that clash and go to a person.

    Payments clash when together they want more of a claim than is left. If two payers want it, none of them books.
    If one bank account has paid twice, the earlier payment does, as it would have done had it come alone. Several part
    payments of one claim do not clash.
    """
    left, wanted, payers = _wishes(decisions)
    contested = {claim for claim, cents in wanted.items() if cents > left[claim] and not _one(payers[claim])}
    clear: list[Decision] = []
    clashing: list[Decision] = []
    for payment, solution in sorted(decisions, key=lambda decision: decision[0].number):
        shares = {share.claim_id: share.cents for share in solution.shares if share.claim_id}
        if contested & shares.keys() or any(cents > left[claim] for claim, cents in shares.items()):
            clashing.append((payment, solution))
            continue
        for claim, cents in shares.items():
            left[claim] -= cents
        clear.append((payment, solution))
    return clear, clashing


def _wishes(decisions: Sequence[Decision]) -> tuple[dict[UUID, int], dict[UUID, int], dict[UUID, set[str]]]:
    """By claim: what is left of it, what all payments together want of it, and from which bank accounts."""
    left: dict[UUID, int] = {}
    wanted: dict[UUID, int] = defaultdict(int)
    payers: dict[UUID, set[str]] = defaultdict(set)
    for payment, solution in decisions:
        for share in solution.shares:
            if share.claim_id is None:
                continue
            left[share.claim_id] = max(left.get(share.claim_id, 0), share.owed_cents)
            wanted[share.claim_id] += share.cents
            payers[share.claim_id].add(payment.payer_iban or str(payment.line_id))
    return left, wanted, payers


def _one(ibans: set[str]) -> bool:
    """One bank account. Nobody is known by an empty IBAN: such a line stands for itself."""
    return len(ibans) == 1
