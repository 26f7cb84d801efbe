"""What a payment may pay, and how sure we are: a decision without database, clock or settings.

    98 reference_and_amount    names claims of one account, and their sum is the amount
    97 reference_and_costs     names an invoice, and the amount is the invoice with its costs
    95 collective_payment      a collector pays exactly the sum of claims in his hands, all named
    95 some_references         names several claims; one choice of them is the amount          (payer agrees)
    92 reference_and_part      names one claim and pays less                                   (payer agrees)
    92 principal_then_costs    names an invoice, pays it and a part of its costs               (payer agrees)
    90 reference_and_credit    names a claim and pays a little more: the rest is his credit    (payer agrees)
    90 payer_and_amount        no reference; known bank account and name, one claim of that amount
    88 payer_and_total         the same; the amount is all that is open
    80 reference_and_total     names a claim, and the amount is all that is open               (he may mean a credit)
    86 misspelt_reference      one slip of the pen, the amount, the payer, and nothing else comes near
    86 cut_reference           the bank has cut the reference off; the rest as above
    60 name_and_amount         only name and amount agree
    30 reference_only          the reference is there, amount and payer say otherwise

Below 85 a person decides. A reference alone never books another amount: a mistyped number may be a stranger's
invoice. And it books the same amount only while nothing speaks for another claim: a payer who is known elsewhere, or a
neighbouring number over the same sum. Nor does an agreeing payer book another amount than the named one while another
claim of his, or of somebody of his name, costs exactly what he paid.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations
from uuid import UUID

from kulanz.ledger.matching.facts import OpenClaim, Payment, Reading, Share, Solution
from kulanz.ledger.matching.words import (
    NAMES_AGREE,
    is_creditor_reference,
    says_little,
    shape,
    slips,
    stated_costs,
)
from kulanz.ledger.states import ClaimKind

BOOK_FROM_SCORE = 85
FOR_A_PERSON = BOOK_FROM_SCORE - 1
RIVALLED = 80
CLASHING = 70
# More claims than these are not tried in every combination: that is for a person.
MOST_COMBINED = 12
SHORTEST_MISSPELT = 6
# What is named is what is paid: no other claim of his can have been meant.
_EXACT = frozenset({"reference_and_amount", "reference_and_costs", "some_references"})
# A reference of which the bank has left less is none.
MOST_CUT_OFF = 4


def read(
    payment: Payment,
    claims: Sequence[OpenClaim],
    *,
    names_a_closed_claim: bool,
    largest_credit_cents: int,
    handed_over: frozenset[UUID] | None = None,
) -> Reading:
    """Every way to read this payment, best first.

    `claims` are open: those the text names, and those of accounts whose holder may be the payer.
    `names_a_closed_claim`: the text also names a claim of which nothing is left, so that the money may be for that.
    `handed_over`: the payer is a collector, and these claims are in his hands; None for everybody else.
    """
    if handed_over is not None:
        return Reading(payment, tuple(_collected(payment, [c for c in claims if c.named_by], handed_over)))
    named = [c for c in claims if c.named_by and (c.payer_agrees or not says_little(c.named_by))]
    others = [c for c in claims if c not in named]
    stranger, rivalled_by = False, 0
    if named:
        solutions = _named(payment, named, others, largest_credit_cents)
        stranger = not any(claim.payer_agrees for claim in named)
        elsewhere = [s for s in _by_payer(payment, others) if _pays_exactly(s, payment)]
        if stranger or not any(s.rule in _EXACT for s in solutions):
            solutions += elsewhere
            rivalled_by = len(elsewhere)
    else:
        solutions = _by_payer(payment, others) + [_weakly_named(payment, c) for c in claims if c.named_by]
    for_a_person = payment.untold or payment.undone or (names_a_closed_claim and (stranger or not named))
    ranked = sorted(_best_of_each(solutions), key=lambda s: (-s.score, str(s.shares)))
    if rivalled_by:
        ranked = [_capped(s, RIVALLED) for s in ranked]
    return Reading(
        payment, tuple(_capped(s, FOR_A_PERSON) for s in ranked) if for_a_person else tuple(ranked), stranger
    )


def decide(reading: Reading, *, margin: int) -> Solution | None:
    """The solution that books by itself: sure enough, and ahead of every other one by the margin."""
    if not reading.solutions or reading.solutions[0].score < BOOK_FROM_SCORE:
        return None
    best = reading.solutions[0]
    rivals = [s for s in reading.solutions[1:] if s.same_as != best.same_as]
    return best if all(best.score - rival.score >= margin for rival in rivals) else None


def rivalled(reading: Reading, neighbours: Iterable[tuple[OpenClaim, str]]) -> Reading:
    """A stranger wrote a number, and a neighbouring number has the same amount open: he may have meant that one."""
    paid = {claim_id for s in reading.solutions for _, claim_id in s.same_as}
    near = [
        _single(reading.payment, claim, 60, "misspelt_reference", reference=written)
        for claim, written in neighbours
        if claim.claim_id not in paid
    ]
    if not near:
        return reading
    solutions = tuple(_capped(s, RIVALLED) for s in reading.solutions)
    return Reading(reading.payment, (*solutions, *near), reading.by_stranger)


def _capped(solution: Solution, score: int) -> Solution:
    return Solution(min(solution.score, score), solution.rule, solution.shares, solution.evidence)


def _best_of_each(solutions: Iterable[Solution]) -> list[Solution]:
    best: dict[object, Solution] = {}
    for solution in solutions:
        if (kept := best.get(solution.same_as)) is None or solution.score > kept.score:
            best[solution.same_as] = solution
    return list(best.values())


def _pays_exactly(solution: Solution, payment: Payment) -> bool:
    return sum(share.cents for share in solution.shares) == payment.cents


# --- What the text names ---------------------------------------------------------------------------------------------


def _named(
    payment: Payment, named: Sequence[OpenClaim], others: Sequence[OpenClaim], largest_credit_cents: int
) -> list[Solution]:
    """All claims one text names: certain only if they are one account's and fit the amount."""
    if len({claim.account_id for claim in named}) > 1:
        return [_doubtful(payment, claim) for claim in named]
    owed = sum(claim.cents for claim in named)
    if owed == payment.cents:
        return [_solution(payment, named, 98, "reference_and_amount", amount="equal")]
    costs = _costs_of(named, others)
    if owed + sum(c.cents for c in costs) == payment.cents:
        return [_solution(payment, [*named, *costs], 97, "reference_and_costs", amount="equal")]
    sure = any(claim.payer_agrees for claim in named)
    if chosen := _only_choice(named, payment.cents):
        return [_solution(payment, chosen, 95 if sure else RIVALLED, "some_references", amount="equal")]
    if not sure:
        return [_doubtful(payment, claim) for claim in named]
    if payment.cents < owed:
        return _part(payment, named)
    return _more_than_named(payment, named, costs, others, largest_credit_cents)


def _part(payment: Payment, named: Sequence[OpenClaim]) -> list[Solution]:
    """Less than what is named: on one claim it is a part payment; on several nobody can say which."""
    if len(named) > 1:
        return [_doubtful(payment, claim) for claim in named]
    [claim] = named
    return [_single(payment, claim, 92, "reference_and_part")]


def _more_than_named(
    payment: Payment,
    named: Sequence[OpenClaim],
    costs: Sequence[OpenClaim],
    others: Sequence[OpenClaim],
    largest_credit_cents: int,
) -> list[Solution]:
    """More than what is named: its costs, everything that is open, a small credit; else a person asks."""
    account_id = named[0].account_id
    owed = sum(claim.cents for claim in named)
    rest = payment.cents - owed
    mine = [claim for claim in others if claim.account_id == account_id]
    if mine and owed + sum(claim.cents for claim in mine) == payment.cents:
        return [_solution(payment, [*named, *mine], RIVALLED, "reference_and_total", amount="equal")]
    if rest < sum(claim.cents for claim in costs):
        shares = [*(_share(claim) for claim in named), *_in_order(costs, rest)]
        return [Solution(92, "principal_then_costs", tuple(shares), _evidence(payment, named[0], amount="higher"))]
    if not mine and rest <= largest_credit_cents:
        shares = [*(_share(claim) for claim in named), Share(account_id, None, rest)]
        evidence = _evidence(payment, named[0], amount="higher") | {"credit_cents": rest}
        return [Solution(90, "reference_and_credit", tuple(shares), evidence)]
    return [_doubtful(payment, claim) for claim in named]


def _in_order(costs: Sequence[OpenClaim], cents: int) -> list[Share]:
    """Costs oldest first, as far as the money goes."""
    shares = []
    for cost in sorted(costs, key=lambda c: (c.due_on, c.claim_id)):
        if taken := min(cost.cents, cents):
            shares.append(Share(cost.account_id, cost.claim_id, taken, cost.cents))
            cents -= taken
    return shares


def _costs_of(named: Sequence[OpenClaim], others: Sequence[OpenClaim]) -> list[OpenClaim]:
    """Fees and interest on the named invoices: claims of their own that name their parent."""
    principals = {claim.claim_id for claim in named if claim.kind == ClaimKind.PRINCIPAL.value}
    return [claim for claim in others if claim.parent_id in principals]


def _only_choice(claims: Sequence[OpenClaim], cents: int) -> list[OpenClaim]:
    """The one choice of these claims whose sum is the amount; empty where there is none or more than one."""
    if not 1 < len(claims) <= MOST_COMBINED:
        return []
    found = [
        list(choice)
        for size in range(1, len(claims))
        for choice in combinations(claims, size)
        if sum(claim.cents for claim in choice) == cents
    ]
    return found[0] if len(found) == 1 else []


def _doubtful(payment: Payment, claim: OpenClaim) -> Solution:
    """For a person; an agreeing payer ranks higher."""
    if claim.cents == payment.cents:
        score = RIVALLED if claim.payer_agrees else 75
    else:
        score = 70 if claim.payer_agrees else 30
    return _single(payment, claim, score, "reference_only")


def _weakly_named(payment: Payment, claim: OpenClaim) -> Solution:
    """A short number or a day that happens to be an invoice number."""
    return _single(payment, claim, 75 if claim.cents == payment.cents else 30, "reference_only")


def _collected(payment: Payment, named: Sequence[OpenClaim], handed_over: frozenset[UUID]) -> list[Solution]:
    """A collector pays out what he has collected, for many customers at once, perhaps less his costs. Only the exact
    sum of claims in his hands books; what he keeps back is agreed to by a person."""
    his = [claim for claim in named if claim.claim_id in handed_over]
    if not his:
        return [_doubtful(payment, claim) for claim in named]
    total, costs = sum(claim.cents for claim in his), stated_costs(payment.text)
    if total == payment.cents and len(his) == len(named) and not payment.untold and not payment.undone:
        return [_solution(payment, his, 95, "collective_payment", amount="equal")]
    kept_back = {"costs_cents": costs} if total - costs == payment.cents else {}
    return [
        Solution(RIVALLED if kept_back else 70, "collective_payment", s.shares, s.evidence | kept_back)
        for s in (_single(payment, claim, RIVALLED, "collective_payment") for claim in his)
    ]


# --- Who pays --------------------------------------------------------------------------------------------------------


def _by_payer(payment: Payment, claims: Sequence[OpenClaim]) -> list[Solution]:
    """Claims of accounts whose holder may be the payer, where the text names none of them."""
    accounts: dict[UUID, list[OpenClaim]] = {}
    for claim in claims:
        if claim.payer_agrees:
            accounts.setdefault(claim.account_id, []).append(claim)
    return [solution for mine in accounts.values() for solution in _of_one_account(payment, mine)]


def _of_one_account(payment: Payment, mine: Sequence[OpenClaim]) -> list[Solution]:
    equal = [claim for claim in mine if claim.cents == payment.cents]
    means_another = _means_another(payment, mine)
    found = [_capped(s, RIVALLED) if means_another else s for claim in equal for s in _misread(payment, claim)]
    if not mine[0].known:
        score = 60 if len(equal) == 1 else 40
        return found + [_single(payment, claim, score, "name_and_amount") for claim in equal]
    sure = mine[0].similarity >= NAMES_AGREE and not means_another
    if len(equal) == 1:
        return [*found, _single(payment, equal[0], 90 if sure else 78, "payer_and_amount")]
    if equal:
        return found + [_single(payment, claim, 55, "payer_and_amount") for claim in equal]
    if len(mine) > 1 and sum(claim.cents for claim in mine) == payment.cents:
        return [_solution(payment, mine, 88 if sure else 76, "payer_and_total", amount="equal")]
    return []


def _misread(payment: Payment, claim: OpenClaim) -> list[Solution]:
    """The right amount from the right payer, and a reference that is nearly ours. Two slips are one too many, but
    enough to make another reading uncertain."""
    cut_off = payment.cut_off
    found = []
    for reference in claim.references:
        for token in payment.tokens:
            if is_creditor_reference(token) or len(token) < SHORTEST_MISSPELT:
                continue
            if (far := slips(token, reference)) <= 2:
                found.append(_single(payment, claim, 86 if far == 1 else RIVALLED, "misspelt_reference", token))
        if cut_off and reference.startswith(cut_off) and len(reference) - len(cut_off) <= MOST_CUT_OFF:
            found.append(_single(payment, claim, 86, "cut_reference", cut_off))
    return found


def _means_another(payment: Payment, mine: Sequence[OpenClaim]) -> bool:
    """The text has a number that looks like ours and is none of these claims': perhaps an invoice that has not come
    in yet. Then the money is not for what happens to be open."""
    ours = {shape(reference): reference for claim in mine for reference in claim.references}
    near = {reference for claim in mine for reference in claim.references}
    for token in payment.tokens:
        if token not in near and shape(token) in ours and all(slips(token, reference) > 1 for reference in near):
            return True
    return False


# --- Writing it down -------------------------------------------------------------------------------------------------


def _share(claim: OpenClaim) -> Share:
    return Share(claim.account_id, claim.claim_id, claim.cents, claim.cents)


def _solution(payment: Payment, claims: Sequence[OpenClaim], score: int, rule: str, *, amount: str) -> Solution:
    evidence = _evidence(payment, claims[0], amount=amount)
    if len(claims) > 1:
        evidence["claims"] = len(claims)
    return Solution(score, rule, tuple(_share(claim) for claim in claims), evidence)


def _single(payment: Payment, claim: OpenClaim, score: int, rule: str, reference: str = "") -> Solution:
    cents = min(payment.cents, claim.cents)
    evidence = _evidence(payment, claim, amount=_compared(payment.cents, claim.cents))
    if reference:
        evidence |= {"reference": reference, "meant": min(claim.references, key=lambda r: slips(reference, r))}
    return Solution(score, rule, (Share(claim.account_id, claim.claim_id, cents, claim.cents),), evidence)


def _compared(paid: int, owed: int) -> str:
    if paid == owed:
        return "equal"
    return "lower" if paid < owed else "higher"


def _evidence(payment: Payment, claim: OpenClaim, *, amount: str) -> dict[str, object]:
    """What speaks for it and against it, as plain values; `days` counts from the due day to the payment."""
    return {
        "reference": claim.named_by,
        "amount": amount,
        "iban_known": claim.known > 0,
        "name_similarity": claim.similarity,
        "days": (payment.booked_on - claim.due_on).days,
        "earlier_payments": claim.known,
    }
