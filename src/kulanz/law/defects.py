"""Defects: what one is, who must prove it, until when, and what the buyer may ask for (DEF-01 to DEF-10)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from kulanz.kernel.money import EUR, Money
from kulanz.kernel.text import N_, Phrase
from kulanz.law.answers import Answer
from kulanz.law.cards import card
from kulanz.law.days import add_months, add_years
from kulanz.law.refusals import ImpossibleFacts, OlderLaw
from kulanz.law.registry import rule
from kulanz.law.rounding import exact_to_the_cent, to_the_cent

# Contracts from this day on: information before cure, twelve more months after a repair, reparability (b2c).
_RIGHT_TO_REPAIR = date(2026, 7, 31)
# For contracts between businesses reparability counts only after 31 December 2027.
_REPARABILITY_B2B = date(2028, 1, 1)
_SALES_REFORM = date(2022, 1, 1)


class Rescission(StrEnum):
    """What the buyer may do today."""

    YES = "yes"
    WAIT = "wait"
    REDUCTION_ONLY = "reduction_only"


@rule("DEF-01")
def defect_kind(
    *,
    wrong_item: bool = False,
    missing_quantity: bool = False,
    not_as_agreed: bool = False,
    unusual_quality: bool = False,
    accessories_missing: bool = False,
    not_reparable: bool = False,
    assembly_fault: bool = False,
    wear: bool = False,
    b2c: bool = True,
    contract: date | None = None,
) -> Answer[str]:
    """Which kind of defect a complaint is about, as the place in § 434; `none` for ordinary wear.

    A wrong item and a missing part are defects too, not a missing delivery.
    """
    if contract is not None and not card("DEF-01").in_force(contract):
        raise OlderLaw(rule="DEF-01", first=_SALES_REFORM, day=contract)
    since = _RIGHT_TO_REPAIR if b2c else _REPARABILITY_B2B
    reparability = not_reparable and (contract is None or contract >= since)
    kinds = (
        (wrong_item, "434(5)", N_("Another thing was delivered; that equals a defect.")),
        (missing_quantity, "434(2)s2", N_("Less was delivered than agreed; quantity is part of the quality.")),
        (not_as_agreed, "434(2)", N_("It is not what was agreed.")),
        (unusual_quality, "434(3)", N_("It is not what is usual and may be expected.")),
        (accessories_missing, "434(3)", N_("Accessories or instructions that belong to it are missing.")),
        (reparability, "434(3)", N_("It cannot be repaired as may be expected.")),
        (assembly_fault, "434(4)", N_("It was assembled wrongly, or the instructions for it are wrong.")),
    )
    for applies, place, because in kinds:
        if applies:
            return Answer(result=place, rule="DEF-01", because=Phrase(because))
    if wear:
        return Answer(result="none", rule="DEF-01", because=Phrase(N_("Ordinary wear is no defect.")))
    return Answer(result="none", rule="DEF-01", because=Phrase(N_("Nothing that was named is a defect.")))


@rule("DEF-03")
def cure_info_required(*, contract: date, b2c: bool = True) -> Answer[bool]:
    """Whether the consumer must be told of his choice and of the twelve months before anything is repaired."""
    required = b2c and contract >= _RIGHT_TO_REPAIR
    if required:
        because = N_("The contract of %(contract)s is from %(since)s or later.")
    elif b2c:
        because = N_("The contract of %(contract)s is older than %(since)s.")
    else:
        because = N_("The duty exists towards consumers only.")
    return Answer(result=required, rule="DEF-03", because=Phrase(because, contract=contract, since=_RIGHT_TO_REPAIR))


@rule("DEF-04")
def rescission_now(
    *,
    reasonable_time_elapsed: bool = False,
    cure_tried_and_defect: bool = False,
    serious_defect: bool = False,
    refused: bool = False,
    obviously_refusing: bool = False,
    minor: bool = False,
) -> Answer[Rescission]:
    """Whether a consumer may rescind without setting a deadline. One failed attempt is enough; a minor defect only
    reduces the price."""
    grounds = (
        (reasonable_time_elapsed, N_("A reasonable time has passed without cure.")),
        (cure_tried_and_defect, N_("A defect shows although cure was attempted.")),
        (serious_defect, N_("The defect is so serious that rescission at once is justified.")),
        (refused, N_("Cure was refused.")),
        (obviously_refusing, N_("It is obvious that there will be no proper cure.")),
    )
    ground = next((because for applies, because in grounds if applies), None)
    if ground is None:
        because = Phrase(N_("The time for cure is still running, and no other ground is named."))
        return Answer(result=Rescission.WAIT, rule="DEF-04", because=because)
    if minor:
        because = Phrase(N_("The defect is minor: the price may be reduced, the contract stays."))
        return Answer(result=Rescission.REDUCTION_ONLY, rule="DEF-04", because=because)
    return Answer(result=Rescission.YES, rule="DEF-04", because=Phrase(ground))


@rule("DEF-07")
def presumption_end(
    *,
    delivered: date,
    contract: date | None = None,
    live_animal: bool = False,
    permanent_digital_elements: bool = False,
    supplied_until: date | None = None,
) -> Answer[date]:
    """Until when a defect is presumed to have been there from the start. No working day moves it.

    A contract without a date is taken to be as old as the delivery.
    """
    if live_animal or (contract or delivered) < _SALES_REFORM:
        end = add_months(delivered, 6)
        because = (
            N_("Live animal: six months after %(delivered)s.")
            if live_animal
            else N_("Contract before 2022: six months after %(delivered)s.")
        )
    elif permanent_digital_elements:
        end = max(add_years(delivered, 2), supplied_until or delivered)
        because = N_("Digital elements are supplied permanently: at least two years after %(delivered)s.")
    else:
        end = add_years(delivered, 1)
        because = N_("One year after %(delivered)s.")
    return Answer(result=end, rule="DEF-07", because=Phrase(because, delivered=delivered))


@rule("DEF-08")
def price_reduction(*, price: Decimal, value_ok: Decimal, value_real: Decimal) -> Answer[list[Decimal]]:
    """The reduced price and what is paid back, in euros: price x real value / value without the defect.

    The values are those at the time of the contract and come from a person.
    """
    if price < 0 or value_ok <= 0 or value_real < 0:
        raise ImpossibleFacts(reason=Phrase(N_("price and values must be positive")))
    whole = to_the_cent(price)
    share = min(Fraction(value_real) / Fraction(value_ok), Fraction(1))
    reduced = exact_to_the_cent(Fraction(price) * share)
    because = Phrase(
        N_("%(price)s reduced to %(reduced)s as the value was reduced; %(back)s is paid back."),
        price=Money.rounded(whole, EUR),
        reduced=Money.rounded(reduced, EUR),
        back=Money.rounded(whole - reduced, EUR),
    )
    return Answer(result=[reduced, whole - reduced], rule="DEF-08", because=because)


@rule("DEF-10")
def warranty_shortening_ok(
    *,
    used: bool = False,
    years: Decimal = Decimal(2),
    told_separately: bool = False,
    agreed_separately: bool = False,
    contract: date | None = None,
) -> Answer[bool]:
    """Whether an agreement that shortens the two years for defects is valid towards a consumer.

    One year at least, for used goods only, and only if he was told separately before and agreed separately.
    """
    if contract is not None and not card("DEF-10").in_force(contract):
        raise OlderLaw(rule="DEF-10", first=_SALES_REFORM, day=contract)
    if years >= 2:
        return Answer(result=True, rule="DEF-10", because=Phrase(N_("The two years of the law are not shortened.")))
    if years < 1 or not used:
        because = Phrase(N_("Not below two years for new goods and one year for used ones."))
        return Answer(result=False, rule="DEF-10", because=because)
    valid = told_separately and agreed_separately
    sentence = (
        N_("The consumer was told separately before and agreed expressly and separately.")
        if valid
        else N_("The consumer was not told separately, or did not agree separately; a clause in terms is not enough.")
    )
    return Answer(result=valid, rule="DEF-10", because=Phrase(sentence))
