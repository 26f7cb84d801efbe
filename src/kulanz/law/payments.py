"""Payments: how long money can go back, what is told before a debit, what stands in codes and references."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from importlib.metadata import version

import holidays

from kulanz.kernel.girocode import NoGiroCode, Transfer, girocode_text
from kulanz.kernel.references import creditor_reference
from kulanz.kernel.text import N_, Phrase
from kulanz.law.answers import Answer
from kulanz.law.days import Favour, Places, add_days, add_months, shifted
from kulanz.law.refusals import ImpossibleFacts
from kulanz.law.registry import rule

_REFUND_WEEKS = 8  # BGB § 675x(4)
_UNAUTHORISED_MONTHS = 13  # BGB § 676b(2)
_PRENOTIFICATION_DAYS = 14  # EPC rulebook, unless agreed otherwise

# BGB § 270a: no charge for these, whoever the customer is …
_NEVER_CHARGED = frozenset(
    {"sepa", "sepa_ct", "sepa_dd", "sepa_credit_transfer", "sepa_direct_debit", "credit_transfer", "direct_debit"}
    | {"transfer", "bank_transfer", "prepayment", "sepa_transfer", "sepa_instant", "instant_transfer"}
)
# … for these only where the customer is a consumer …
_CARDS = frozenset({"card", "credit_card", "debit_card", "girocard"})
# … and for these the section says nothing; § 312a(4) still limits a charge to what they really cost.
_NOT_COVERED = frozenset({"paypal", "sofort", "cash", "cash_on_delivery", "cod", "cheque"})


@rule("PAY-01")
def psp_refund_by(*, notified: date) -> Answer[date]:
    """The day by whose end the payer's bank gives back an unauthorised payment: the business day after the notice.

    Business days of banks are those on which the European payment system is open; a bank that closes on more days is
    not what the payer has to reckon with.
    """
    day = add_days(notified, 1)
    while not _banks_are_open(day):
        day = add_days(day, 1)
    because = Phrase(
        N_("The bank was told on %(notified)s and pays back by the end of the next business day, %(day)s."),
        notified=notified,
        day=day,
    )
    return Answer(result=day, rule="PAY-01", because=because, calendar=f"holidays {version('holidays')}: ECB")


@rule("PAY-02")
def sdd_refund_deadline(
    *, debited: date, mandate: bool = True, subdiv: Places = None, catholic: bool | None = None
) -> Answer[date]:
    """The last day on which the payer can have a direct debit back: eight weeks, or 13 months without a mandate.

    Until then the money is not final. An unknown place is any place, and the later day is taken.
    """
    last = add_days(debited, 7 * _REFUND_WEEKS) if mandate else add_months(debited, _UNAUTHORISED_MONTHS)
    moved = shifted(last, subdiv, catholic=catholic, favour=Favour.LATER)
    sentence = (
        N_("Debited on %(debited)s: the payer can have it back without reasons for eight weeks, until %(day)s.")
        if mandate
        else N_("Debited on %(debited)s without a mandate: the payer can object for 13 months, until %(day)s.")
    )
    because = Phrase(sentence, debited=debited, day=moved.day)
    return Answer(result=moved.day, rule="PAY-02", because=because, calendar=moved.calendar)


@rule("PAY-03")
def sdd_prenotification_latest(*, due: date, days: int = _PRENOTIFICATION_DAYS) -> Answer[date]:
    """The last day on which the customer is told amount and day of a debit. `days` is the period agreed, at least one.

    Counted back in calendar days and never moved: a later day would take time from the customer.
    """
    if days < 1:
        raise ImpossibleFacts(reason=Phrase(N_("a debit is announced at least one day before")))
    latest = add_days(due, -days)
    because = Phrase(
        N_("A debit on %(due)s is announced %(days)s calendar days before, on %(latest)s at the latest."),
        due=due,
        days=days,
        latest=latest,
    )
    return Answer(result=latest, rule="PAY-03", because=because)


@rule("PAY-05")
def epc_qr(
    *,
    name: str,
    iban: str,
    amount: Decimal,
    rf: str = "",
    text: str = "",
    bic: str = "",
    purpose: str = "",
    info: str = "",
) -> Answer[str]:
    """The text inside the QR code for a transfer of `amount` euros. Raises ImpossibleFacts where no code can be made.

    `rf` is an ISO 11649 reference, `text` what stands in the transfer instead; `info` is shown to the payer only. The
    amount is what is open without disputed items; whoever asks has left them out.
    """
    cents = amount.scaleb(2)
    if cents != cents.to_integral_value():
        raise ImpossibleFacts(reason=Phrase(N_("the amount has fractions of a cent")))
    transfer = Transfer(
        payee=name, iban=iban, cents=int(cents), bic=bic, purpose=purpose, reference=rf, text=text, remark=info
    )
    try:
        lines = girocode_text(transfer)
    except NoGiroCode as refused:
        raise ImpossibleFacts(reason=refused.fields["reason"]) from refused
    return Answer(
        result=lines, rule="PAY-05", because=Phrase(N_("The lines of a GiroCode after EPC069-12, version 002."))
    )


@rule("PAY-06")
def rf_reference(*, ref: str) -> Answer[str]:
    """The ISO 11649 reference that carries `ref`: 1 to 21 letters and digits, separators left out."""
    try:
        reference = creditor_reference(ref)
    except ValueError:
        raise ImpossibleFacts(
            reason=Phrase(N_("a reference carries 1 to 21 letters and digits, and “%(ref)s” does not fit"), ref=ref)
        ) from None
    because = Phrase(
        N_("The two check digits after RF make every single wrong character of “%(ref)s” visible."), ref=ref
    )
    return Answer(result=reference, rule="PAY-06", because=because)


@rule("PAY-08")
def surcharge_ok(*, method: str, b2c: bool = True) -> Answer[bool]:
    """Whether a fee for a means of payment is possible at all. Raises ImpossibleFacts for a means it does not know.

    It never is for SEPA transfers and debits, and for cards only where the customer is no consumer.
    """
    means = method.strip().lower().replace("-", "_").replace(" ", "_")
    if means in _NEVER_CHARGED:
        return _charge(False, N_("Nobody pays a fee for a SEPA transfer or a SEPA direct debit."))
    if means in _CARDS:
        if b2c:
            return _charge(False, N_("A consumer pays no fee for paying by card."))
        return _charge(True, N_("A business may be asked for a fee for paying by card."))
    if means in _NOT_COVERED:
        return _charge(True, N_("The ban does not cover this means of payment; a fee may not exceed its real cost."))
    raise ImpossibleFacts(reason=Phrase(N_("“%(method)s” is not a means of payment the rule knows"), method=method))


def _charge(allowed: bool, sentence: str) -> Answer[bool]:
    return Answer(result=allowed, rule="PAY-08", because=Phrase(sentence))


def _banks_are_open(day: date) -> bool:
    return day.weekday() < 5 and day not in _closing_days(day.year)


@cache
def _closing_days(year: int) -> frozenset[date]:
    return frozenset(holidays.financial_holidays("ECB", years=year))
