"""Phishing and breaches of personal data: how long the authority may be kept waiting."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from kulanz.kernel.clock import BERLIN
from kulanz.kernel.text import N_, Phrase
from kulanz.law.answers import Answer
from kulanz.law.refusals import ImpossibleFacts
from kulanz.law.registry import rule

_HOURS = 72


@rule("PHI-01")
def breach_72h(*, aware: datetime) -> Answer[datetime]:
    """Until when a likely breach is notified to the authority: 72 hours after we became aware, holidays or not.

    A moment without a zone is Berlin time, and the answer is given in the same way. The hours are real hours: over the
    change to winter time the clock shows one hour less, in spring one more.
    """
    zoned = aware if aware.tzinfo else aware.replace(tzinfo=BERLIN)
    try:
        due = (zoned.astimezone(UTC) + timedelta(hours=_HOURS)).astimezone(zoned.tzinfo)
    except OverflowError:
        raise ImpossibleFacts(reason=Phrase(N_("the day lies beyond the calendar"))) from None
    shown = due if aware.tzinfo else due.replace(tzinfo=None, fold=0)
    because = Phrase(
        N_("Aware since %(aware)s: the authority is told within 72 hours, by %(due)s; holidays do not move it."),
        aware=zoned,
        due=due,
    )
    return Answer(result=shown, rule="PHI-01", because=because)
