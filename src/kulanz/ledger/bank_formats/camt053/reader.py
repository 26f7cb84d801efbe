"""Reads camt.053 in every version by the names of its elements, statement by statement."""

from __future__ import annotations

import codecs
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import PurePath
from typing import BinaryIO, cast
from xml.etree.ElementTree import Element

from kulanz.kernel.money import Money
from kulanz.kernel.text import N_, Phrase
from kulanz.ledger.bank_formats.camt053 import encoding as encodings
from kulanz.ledger.bank_formats.camt053 import entries, values
from kulanz.ledger.bank_formats.camt053.elements import statements_and_entries, text_at
from kulanz.ledger.bank_formats.refusals import Place
from kulanz.ledger.bank_formats.statement import Entry, Statement

_HEAD_BYTES = 4096
_SPOOL_BYTES = 16 << 20
# Opening booked, or, as German banks write it, the closing balance of the day before.
_OPENING_CODES = ("OPBD", "PRCD")
_CLOSING_CODES = ("CLBD",)


def sniff(head: bytes) -> bool:
    """Whether a file beginning like `head` (a few kB) is a bank's XML message to its customer.

    Also true for camt.052 and camt.054: they are recognised here so that they are refused by their name.
    """
    plain = _without_bom(head).replace(b"\0", b"").lstrip()
    return plain.startswith(b"<") and (b"BkToCstmr" in plain or b"camt.05" in plain)


def read(file: BinaryIO, *, name: str | None = None) -> Iterator[Statement]:
    """The statements of a camt.053 file, one after the other; only one is held in memory at a time.

    `name` is what a refusal calls the file; without it the file's own name is used. Raises
    UnreadableBankFile, possibly after earlier statements of the same file have been handed out: book a file
    in one transaction.
    """
    place = Place(name or _name_of(file))
    source = _seekable(file)
    head = source.read(_HEAD_BYTES)
    source.seek(0)
    _check_head(head, place)
    encoding, differs = encodings.choose(source, head, place)
    notes = [Phrase(_WRONG_ENCODING)] if differs else []
    empty = True
    pending = _Pending(place)
    for statement, entry in statements_and_entries(source, encoding, place):
        if entry is not None:
            pending.add(statement, entry)
            continue
        yield pending.finish(statement, notes)
        pending = _Pending(place)
        empty = False
    if empty:
        raise place.refusal(N_("there is no statement inside"))


_WRONG_ENCODING = N_(
    "The file is not written in the character encoding it should have; it was read as Windows-1252. "
    "Check umlauts in names."
)


def _name_of(file: BinaryIO) -> str:
    found = getattr(file, "name", None)
    return PurePath(found).name if isinstance(found, str) and found else "(unnamed)"


def _seekable(file: BinaryIO) -> BinaryIO:
    """The encoding must be known before the first statement is handed out, so a stream is stored first."""
    if file.seekable():
        return file
    stored = tempfile.SpooledTemporaryFile(max_size=_SPOOL_BYTES)  # noqa: SIM115 - lives while it is read
    shutil.copyfileobj(file, stored)
    stored.seek(0)
    return cast(BinaryIO, stored)


def _without_bom(head: bytes) -> bytes:
    for bom in (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        head = head.removeprefix(bom)
    return head


def _check_head(head: bytes, place: Place) -> None:
    plain = _without_bom(head).replace(b"\0", b"").strip()
    if not plain:
        raise place.refusal(N_("the file is empty"))
    if not plain.startswith(b"<"):
        raise place.refusal(N_("this is not an XML file"))


@dataclass(slots=True)
class _Pending:
    """The entries of the statement that is being read."""

    place: Place
    position: int = 0
    booked: list[Entry] = field(default_factory=list)
    not_booked: int = 0
    without_status: int = 0
    _own_iban: str | None = None
    _statement_id: str | None = None

    def add(self, statement: Element, element: Element) -> None:
        """Take one entry. Only booked ones are money; without a status a camt.053 means booked."""
        if not self.position:
            self._statement_id = _statement_id(statement, self.place)
            self._own_iban = _own_iban(statement)
        self.position += 1
        place = Place(self.place.file, self._statement_id, self.position)
        status = entries.status(element)
        self.without_status += status is None
        if status not in {entries.BOOKED, None}:
            self.not_booked += 1
            return
        self.booked.append(entries.read_entry(element, self.position, self._own_iban, place))

    def finish(self, statement: Element, notes: list[Phrase]) -> Statement:
        """The statement around the entries."""
        statement_id = _statement_id(statement, self.place)
        place = Place(self.place.file, statement_id)
        balances = _Balances(statement, place)
        opening, opening_on = balances.first(_OPENING_CODES)
        closing, closing_on = balances.first(_CLOSING_CODES)
        currency = self._currency(statement, [opening, closing], balances, place)
        read = Statement(
            account_iban=_own_iban(statement),
            account_other_id=text_at(statement, "Acct", "Id", "Othr", "Id")
            or text_at(statement, "Acct", "Id", "PrtryAcct", "Id"),
            currency=currency,
            statement_id=statement_id,
            sequence=text_at(statement, "ElctrncSeqNb") or text_at(statement, "LglSeqNb"),
            from_on=_period_day(statement, "FrDtTm", place),
            to_on=_period_day(statement, "ToDtTm", place),
            opening=opening,
            opening_on=opening_on,
            closing=closing,
            closing_on=closing_on,
            entries=tuple(self.booked),
            not_booked=self.not_booked,
        )
        return replace(read, notes=(*notes, *self._notes(read)))

    def _currency(self, statement: Element, booked: list[Money | None], balances: _Balances, place: Place) -> str:
        """The account's currency: as stated, else that of its booked balances, its entries, any balance."""
        stated = text_at(statement, "Acct", "Ccy")
        if stated is not None:
            return values.currency(stated, place)
        amounts = [amount for amount in booked if amount is not None]
        amounts += [entry.amount for entry in self.booked[:1]]
        return amounts[0].currency if amounts else values.currency(balances.any_currency, place)

    def _notes(self, statement: Statement) -> Iterator[Phrase]:
        if self.without_status:
            yield Phrase(N_("%(count)s entries have no status; they were taken as booked."), count=self.without_status)
        yield from _currency_notes(statement)


class _Balances:
    """The balances of a statement by their code. Those we do not need are not read, nor judged."""

    def __init__(self, statement: Element, place: Place) -> None:
        self._place = place
        self._elements = statement.findall("Bal")

    @property
    def any_currency(self) -> str | None:
        amounts = [balance.find("Amt") for balance in self._elements]
        return next((a.attrib["Ccy"] for a in amounts if a is not None and "Ccy" in a.attrib), None)

    def first(self, codes: tuple[str, ...]) -> tuple[Money | None, date | None]:
        """Amount and day of the first balance with the first of `codes` there is."""
        for code in codes:
            for balance in self._elements:
                # Version 1 writes the code without a choice around it.
                found = text_at(balance, "Tp", "CdOrPrtry", "Cd") or text_at(balance, "Tp", "Cd")
                if found == code:
                    place = Place(self._place.file, self._place.statement, balance=code)
                    return values.signed(balance, place), values.day(balance.find("Dt"), place)
        return None, None


def _statement_id(statement: Element, place: Place) -> str:
    found = text_at(statement, "Id")
    if found is None:
        raise place.refusal(N_("a statement has no number (Id)"))
    return found


def _own_iban(statement: Element) -> str | None:
    return entries.plain_iban(text_at(statement, "Acct", "Id", "IBAN"))


def _period_day(statement: Element, name: str, place: Place) -> date | None:
    text = text_at(statement, "FrToDt", name)
    return values.day_of(text, place) if text else None


def _currency_notes(statement: Statement) -> Iterator[Phrase]:
    """Amounts in another currency than the account's: they cannot be added up, a person has to look."""
    account = statement.currency
    for balance, amount in (("OPBD", statement.opening), ("CLBD", statement.closing)):
        if amount is not None and amount.currency != account:
            yield Phrase(
                N_("The balance %(balance)s is in %(found)s, the account in %(account)s."),
                balance=balance,
                found=amount.currency,
                account=account,
            )
    foreign = [entry for entry in statement.entries if entry.amount.currency != account]
    if foreign:
        yield Phrase(
            N_("%(count)s entries are not in %(account)s, the currency of the account; first: %(position)s."),
            count=len(foreign),
            account=account,
            position=foreign[0].position,
        )
