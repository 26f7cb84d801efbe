"""One transaction of an OFX statement as the neutral entry with its one detail."""

from __future__ import annotations

from kulanz.kernel.money import Money
from kulanz.kernel.references import is_creditor_reference
from kulanz.kernel.text import N_, Phrase
from kulanz.ledger.bank_formats.mt940 import german
from kulanz.ledger.bank_formats.ofx import values
from kulanz.ledger.bank_formats.ofx.aggregates import Aggregate
from kulanz.ledger.bank_formats.refusals import Place
from kulanz.ledger.bank_formats.statement import Detail, Entry

_FOREIGN = N_("Entry %(position)s is in %(found)s, the account in %(account)s.")
_SAYS_NOTHING = frozenset(["NOTPROVIDED", "NONREF", "NOTAVAILABLE"])


def read_entry(found: Aggregate, position: int, currency: str, place: Place) -> tuple[Entry, list[Phrase]]:
    """The entry, and what a person should know about it. Raises UnreadableBankFile."""
    if found.text("CORRECTFITID"):
        raise place.refusal_at_line(
            found.line_of("CORRECTFITID"),
            N_("entry %(position)s corrects one of an earlier file; please ask the bank for a corrected statement"),
            position=position,
        )
    notes: list[Phrase] = []
    code = currency
    if (foreign := found.inside.get("CURRENCY")) is not None and foreign.text("CURSYM"):
        code = values.currency(foreign.text("CURSYM"), place, foreign.line_of("CURSYM"))
    if code != currency:
        notes.append(Phrase(_FOREIGN, position=position, found=code, account=currency))
    amount, against = _amount(found, code, place)
    posted = found.text("DTPOSTED")
    booked_on = values.day(posted)
    if booked_on is None:
        raise place.refusal_at_line(found.line_of("DTPOSTED"), N_("“%(text)s” is not a date"), text=posted[:40])
    entry = Entry(
        position=position,
        amount=amount,
        booked_on=booked_on,
        value_on=values.day(found.text("DTAVAIL")),
        bank_reference=_telling(found.text("FITID")),
        reversal=against,
        details=(_detail(found, amount),),
    )
    return entry, notes


def _amount(found: Aggregate, code: str, place: Place) -> tuple[Money, bool]:
    """The amount, and whether it moves against its kind: a debit with money coming in takes back an earlier one.

    Some banks leave the sign to the kind. Without a written sign, a debit that would bring money is not believed.
    """
    text, line = found.text("TRNAMT"), found.line_of("TRNAMT")
    if not text:
        raise place.refusal_at_line(line, N_("the amount is missing"))
    amount, signed = values.amount(text, code, place, line)
    kind = found.text("TRNTYPE").upper()
    against = (kind == "DEBIT" and amount.cents > 0) or (kind == "CREDIT" and amount.cents < 0)
    if against and not signed:
        raise place.refusal_at_line(
            line,
            N_("“%(text)s” has no sign and its kind is %(kind)s: it is not certain whether money came or went"),
            text=text[:40],
            kind=kind,
        )
    return amount, against


def _detail(found: Aggregate, amount: Money) -> Detail:
    payee = found.inside.get("PAYEE")
    other = found.inside.get("BANKACCTTO") or found.inside.get("CCACCTTO")
    # German banks write the codewords of a bank's field 86 into the memo.
    told = german.from_text([found.text("MEMO")])
    iban, other_id = values.account(other.text("BANKID"), other.text("ACCTID")) if other is not None else (None, None)
    if iban is None and values.IBAN_SHAPE.fullmatch(told.iban.upper()):
        iban, other_id = told.iban.upper(), None
    reference = told.text if told.text[:2].upper() == "RF" and is_creditor_reference(told.text) else None
    extra = [found.text(name) for name in ("CHECKNUM", "CHKNUM", "REFNUM")]
    return Detail(
        amount=amount,
        counterparty_name=found.text("NAME") or (payee.text("NAME") if payee is not None else "") or None,
        counterparty_iban=iban,
        counterparty_other_id=other_id,
        ultimate_name=told.ultimate or None,
        end_to_end_id=_telling(told.end_to_end),
        mandate_id=_telling(told.mandate),
        creditor_reference=reference.replace(" ", "").upper() if reference is not None else None,
        remittance="" if reference is not None else told.text,
        additional_text=" ".join(dict.fromkeys(filter(None, [*extra, *told.extra]))),
    )


def _telling(text: str) -> str | None:
    return None if text.upper() in _SAYS_NOTHING else text or None
