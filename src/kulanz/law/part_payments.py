"""What a part payment pays first, and until when a claim can be enforced (DF-10, DF-11)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum

from kulanz.kernel.money import EUR, Money
from kulanz.kernel.text import N_, Phrase
from kulanz.law.answers import Answer
from kulanz.law.days import Favour, Places, add_years, shifted
from kulanz.law.refusals import ImpossibleFacts
from kulanz.law.registry import rule
from kulanz.law.rounding import to_the_cent

_YEARS = 3


class Part(StrEnum):
    """What a claim consists of."""

    COSTS = "costs"
    INTEREST = "interest"
    PRINCIPAL = "principal"


BY_LAW = (Part.COSTS, Part.INTEREST, Part.PRINCIPAL)
OF_CONSUMER_CREDIT = (Part.COSTS, Part.PRINCIPAL, Part.INTEREST)


@rule("DF-10")
def allocate(
    *,
    payment: Decimal,
    costs: Decimal = Decimal(0),
    interest_: Decimal = Decimal(0),
    principal: Decimal = Decimal(0),
    order: Sequence[Part] | None = None,
    consumer_credit: bool = False,
) -> Answer[dict[Part, Decimal]]:
    """What is left of costs, interest and principal after a payment, in euros.

    By law costs come first, then interest, then principal; for consumer credit interest comes last. `order` is what the
    debtor has chosen. What is paid beyond the whole is not taken.
    """
    if min(payment, costs, interest_, principal) < 0:
        raise ImpossibleFacts(reason=Phrase(N_("amounts cannot be negative")))
    chosen = tuple(order) if order else OF_CONSUMER_CREDIT if consumer_credit else BY_LAW
    if sorted(chosen) != sorted(Part):
        raise ImpossibleFacts(reason=Phrase(N_("the order names costs, interest and principal once each")))
    left = {
        Part.COSTS: to_the_cent(costs),
        Part.INTEREST: to_the_cent(interest_),
        Part.PRINCIPAL: to_the_cent(principal),
    }
    rest = to_the_cent(payment)
    for part in chosen:
        taken = min(rest, left[part])
        left[part] -= taken
        rest -= taken
    surplus = (_surplus(rest),) if rest else ()
    return Answer(result=left, rule="DF-10", because=_why(chosen, bool(order), consumer_credit), steps=surplus)


@rule("DF-11")
def limitation_regular(
    *,
    claim_arose_and_known: date,
    acknowledged_on: date | None = None,
    subdiv: Places = None,
    catholic: bool | None = None,
) -> Answer[date]:
    """The last day on which a claim is not time-barred: three years from the end of the year in which it arose.

    An acknowledgement or part payment (`acknowledged_on`) starts three years anew from its day, if the claim was not
    time-barred by then.
    """
    last = add_years(date(claim_arose_and_known.year, 12, 31), _YEARS)
    sentence = N_("Three years from the end of %(year)s, until %(last)s.")
    if acknowledged_on is not None and claim_arose_and_known <= acknowledged_on <= last:
        anew = add_years(acknowledged_on, _YEARS)
        if anew > last:
            last = anew
            sentence = N_("Acknowledged on %(acknowledged)s: three years anew, until %(last)s.")
    moved = shifted(last, subdiv, catholic=catholic, favour=Favour.EARLIER)
    because = Phrase(sentence, year=str(claim_arose_and_known.year), acknowledged=acknowledged_on, last=moved.day)
    return Answer(result=moved.day, rule="DF-11", because=because, calendar=moved.calendar)


def _why(chosen: tuple[Part, ...], by_debtor: bool, consumer_credit: bool) -> Phrase:
    if by_debtor:
        return Phrase(N_("In the order that was chosen: %(order)s."), order=", ".join(chosen))
    if consumer_credit:
        return Phrase(N_("Consumer credit: costs first, then principal, then interest."))
    return Phrase(N_("By law: costs first, then interest, then principal."))


def _surplus(rest: Decimal) -> Phrase:
    return Phrase(N_("%(rest)s are more than is owed and are not taken."), rest=Money.rounded(rest, EUR))
