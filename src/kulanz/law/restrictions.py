"""Holds and other restrictions of an account: which duties to explain follow, and who may decide."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import StrEnum

from kulanz.kernel.text import N_, Phrase
from kulanz.law.answers import Answer
from kulanz.law.days import add_days, add_months
from kulanz.law.registry import rule

# Reg. (EU) 2022/2065 Art. 20(1); Reg. (EU) 2019/1150 Art. 4(2).
_COMPLAINT_MONTHS = 6
_TERMINATION_DAYS = 30


class Duty(StrEnum):
    """The rules that a hold has to respect beyond the house's own."""

    STATEMENT_OF_REASONS = "DSA17"
    INTERNAL_COMPLAINT = "DSA20"
    TRADER_REASONS = "P2B4"
    NO_SOLE_AUTOMATION = "GDPR22_if_solely_automated"


class Automation(StrEnum):
    """Whether a decision may stand as it was made."""

    OK = "ok"
    FORBIDDEN = "forbidden"


@rule("HLD-02")
def hold_scope(
    *,
    own_shop: bool = True,
    third_party_content_or_traders: bool | None = None,
    micro_or_small: bool = False,
    business_user: bool = False,
) -> Answer[list[Duty]]:
    """Which European duties a hold has to respect.

    Selling one's own goods is no hosting: the platform rules begin with content or traders of others. Where nobody has
    said whether there are any, a place that is not an own shop has them. Micro and small enterprises still give
    reasons, but need no complaint system of their own. `business_user`: the account belongs to a trader there.
    """
    hosts_others = not own_shop if third_party_content_or_traders is None else third_party_content_or_traders
    duties = list(_duties(hosts_others, micro_or_small, business_user))
    because = (
        Phrase(N_("Content or offers of others are hosted: a hold needs %(duties)s."), duties=", ".join(duties))
        if hosts_others
        else Phrase(N_("Own goods in an own shop: the platform rules do not apply, the rule on automation does."))
    )
    return Answer(result=duties, rule="HLD-02", because=because)


@rule("HLD-02")
def dsa20_open_until(*, informed: date) -> Answer[date]:
    """The last day of the six months in which a complaint against a restriction must at least be possible."""
    until = add_months(informed, _COMPLAINT_MONTHS)
    because = Phrase(
        N_("Informed on %(informed)s: a complaint is possible for six months, until %(until)s."),
        informed=informed,
        until=until,
    )
    return Answer(result=until, rule="HLD-02", because=because)


@rule("HLD-03")
def p2b_termination_effective(*, notice: date, exception_4_4: bool = False) -> Answer[date]:
    """The earliest day on which the service for a trader may end: 30 days after the notice.

    The 30 days are a waiting period and are not moved. `exception_4_4`: a legal duty, an imperative reason or repeated
    infringement that is proven; then the notice still gives reasons, without delay.
    """
    if exception_4_4:
        because = Phrase(N_("An exception applies: no 30 days, but reasons without delay."))
        return Answer(result=notice, rule="HLD-03", because=because)
    effective = add_days(notice, _TERMINATION_DAYS)
    because = Phrase(
        N_("Notice on %(notice)s: the service ends 30 days later at the earliest, on %(effective)s."),
        notice=notice,
        effective=effective,
    )
    return Answer(result=effective, rule="HLD-03", because=because)


@rule("HLD-04")
def solely_automated_ok(
    *,
    legal_or_similar_effect: bool | None = None,
    human_decided: bool = False,
    exception_22_2: bool = False,
) -> Answer[Automation]:
    """Whether a decision may be left to a rule or a score. An effect nobody has examined counts as one.

    `human_decided`: a person with the power to differ decided; nodding through a score is no decision.
    `exception_22_2`: necessary for the contract, allowed by law, or with express consent.
    """
    if legal_or_similar_effect is False:
        return _automation(Automation.OK, N_("The decision has no legal or similar effect on the person."))
    if human_decided:
        return _automation(Automation.OK, N_("A person decided who had the power to decide otherwise."))
    if exception_22_2:
        return _automation(
            Automation.OK,
            N_("An exception applies; the person may demand that a human looks, say his view and contest it."),
        )
    return _automation(
        Automation.FORBIDDEN, N_("Nobody but a program decided, and it affects the person: a person must decide.")
    )


def _duties(hosts_others: bool, micro_or_small: bool, business_user: bool) -> Iterator[Duty]:
    if hosts_others:
        yield Duty.STATEMENT_OF_REASONS
        if not micro_or_small:
            yield Duty.INTERNAL_COMPLAINT
        if business_user:
            yield Duty.TRADER_REASONS
    yield Duty.NO_SOLE_AUTOMATION


def _automation(result: Automation, sentence: str) -> Answer[Automation]:
    return Answer(result=result, rule="HLD-04", because=Phrase(sentence))
