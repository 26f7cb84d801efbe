"""What being late may cost besides interest: the lump sum between businesses, the cost of a reminder (DF-08, DF-09)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from kulanz.kernel.money import EUR, Money
from kulanz.kernel.text import N_, Phrase
from kulanz.law.answers import Answer
from kulanz.law.parameters import parameter
from kulanz.law.refusals import ImpossibleFacts
from kulanz.law.registry import rule
from kulanz.law.rounding import to_the_cent

# Paper, envelope and stamp cost less; above this a person looks at the evidence first.
_WORTH_A_LOOK = Decimal("1.50")
_NOTHING = Decimal("0.00")


@rule("DF-08")
def may_charge_lump40(*, debtor_consumer: bool = True, in_default: bool = True, on: date | None = None) -> Answer[bool]:
    """Whether the lump sum may be charged: once per claim, never to a consumer. Whoever is not known is a consumer."""
    if debtor_consumer:
        return _lump(False, N_("The debtor is a consumer, or not known to be a business."))
    if not in_default:
        return _lump(False, N_("The debtor is not in default."))
    if on is not None and on < parameter("b2b_lump_sum").rows[0].first:
        return _lump(False, N_("The lump sum did not exist yet."))
    return _lump(True, N_("The debtor is a business in default."))


@rule("DF-08")
def lump40_net(*, legal_costs: Decimal = Decimal(0)) -> Answer[Decimal]:
    """What lump sum and cost of legal pursuit come to together, in euros: one is set off against the other."""
    if legal_costs < 0:
        raise ImpossibleFacts(reason=Phrase(N_("costs cannot be negative")))
    lump = to_the_cent(parameter("b2b_lump_sum").rows[-1].value)
    costs = to_the_cent(legal_costs)
    because = Phrase(
        N_("The lump sum of %(lump)s is set off against costs of %(costs)s; the larger of the two is owed."),
        lump=Money.rounded(lump, EUR),
        costs=Money.rounded(costs, EUR),
    )
    return Answer(result=max(lump, costs), rule="DF-08", because=because)


@rule("DF-09")
def reminder_fee(*, in_default_before: bool = False, material_cost: Decimal, claimed: Decimal) -> Answer[Decimal]:
    """What a reminder may cost the debtor at most, in euros: its material, and only if he was in default before it."""
    if material_cost < 0 or claimed < 0:
        raise ImpossibleFacts(reason=Phrase(N_("costs cannot be negative")))
    if not in_default_before:
        because = Phrase(N_("The reminder that puts somebody in default is free."))
        return Answer(result=_NOTHING, rule="DF-09", because=because)
    fee = to_the_cent(min(material_cost, claimed))
    because = Phrase(
        N_("Only real material cost may be charged: %(fee)s of the %(claimed)s claimed."),
        fee=Money.rounded(fee, EUR),
        claimed=Money.rounded(claimed, EUR),
    )
    notes = (_look_first(),) if fee > _WORTH_A_LOOK else ()
    return Answer(result=fee, rule="DF-09", because=because, steps=notes)


def needs_a_look(fee: Decimal) -> bool:
    """Whether a reminder fee is blocked until a person has seen the evidence for it."""
    return fee > _WORTH_A_LOOK


def _look_first() -> Phrase:
    return Phrase(
        N_("More than %(limit)s is blocked until a person has seen the evidence."),
        limit=Money.rounded(_WORTH_A_LOOK, EUR),
    )


def _lump(may: bool, because: str) -> Answer[bool]:
    return Answer(result=may, rule="DF-08", because=Phrase(because))
