"""The withdrawal: does the consumer have the right, until when, and when is it lost (WD-01 to WD-05, WD-11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kulanz.kernel.text import N_, Phrase
from kulanz.law.answers import Answer
from kulanz.law.days import Favour, Places, add_days, add_months, shifted
from kulanz.law.parameters import parameter
from kulanz.law.refusals import ImpossibleFacts
from kulanz.law.registry import rule

# Since this day the instruction must also name the withdrawal function and say where it is.
_FUNCTION_SINCE = date(2026, 6, 19)
_UNTIL_OPENED = frozenset({3, 4, 6})
_EXCLUSIONS = range(1, 14)


class WithdrawalKind(StrEnum):
    """How a contract is fulfilled: it decides which event begins the period."""

    SINGLE = "single"
    MULTI = "multi"
    PARTIAL = "partial"
    REGULAR = "regular"
    DIGITAL = "digital"
    UTILITIES = "utilities"
    SERVICE = "service"


class WithdrawalRight(StrEnum):
    """Whether the law gives the right to withdraw."""

    RIGHT = "right"
    EXCLUDED = "excluded"
    NO_STATUTORY_RIGHT = "no_statutory_right"


_FROM_THE_CONTRACT = frozenset({WithdrawalKind.DIGITAL, WithdrawalKind.UTILITIES, WithdrawalKind.SERVICE})


@dataclass(frozen=True, slots=True)
class _Start:
    """The event that begins the period if the instruction was given, and the rule that says so."""

    on: date
    rule: str


@rule("WD-01")
def withdrawal_deadline(
    *,
    receipts: Sequence[date | None] = (),
    instructed_on: date | None = None,
    kind: WithdrawalKind = WithdrawalKind.SINGLE,
    contract: date | None = None,
    instruction_ok: bool = True,
    names_function: bool = True,
    subdiv: Places = None,
    catholic: bool | None = None,
) -> Answer[date | None]:
    """The last day on which a withdrawal can be sent; null while the period has not begun.

    `receipts` are the days on which the consumer had the goods, null for a part that has not come. `instructed_on` null
    means that he was never properly instructed; so does an instruction that was wrong (`instruction_ok`) or, for
    contracts since 19 June 2026, one that does not name the withdrawal function.
    """
    start = _start(receipts, kind, contract)
    if start is None:
        return Answer(
            result=None, rule="WD-02", because=Phrase(N_("The period has not begun: not everything was received."))
        )
    anchor = contract or min((day for day in receipts if day), default=start.on)
    if not instruction_ok or (anchor >= _FUNCTION_SINCE and not names_function):
        instructed_on = None
    last, by, because = _last_day(start, instructed_on, int(parameter("withdrawal_days").value(anchor)))
    moved = shifted(last, subdiv, catholic=catholic, favour=Favour.LATER)
    facts = {"start": start.on, "instructed": instructed_on, "last": moved.day}
    return Answer(result=moved.day, rule=by, because=Phrase(because, **facts), calendar=moved.calendar)


@rule("WD-04")
def wd_right(
    *,
    number: int | None = None,
    seal_removed: bool = False,
    mixed: bool = False,
    subscription: bool = False,
    b2c: bool = True,
    told: bool = True,
) -> Answer[WithdrawalRight]:
    """Whether the consumer may withdraw, by the number of the exclusion in § 312g(2) stored with the product.

    3, 4 and 6 take the right away only when the seal is broken or the goods are mixed; newspapers (7) not for
    subscriptions. Whoever was not told of the exclusion keeps his right until a person has looked at it.
    """
    if not b2c:
        return _right(WithdrawalRight.NO_STATUTORY_RIGHT, Phrase(N_("Only consumers have the right to withdraw.")))
    if number is None:
        return _right(WithdrawalRight.RIGHT, Phrase(N_("No exclusion applies to this product.")))
    if number not in _EXCLUSIONS:
        raise ImpossibleFacts(reason=Phrase(N_("the exclusions of § 312g(2) BGB have the numbers 1 to 13")))
    if number in _UNTIL_OPENED and not (seal_removed or (mixed and number == 4)):
        because = N_("Exclusion no. %(number)s applies only after the seal is removed or the goods are mixed.")
        return _right(WithdrawalRight.RIGHT, Phrase(because, number=str(number)))
    if number == 7 and subscription:
        return _right(WithdrawalRight.RIGHT, Phrase(N_("The exclusion of newspapers does not cover subscriptions.")))
    if not told:
        because = N_("The consumer was not told of exclusion no. %(number)s; a person has to look at it.")
        return _right(WithdrawalRight.RIGHT, Phrase(because, number=str(number)))
    return _right(WithdrawalRight.EXCLUDED, Phrase(N_("Excluded by § 312g(2) no. %(number)s BGB."), number=str(number)))


@rule("WD-11")
def wd_digital_lost(
    *,
    paid: bool = True,
    started: bool = False,
    consent: bool = False,
    knows: bool = False,
    confirmed_312f: bool = False,
) -> Answer[bool]:
    """Whether the right to withdraw from digital content is lost early. Every proof that is missing keeps the right."""
    lost = started and (not paid or (consent and knows and confirmed_312f))
    if lost:
        because = N_("Performance has begun, and everything that the law asks for it is proven.")
    elif not started:
        because = N_("Performance has not begun.")
    else:
        because = N_("Express consent, knowledge of the loss or the confirmation of the contract is not proven.")
    return Answer(result=lost, rule="WD-11", because=Phrase(because))


@rule("WD-11")
def wd_service_lost(
    *, paid: bool = True, fully_performed: bool = False, consent: bool = False, knows: bool = False
) -> Answer[bool]:
    """Whether the right to withdraw from a service is lost: on full performance, if paid only after consent."""
    lost = fully_performed and (not paid or (consent and knows))
    if lost:
        because = N_("The service was fully performed, and everything that the law asks for it is proven.")
    elif not fully_performed:
        because = N_("The service was not fully performed.")
    else:
        because = N_("Consent before the start or knowledge of the loss is not proven.")
    return Answer(result=lost, rule="WD-11", because=Phrase(because))


def _right(right: WithdrawalRight, because: Phrase) -> Answer[WithdrawalRight]:
    return Answer(result=right, rule="WD-04", because=because)


def _start(receipts: Sequence[date | None], kind: WithdrawalKind, contract: date | None) -> _Start | None:
    """Which event begins the period; None while it has not happened."""
    known = [day for day in receipts if day is not None]
    if kind in _FROM_THE_CONTRACT:
        if contract is None and not known:
            raise ImpossibleFacts(reason=Phrase(N_("here the period begins with the contract, whose date is missing")))
        return _Start(contract or max(known), "WD-02")
    if kind is WithdrawalKind.REGULAR:
        return _Start(min(known), "WD-02") if known else None
    if not known or len(known) < len(receipts):
        return None
    return _Start(max(known), "WD-01" if len(known) == 1 else "WD-02")


def _last_day(start: _Start, instructed_on: date | None, days: int) -> tuple[date, str, str]:
    """The last day before § 193, the rule that decided, and the reason."""
    stop = _long_stop(start.on)
    if instructed_on is None:
        return stop, "WD-03", N_("Not properly instructed: twelve months and 14 days after %(start)s, until %(last)s.")
    last = add_days(max(start.on, instructed_on), days)
    if last > stop:
        return stop, "WD-03", N_("Instructed late, but never beyond twelve months and 14 days: until %(last)s.")
    if instructed_on > start.on:
        return last, "WD-03", N_("Instructed late, on %(instructed)s: 14 days from then, until %(last)s.")
    return last, start.rule, N_("14 days after %(start)s, until %(last)s.")


def _long_stop(start: date) -> date:
    """Twelve months and 14 days after the normal start the right ends whatever was said."""
    fixed = parameter("withdrawal_longstop").fixed
    return add_days(add_months(start, int(fixed["months"])), int(fixed["days"]))
