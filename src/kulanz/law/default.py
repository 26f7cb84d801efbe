"""Default: from which day a debtor is late in the eyes of the law, and when he is not at all (DF-01 to DF-04)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kulanz.kernel.text import N_, Phrase
from kulanz.law.answers import Answer
from kulanz.law.days import Favour, Places, add_days, shifted
from kulanz.law.registry import rule

_DAYS = 30


class DueBasis(StrEnum):
    """Where the date of payment comes from. A date that only the invoice sets binds nobody."""

    CONTRACT = "contract"
    UNILATERAL = "unilateral"


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultByReminder:
    """The day on which a reminder put the debtor in default, and the first day that bears interest."""

    in_default_from: date
    interest_from: date


@rule("DF-01")
def default_start_reminder(
    *,
    due: date,
    reminder_received: date | None = None,
    pay_until: date | None = None,
    bounced: bool = False,
) -> Answer[DefaultByReminder | None]:
    """Default by a reminder that arrived after the due date; null if it has no such effect.

    Interest begins on the next day. A reminder that sets a time for payment (`pay_until`) takes effect only after it,
    which is the later day.
    """
    if bounced or reminder_received is None:
        return Answer(result=None, rule="DF-01", because=Phrase(N_("No reminder reached the debtor.")))
    if reminder_received <= due:
        because = Phrase(N_("A reminder before the debt is overdue has no effect; it was due on %(due)s."), due=due)
        return Answer(result=None, rule="DF-01", because=because)
    if pay_until is not None and pay_until > reminder_received:
        first = add_days(pay_until, 1)
        result = DefaultByReminder(in_default_from=first, interest_from=first)
        because = Phrase(N_("The reminder gave time until %(until)s; in default after it."), until=pay_until)
        return Answer(result=result, rule="DF-01", because=because)
    result = DefaultByReminder(in_default_from=reminder_received, interest_from=add_days(reminder_received, 1))
    because = Phrase(
        N_("In default with receipt of the reminder on %(received)s; interest from the next day."),
        received=reminder_received,
    )
    return Answer(result=result, rule="DF-01", because=because)


@rule("DF-02")
def default_start_30_days(
    *,
    due: date,
    invoice_received: date | None = None,
    consumer: bool = True,
    notice_on_invoice: bool = False,
    goods_received: date | None = None,
    subdiv: Places = None,
    catholic: bool | None = None,
) -> Answer[date | None]:
    """The first day in default without a reminder: after 30 days from due date and invoice; null if there is none.

    A consumer only if the invoice specially says so. Between businesses, where nobody knows when the invoice arrived,
    the receipt of the goods (`goods_received`) stands in for it.
    """
    if consumer and not notice_on_invoice:
        because = Phrase(N_("The invoice did not point a consumer to the default after 30 days."))
        return Answer(result=None, rule="DF-02", because=because)
    received = invoice_received if consumer else invoice_received or goods_received
    if received is None:
        return Answer(result=None, rule="DF-02", because=Phrase(N_("Nobody knows when the invoice was received.")))
    start = max(due, received)
    moved = shifted(add_days(start, _DAYS), subdiv, catholic=catholic, favour=Favour.LATER)
    first = add_days(moved.day, 1)
    because = Phrase(
        N_("30 days after %(start)s end on %(last)s; in default from %(first)s."),
        start=start,
        last=moved.day,
        first=first,
    )
    return Answer(result=first, rule="DF-02", because=because, calendar=moved.calendar)


@rule("DF-03")
def default_start_calendar(
    *,
    due: date,
    due_basis: DueBasis = DueBasis.CONTRACT,
    subdiv: Places = None,
    catholic: bool | None = None,
) -> Answer[date | None]:
    """The first day in default where the contract fixed the day of payment: the day after it, moved by § 193.

    A day that only the invoice named (`unilateral`) puts nobody in default: null.
    """
    if due_basis is DueBasis.UNILATERAL:
        because = Phrase(N_("A date that only the invoice sets puts nobody in default."))
        return Answer(result=None, rule="DF-03", because=because)
    moved = shifted(due, subdiv, catholic=catholic, favour=Favour.LATER)
    first = add_days(moved.day, 1)
    because = Phrase(
        N_("To be paid by %(last)s at the latest; in default from %(first)s, without a reminder."),
        last=moved.day,
        first=first,
    )
    return Answer(result=first, rule="DF-03", because=because, calendar=moved.calendar)


@rule("DF-04")
def default_blocked(
    *,
    not_due: bool = False,
    not_delivered: bool = False,
    disputed_withholding: bool = False,
    not_at_fault: bool = False,
    withdrawn: bool = False,
    open_case: bool = False,
) -> Answer[bool]:
    """Whether something keeps the debtor from being in default, so that nothing may be reminded of."""
    reasons = (
        (not_due, N_("The claim is not due.")),
        (not_delivered, N_("The goods were not delivered.")),
        (disputed_withholding, N_("The buyer withholds payment because of the goods.")),
        (not_at_fault, N_("The delay is not the debtor's fault.")),
        (withdrawn, N_("The withdrawal was declared; the claim is gone.")),
        (open_case, N_("A case about this item is open.")),
    )
    for applies, because in reasons:
        if applies:
            return Answer(result=True, rule="DF-04", because=Phrase(because))
    return Answer(result=False, rule="DF-04", because=Phrase(N_("Nothing that was named stands against default.")))
