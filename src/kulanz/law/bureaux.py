"""Reports to credit bureaus (COL-07): the earliest day, and the gate in front of every report.

The list of BDSG § 31(2) ended on 19 November 2026. What follows it has not been read by a lawyer, so from the next day
on nothing is reported, whatever the facts are.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from kulanz.kernel.text import N_, Phrase
from kulanz.law.answers import Answer
from kulanz.law.cards import card
from kulanz.law.days import add_days
from kulanz.law.registry import rule

_WAITING_WEEKS = 4


class BureauGate(StrEnum):
    """Whether a payment default may be reported. `HUMAN_RELEASE` is the furthest a rule ever goes."""

    HUMAN_RELEASE = "human_release"
    TOO_EARLY = "too_early"
    BLOCKED = "blocked"  # disputed, or the letter did not say that disputing prevents the report
    DO_NOT_REPORT = "do_not_report"  # the law that allowed it has ended


@rule("COL-07")
def bureau_earliest(
    *,
    first_reminder_received: date | None = None,
    second_reminder_received: date | None = None,
    notice_received: date | None = None,
) -> Answer[date | None]:
    """The first day on which a default could be reported: four full weeks after the first of two reminders, and not
    before the day after the second one and after the notice. None while one of them is missing.

    A notice from before the first reminder does not count. The day says nothing about whether reports are still lawful
    then: `bureau_gate` does.
    """
    if first_reminder_received is None or second_reminder_received is None or notice_received is None:
        return _never(N_("Two reminders and a notice that a report is possible must have been received before."))
    if second_reminder_received < first_reminder_received:
        return _never(N_("The second reminder was received before the first: that is no sequence of two reminders."))
    if notice_received < first_reminder_received:
        return _never(N_("The notice was received before the first reminder and does not count."))
    waited = add_days(first_reminder_received, 7 * _WAITING_WEEKS)
    earliest = add_days(max(waited, second_reminder_received, notice_received), 1)
    because = Phrase(
        N_(
            "Four weeks after the first reminder of %(first)s end on %(waited)s; the second reminder came on "
            "%(second)s, the notice on %(notice)s."
        ),
        first=first_reminder_received,
        waited=waited,
        second=second_reminder_received,
        notice=notice_received,
    )
    return Answer(result=earliest, rule="COL-07", because=because)


@rule("COL-07")
def bureau_gate(
    *,
    day: date,
    first: date | None = None,
    second: date | None = None,
    notice: date | None = None,
    disputed: bool | None = None,
    text_mentions_dispute_right: bool | None = None,
    title: bool = False,
    insolvency_table: bool = False,
    acknowledged: bool = False,
    terminable_for_arrears: bool = False,
) -> Answer[BureauGate]:
    """Whether a default may be reported on `day`: never by itself, at best a person may release it.

    `first`, `second` and `notice` are the days on which reminders and notice were received. `title`, `insolvency_table`
    and `acknowledged` are the cases without reminders; a contract that could be ended at once for arrears
    (`terminable_for_arrears`) needs the notice only. What nobody has told us counts for the person.
    """
    established = title or insolvency_table or acknowledged
    return (
        _ended(day)
        or _disputed(disputed)
        or (None if established else _not_told(text_mentions_dispute_right))
        or (None if established else _too_early(day, first, second, notice, terminable_for_arrears))
        or _gate(
            BureauGate.HUMAN_RELEASE, N_("The conditions are met; a person weighs the interests of both and decides.")
        )
    )


def _ended(day: date) -> Answer[BureauGate] | None:
    this = card("COL-07")
    if this.in_force(day):
        return None
    return _gate(
        BureauGate.DO_NOT_REPORT,
        N_("The list of cases in which reports were allowed ended on %(last)s; since then nothing is reported."),
        last=this.valid_until,
    )


def _disputed(disputed: bool | None) -> Answer[BureauGate] | None:
    if disputed is None:
        return _gate(BureauGate.BLOCKED, N_("Nobody has said that the claim is undisputed: it is not reported."))
    if disputed:
        return _gate(BureauGate.BLOCKED, N_("The claim is disputed; a disputed claim is not reported."))
    return None


def _not_told(text_mentions_dispute_right: bool | None) -> Answer[BureauGate] | None:
    """COL-08: a notice that conceals how simply a report is prevented is a threat and does not count."""
    if text_mentions_dispute_right:
        return None
    return _gate(
        BureauGate.BLOCKED, N_("The notice did not say that disputing the claim is enough to prevent the report.")
    )


def _too_early(
    day: date, first: date | None, second: date | None, notice: date | None, terminable_for_arrears: bool
) -> Answer[BureauGate] | None:
    if terminable_for_arrears and notice is not None and notice < day:
        return None
    earliest = bureau_earliest(first_reminder_received=first, second_reminder_received=second, notice_received=notice)
    if earliest.result is None:
        return Answer(result=BureauGate.TOO_EARLY, rule="COL-07", because=earliest.because)
    if earliest.result <= day:
        return None
    return _gate(
        BureauGate.TOO_EARLY,
        N_("A report is possible from %(earliest)s at the earliest, not on %(day)s."),
        earliest=earliest.result,
        day=day,
    )


def _gate(gate: BureauGate, sentence: str, **facts: object) -> Answer[BureauGate]:
    return Answer(result=gate, rule="COL-07", because=Phrase(sentence, **facts))


def _never(sentence: str) -> Answer[date | None]:
    return Answer(result=None, rule="COL-07", because=Phrase(sentence))
