"""Writes camt.053 files from neutral statements: what a bank would send, for demos, trials and tests.

The writer is for statements we made ourselves. What the standard requires and a statement lacks is a mistake
of whoever made it, so it raises ValueError.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import BinaryIO, Literal
from xml.etree.ElementTree import Element, SubElement, tostring

from kulanz.kernel.money import Money
from kulanz.ledger.bank_formats.statement import Detail, Entry, Statement

Version = Literal["02", "08"]

_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001."
_LONGEST_MESSAGE_ID = 35
_LONGEST_LINE = 140
_LONGEST_ADDITIONAL_TEXT = 500


def write(statements: Iterable[Statement], version: Version = "08", *, created_at: datetime | None = None) -> bytes:
    """One camt.053 message with `statements`; reading it gives the same statements again.

    `created_at` is the bank's moment of writing; without it the last day the first statement knows.
    """
    every = list(statements)
    if not every:
        raise ValueError("a message needs a statement")
    created = (created_at or _created(every[0])).isoformat(timespec="seconds")
    document = Element("Document", xmlns=f"{_NAMESPACE}{version}")
    message = SubElement(document, "BkToCstmrStmt")
    header = SubElement(message, "GrpHdr")
    _text(header, "MsgId", every[0].statement_id[:_LONGEST_MESSAGE_ID])
    _text(header, "CreDtTm", created)
    for statement in every:
        _Writer(version, created, statement).write(SubElement(message, "Stmt"))
    return bytes(tostring(document, encoding="UTF-8", xml_declaration=True))


def write_long(
    file: BinaryIO, statement: Statement, entries: Iterable[Entry], version: Version = "08", *, created_at: datetime
) -> None:
    """One camt.053 message with one statement of any length: its entries are taken one by one, those of `statement`
    are not looked at. What is written is what `write` would have written."""
    frame = write([replace(statement, entries=())], version, created_at=created_at)
    before, end, after = frame.partition(b"</Stmt>")
    writer = _Writer(version, created_at.isoformat(timespec="seconds"), statement)
    file.write(before)
    for entry in entries:
        element = Element("Ntry")
        writer.write_entry(element, entry)
        file.write(tostring(element, encoding="UTF-8"))
    file.write(end + after)


def _created(statement: Statement) -> datetime:
    booked = [entry.booked_on for entry in statement.entries if entry.booked_on]
    days = [day for day in (statement.closing_on, statement.to_on, statement.opening_on) if day] + booked
    if not days:
        raise ValueError("nothing says of which day this statement is")
    return datetime.combine(max(days), time.min)


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes one statement in one version. The order of elements is the standard's."""

    version: Version
    created: str
    statement: Statement

    def write(self, parent: Element) -> None:
        statement = self.statement
        _text(parent, "Id", statement.statement_id)
        _text(parent, "ElctrncSeqNb", statement.sequence)
        _text(parent, "CreDtTm", self.created)
        if statement.from_on and statement.to_on:
            period = SubElement(parent, "FrToDt")
            _text(period, "FrDtTm", f"{statement.from_on.isoformat()}T00:00:00")
            _text(period, "ToDtTm", f"{statement.to_on.isoformat()}T23:59:59")
        self._account(SubElement(parent, "Acct"))
        if statement.opening is None and statement.closing is None:
            raise ValueError("a statement needs a balance")
        _balance(parent, "OPBD", statement.opening, statement.opening_on)
        _balance(parent, "CLBD", statement.closing, statement.closing_on)
        for entry in statement.entries:
            self.write_entry(SubElement(parent, "Ntry"), entry)

    def _account(self, parent: Element) -> None:
        if not (self.statement.account_iban or self.statement.account_other_id):
            raise ValueError("a statement needs an account")
        _account_id(parent, self.statement.account_iban, self.statement.account_other_id)
        _text(parent, "Ccy", self.statement.currency)

    def write_entry(self, parent: Element, entry: Entry) -> None:
        """One entry into its element."""
        _amount(parent, "Amt", entry.amount)
        _text(parent, "CdtDbtInd", _indicator(entry.amount))
        if entry.reversal:
            _text(parent, "RvslInd", "true")
        if self.version == "02":
            _text(parent, "Sts", entry.status)
        else:
            _text(SubElement(parent, "Sts"), "Cd", entry.status)
        _day(parent, "BookgDt", entry.booked_on)
        _day(parent, "ValDt", entry.value_on)
        _text(parent, "AcctSvcrRef", entry.bank_reference)
        _transaction_code(parent, entry)
        details = SubElement(parent, "NtryDtls")
        if entry.details[0].details_incomplete:
            # The bank that does not explain a batch at least says that it is one.
            _text(SubElement(details, "Btch"), "NbOfTxs", "2")
        elif len(entry.details) > 1:
            _text(SubElement(details, "Btch"), "NbOfTxs", str(len(entry.details)))
        for detail in entry.details:
            self._detail(SubElement(details, "TxDtls"), entry, detail)

    def _detail(self, parent: Element, entry: Entry, detail: Detail) -> None:
        if _some(detail.end_to_end_id, detail.mandate_id):
            references = SubElement(parent, "Refs")
            _text(references, "EndToEndId", detail.end_to_end_id)
            _text(references, "MndtId", detail.mandate_id)
        self._amounts(parent, entry, detail)
        if detail.charges is not None:
            charges = SubElement(parent, "Chrgs")
            record = charges if self.version == "02" else SubElement(charges, "Rcrd")
            _amount(record, "Amt", detail.charges)
            _text(record, "CdtDbtInd", "CRDT" if detail.charges.cents < 0 else "DBIT")
        self._parties(parent, entry, detail)
        _remittance(parent, detail)
        if detail.return_code:
            reason = SubElement(SubElement(parent, "RtrInf"), "Rsn")
            # The standard's codes have at most four characters; anything longer is a bank's own word.
            _text(reason, "Cd" if len(detail.return_code) <= 4 else "Prtry", detail.return_code)
        if len(detail.additional_text) > _LONGEST_ADDITIONAL_TEXT:
            raise ValueError("the additional text is too long")
        _text(parent, "AddtlTxInf", detail.additional_text)

    def _amounts(self, parent: Element, entry: Entry, detail: Detail) -> None:
        """Version 2 gives a payment's amount without a direction of its own."""
        if self.version == "08":
            _amount(parent, "Amt", detail.amount)
            _text(parent, "CdtDbtInd", _indicator(detail.amount))
        elif _indicator(detail.amount) != _indicator(entry.amount):
            raise ValueError("version 02 cannot say that a part moved against its batch")
        if self.version == "02" or detail.original_amount is not None:
            amounts = SubElement(parent, "AmtDtls")
            if detail.original_amount is not None:
                _amount(SubElement(amounts, "InstdAmt"), "Amt", detail.original_amount)
            if self.version == "02":
                _amount(SubElement(amounts, "TxAmt"), "Amt", detail.amount)

    def _parties(self, parent: Element, entry: Entry, detail: Detail) -> None:
        account = detail.counterparty_iban or detail.counterparty_other_id
        if not _some(detail.counterparty_name, account, detail.ultimate_name):
            return
        parties = SubElement(parent, "RltdPties")
        returned = entry.reversal or detail.return_code is not None
        role = "Dbtr" if (detail.amount.cents >= 0) != returned else "Cdtr"
        self._party(parties, role, detail.counterparty_name)
        if account:
            _account_id(SubElement(parties, f"{role}Acct"), detail.counterparty_iban, detail.counterparty_other_id)
        self._party(parties, f"Ultmt{role}", detail.ultimate_name)

    def _party(self, parent: Element, role: str, name: str | None) -> None:
        if name:
            party = SubElement(parent, role)
            _text(party if self.version == "02" else SubElement(party, "Pty"), "Nm", name)


def _some(*facts: str | None) -> bool:
    return any(facts)


def _text(parent: Element, name: str, text: str | None) -> None:
    """An element with text; nothing for nothing."""
    if text:
        SubElement(parent, name).text = text


def _amount(parent: Element, name: str, amount: Money) -> None:
    SubElement(parent, name, Ccy=amount.currency).text = f"{abs(amount.decimal):f}"


def _indicator(amount: Money) -> str:
    return "DBIT" if amount.cents < 0 else "CRDT"


def _day(parent: Element, name: str, day: date | None) -> None:
    if day is not None:
        _text(SubElement(parent, name), "Dt", day.isoformat())


def _account_id(parent: Element, iban: str | None, other_id: str | None) -> None:
    identification = SubElement(parent, "Id")
    if iban:
        _text(identification, "IBAN", iban)
    else:
        _text(SubElement(identification, "Othr"), "Id", other_id)


def _balance(parent: Element, code: str, amount: Money | None, on: date | None) -> None:
    if amount is None:
        return
    if on is None:
        raise ValueError("a balance needs its day")
    balance = SubElement(parent, "Bal")
    _text(SubElement(SubElement(balance, "Tp"), "CdOrPrtry"), "Cd", code)
    _amount(balance, "Amt", amount)
    _text(balance, "CdtDbtInd", _indicator(amount))
    _day(balance, "Dt", on)


def _transaction_code(parent: Element, entry: Entry) -> None:
    """What kind of movement it is, in the standard's words: SEPA transfer, or a payment that came back."""
    credit = entry.amount.cents >= 0
    if entry.reversal or any(detail.return_code for detail in entry.details):
        family, kind = ("ICDT", "RRTN") if credit else ("IDDT", "UPDD")
    else:
        family, kind = ("RCDT" if credit else "ICDT"), "ESCT"
    domain = SubElement(SubElement(parent, "BkTxCd"), "Domn")
    _text(domain, "Cd", "PMNT")
    families = SubElement(domain, "Fmly")
    _text(families, "Cd", family)
    _text(families, "SubFmlyCd", kind)


def _remittance(parent: Element, detail: Detail) -> None:
    if not _some(detail.remittance, detail.creditor_reference):
        return
    information = SubElement(parent, "RmtInf")
    for line in _lines(detail.remittance):
        _text(information, "Ustrd", line)
    if detail.creditor_reference:
        reference = SubElement(SubElement(information, "Strd"), "CdtrRefInf")
        _text(SubElement(SubElement(reference, "Tp"), "CdOrPrtry"), "Cd", "SCOR")
        _text(reference, "Ref", detail.creditor_reference)


def _lines(text: str) -> Iterable[str]:
    """Lines of at most 140 characters, broken between words; a longer word is broken where it must be."""
    line = ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > _LONGEST_LINE:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
        while len(line) > _LONGEST_LINE:
            yield line[:_LONGEST_LINE]
            line = line[_LONGEST_LINE:]
    if line:
        yield line
