"""Subscriptions: which clauses on term and renewal hold, and until when notice has to arrive."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum

from kulanz.kernel.text import N_, Phrase
from kulanz.law.answers import Answer
from kulanz.law.cards import card
from kulanz.law.days import add_days, add_months
from kulanz.law.refusals import ImpossibleFacts
from kulanz.law.registry import rule

_LONGEST_TERM_MONTHS = 24
# BGB § 191: where a month has no calendar, it has 30 days. More days would be more than a month in some months.
_MONTH_DAYS = 30


class Renewal(StrEnum):
    """What happens at the end of the term if nobody gives notice."""

    INDEFINITE = "indefinite"
    FIXED = "fixed"
    NONE = "none"


class Clause(StrEnum):
    """Whether a clause on term and renewal holds, and if not, by which letter of § 309 no. 9 it fails."""

    OK = "ok"
    TERM_TOO_LONG = "void:9a"
    RENEWAL_TOO_BINDING = "void:9b"
    NOTICE_TOO_LONG = "void:9c"
    OTHER_RULE = "other_rule"


@rule("SUB-03")
def sub_clause_ok(
    *,
    initial_months: Decimal | None = None,
    renewal: Renewal | None = None,
    renewal_notice_days: int | None = None,
    initial_notice_days: int | None = None,
    contract: date | None = None,
    b2c: bool = True,
) -> Answer[Clause]:
    """Whether the terms of a contract for regular supplies hold against a consumer; the first fault is named.

    `renewal_notice_days`: notice needed after a silent renewal; `initial_notice_days`: notice needed before the first
    term ends. `contract` is the day of the contract: older ones, and contracts between businesses, follow another rule.
    """
    this = card("SUB-03")
    if not b2c:
        return _clause(Clause.OTHER_RULE, N_("The list of void clauses is for consumer contracts."))
    if contract is not None and not this.in_force(contract):
        return _clause(
            Clause.OTHER_RULE, N_("Contracts from before %(first)s follow the older rule."), first=this.valid_from
        )
    if initial_months is not None and initial_months > _LONGEST_TERM_MONTHS:
        return _clause(Clause.TERM_TOO_LONG, N_("A first term of more than two years does not bind a consumer."))
    if renewal is Renewal.FIXED or _more_than_a_month(renewal_notice_days):
        return _clause(
            Clause.RENEWAL_TOO_BINDING,
            N_("A silent renewal holds only for an indefinite time, with notice of at most one month at any time."),
        )
    if _more_than_a_month(initial_notice_days):
        return _clause(
            Clause.NOTICE_TOO_LONG, N_("Notice of more than one month before the end of the first term is void.")
        )
    return _clause(Clause.OK, N_("Term, renewal and notice stay within what a consumer can be bound to."))


@rule("SUB-04")
def latest_notice(*, end: date, months: int = 1) -> Answer[date]:
    """The last day on which notice can arrive so that `months` months fit before the contract ends on `end`.

    The period of notice is not moved to a working day: the day before a weekend is not the last day just for that.
    """
    if months < 0:
        raise ImpossibleFacts(reason=Phrase(N_("a notice period cannot be negative")))
    latest = _latest_start(end, months)
    because = Phrase(
        N_("Notice that arrives by %(latest)s ends the contract on %(end)s; a notice period is not moved."),
        latest=latest,
        end=end,
    )
    return Answer(result=latest, rule="SUB-04", because=because)


def _latest_start(end: date, months: int) -> date:
    """The latest day whose months end by `end`. A short month swallows days: 28 to 31 January end on 28 February."""
    start = add_months(end, -months)
    while add_months(add_days(start, 1), months) <= end:
        start = add_days(start, 1)
    return start


def _more_than_a_month(days: int | None) -> bool:
    return days is not None and days > _MONTH_DAYS


def _clause(clause: Clause, sentence: str, **facts: object) -> Answer[Clause]:
    return Answer(result=clause, rule="SUB-03", because=Phrase(sentence, **facts))
