"""One payment, several claims: a person says how much of it pays which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from kulanz.kernel.acts import Act
from kulanz.kernel.money import Money
from kulanz.kernel.refusals import Refusal
from kulanz.kernel.text import N_
from kulanz.ledger.allocations import allocate
from kulanz.ledger.claims import AmountNotPositive, NothingOutstanding
from kulanz.ledger.models import BankLine, Claim, ClaimBalance
from kulanz.ledger.portions import CurrenciesDiffer, LineAlreadyExplained, Portion, lock_lines
from kulanz.parties.api import Account, lock_accounts


class NothingToSplit(Refusal):
    """No part was named."""

    code = "nothing_to_split"
    sentence = N_("Please name at least one invoice.")


class ClaimNamedTwice(Refusal):
    """Two parts for one claim are one part."""

    code = "claim_named_twice"
    sentence = N_("Invoice %(claim)s is named twice. Please write the whole amount in one row.")


class PartInOtherCurrency(CurrenciesDiffer):
    """A part was named in pounds, the payment came in euros."""

    sentence = N_("The payment is in %(paid)s, the part for %(claim)s in %(owed)s. It cannot be booked directly.")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a payment for one claim; without `amount` as much as the claim and the payment allow."""

    claim: Claim
    amount: Money | None = None


@transaction.atomic
def split_by_hand(
    act: Act, line: BankLine, parts: Sequence[Part], *, rest_as_credit_of: Account | None = None
) -> frozenset[UUID]:
    """Book the parts together or none of them; what is left stays in suspense, or becomes the credit of an account.

    Returns the claims settled. Raises NothingToSplit, ClaimNamedTwice, NothingOutstanding for a claim that is paid
    already, LineAlreadyExplained where the line is used up before its last part, CurrenciesDiffer, and what `allocate`
    raises.
    """
    if not parts:
        raise NothingToSplit
    _refuse_twice(parts)
    accounts = {part.claim.account_id for part in parts}
    lock_accounts(accounts if rest_as_credit_of is None else accounts | {rest_as_credit_of.pk})
    lock_lines([line.pk])
    line.refresh_from_db()
    balances = {b.claim_id: b for b in ClaimBalance.objects.filter(claim__in=[part.claim for part in parts])}
    portions: list[Portion] = []
    left = line.unexplained
    for part in parts:
        amount = _amount_of(part, balances[part.claim.pk].outstanding, line, left)
        portions.append(_portion(act, line, part.claim.account_id, part.claim.pk, amount.cents))
        left -= amount
    if left and rest_as_credit_of is not None:
        portions.append(_portion(act, line, rest_as_credit_of.pk, None, left.cents))
    return allocate(act, portions)


def _amount_of(part: Part, outstanding: Money, line: BankLine, left: Money) -> Money:
    """How much of the line this part takes; `left` is what the parts before it have left over."""
    if part.amount is not None and part.amount.currency != line.currency:
        raise PartInOtherCurrency(paid=line.currency, owed=part.amount.currency, claim=part.claim.title)
    if outstanding.currency != line.currency:
        raise CurrenciesDiffer(paid=line.currency, owed=outstanding.currency, claim=part.claim.title)
    if part.amount is not None and part.amount.cents <= 0:
        raise AmountNotPositive(amount=part.amount)
    if not outstanding:
        raise NothingOutstanding(claim=part.claim.title)
    wanted = outstanding if part.amount is None else part.amount
    if left.cents <= 0 or (part.amount is not None and left < wanted):
        raise LineAlreadyExplained(left=line.unexplained, amount=line.unexplained - left + wanted)
    return min(wanted, left)


def _refuse_twice(parts: Sequence[Part]) -> None:
    seen: set[UUID] = set()
    for part in parts:
        if part.claim.pk in seen:
            raise ClaimNamedTwice(claim=part.claim.title)
        seen.add(part.claim.pk)


def _portion(act: Act, line: BankLine, account_id: UUID, claim_id: UUID | None, cents: int) -> Portion:
    return Portion(line.pk, account_id, claim_id, cents, "by_hand", 100, {"by": act.by.name})
