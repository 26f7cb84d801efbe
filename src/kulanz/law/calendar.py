"""Periods: when they end, and whether the end moves to the next working day (CAL-01 to CAL-05)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kulanz.kernel.text import N_, Phrase
from kulanz.law.answers import Answer
from kulanz.law.days import Favour, Places, Shifted, add_days, add_months, shifted
from kulanz.law.refusals import ImpossibleFacts
from kulanz.law.registry import rule


@rule("CAL-03")
def shift_193(*, d: date, subdiv: Places = None, catholic: bool = False, favour: Favour | None = None) -> Answer[date]:
    """§ 193: the last day moves to the next working day at the place of the declaration or performance.

    Without a state only holidays of all states count. Of several states the later day is taken, unless `favour` says
    that the earlier one helps the consumer.
    """
    moved = shifted(d, subdiv, catholic=catholic, favour=favour or _favour_of(subdiv))
    return Answer(result=moved.day, rule="CAL-03", because=_why_shifted(d, moved), calendar=moved.calendar)


@rule("CAL-01")
def period_end(
    *,
    event: date,
    days: int = 0,
    weeks: int = 0,
    months: int = 0,
    years: int = 0,
    shift: bool = True,
    first_day_counts: bool = False,
    subdiv: Places = None,
    catholic: bool = False,
    favour: Favour | None = None,
) -> Answer[date]:
    """The last day of a period that begins with an event; it ends when that day ends.

    The day of the event is not counted (§ 187(1)). `first_day_counts` is § 187(2): the period begins with the start of
    the day. Several units are counted one after the other, years and months first.
    """
    if min(days, weeks, months, years) < 0 or not (days or weeks or months or years):
        raise ImpossibleFacts(reason=Phrase(N_("a period needs a length in days, weeks, months or years")))
    last = _last_day(event, days=days + 7 * weeks, months=months + 12 * years, first_day_counts=first_day_counts)
    by = "CAL-02" if weeks or months or years else "CAL-01"
    if not shift:
        because = Phrase(
            N_("The period begins with %(event)s and ends on %(last)s; the end is not moved."), event=event, last=last
        )
        return Answer(result=last, rule=by, because=because)
    moved = shifted(last, subdiv, catholic=catholic, favour=favour or _favour_of(subdiv))
    steps = (_why_counted(event, last), _why_shifted(last, moved))
    return Answer(
        result=moved.day,
        rule=by,
        because=steps[0] if moved.day == last else _why_counted_and_shifted(event, last, moved),
        steps=steps,
        calendar=moved.calendar,
    )


@rule("CAL-04")
def notice_end(*, received: date, months: int = 1) -> Answer[date]:
    """When a contract ends after a notice of so many months: the same day number, never moved to a working day."""
    if months < 0:
        raise ImpossibleFacts(reason=Phrase(N_("a notice period cannot be negative")))
    end = add_months(received, months)
    because = Phrase(
        N_("Notice received on %(received)s ends the contract on %(end)s; a notice period is not moved."),
        received=received,
        end=end,
    )
    return Answer(result=end, rule="CAL-04", because=because)


@rule("CAL-05")
def gdpr_due(*, received: date, extended: bool = False, subdiv: Places = None, catholic: bool = False) -> Answer[date]:
    """Until when a person's request about his data is answered: one month, three if extended with reasons.

    It is our duty: of several possible places the earlier day is taken.
    """
    last = add_months(received, 3 if extended else 1)
    moved = shifted(last, subdiv, catholic=catholic, favour=Favour.EARLIER)
    sentence = (
        N_("Received on %(received)s, extended with reasons: three months, by %(due)s at the latest.")
        if extended
        else N_("Received on %(received)s: one month, by %(due)s at the latest.")
    )
    because = Phrase(sentence, received=received, due=moved.day)
    return Answer(result=moved.day, rule="CS-01", because=because, calendar=moved.calendar)


def _last_day(event: date, *, days: int, months: int, first_day_counts: bool) -> date:
    end = add_months(event, months)
    if not first_day_counts:
        return add_days(end, days)
    # § 188(2): the day before the one that corresponds to the first day; where the month has no such day, its last.
    if months and end.day != event.day and not days:
        return end
    return add_days(end, days - 1)


def _favour_of(subdiv: Places) -> Favour:
    """Of several named places the later day; of an unnamed place what holds everywhere."""
    several = isinstance(subdiv, str) and ("," in subdiv or "|" in subdiv)
    several = several or (isinstance(subdiv, Sequence) and not isinstance(subdiv, str) and len(subdiv) > 1)
    return Favour.LATER if several else Favour.EARLIER


def _why_counted(event: date, last: date) -> Phrase:
    return Phrase(N_("The period begins with %(event)s and ends on %(last)s."), event=event, last=last)


def _why_shifted(last: date, moved: Shifted) -> Phrase:
    if moved.day == last:
        return Phrase(N_("%(last)s is a working day."), last=last)
    return Phrase(
        N_("%(last)s is a Saturday, Sunday or public holiday; the next working day is %(day)s."),
        last=last,
        day=moved.day,
    )


def _why_counted_and_shifted(event: date, last: date, moved: Shifted) -> Phrase:
    return Phrase(
        N_(
            "The period begins with %(event)s and would end on %(last)s, a Saturday, Sunday or public holiday; "
            "it ends on the next working day, %(day)s."
        ),
        event=event,
        last=last,
        day=moved.day,
    )
