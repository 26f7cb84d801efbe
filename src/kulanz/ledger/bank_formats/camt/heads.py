"""What stands around the entries of a camt statement: number, account, period, balances, pages."""

from __future__ import annotations

from datetime import date
from xml.etree.ElementTree import Element

from kulanz.kernel.money import Money
from kulanz.kernel.text import N_
from kulanz.ledger.bank_formats.camt import values
from kulanz.ledger.bank_formats.camt.elements import Message, text_at
from kulanz.ledger.bank_formats.camt.entries import plain_iban
from kulanz.ledger.bank_formats.refusals import Place
from kulanz.ledger.bank_formats.statement import Statement

# Opening booked, or, as German banks write it, the closing balance of the day before.
_OPENING_CODES = ("OPBD", "PRCD")
_CLOSING_CODES = ("CLBD",)
# Where one page of a statement ends and the next begins.
_BETWEEN_PAGES = "ITBD"


class Head:
    """The frame of one statement. It may be asked while its entries are still coming, and again after them."""

    def __init__(self, element: Element, message: Message, header: Element, place: Place) -> None:
        self._element = element
        self._message = message
        self._header = header
        self.statement_id = _statement_id(element, place)
        self.own_iban = plain_iban(text_at(element, "Acct", "Id", "IBAN"))
        self._place = Place(place.file, self.statement_id)

    def statement(self, entry_currency: str | None) -> Statement:
        """The statement without its entries. `entry_currency` is that of the first entry."""
        element = self._element
        balances = _Balances(element, self._place)
        opening, opening_on = balances.first(_OPENING_CODES)
        closing, closing_on = balances.first(_CLOSING_CODES)
        if not self._message.interim and self._is_one_of_several_pages():
            if opening is None:
                opening, opening_on = balances.nth(_BETWEEN_PAGES, 0)
            if closing is None:
                closing, closing_on = balances.nth(_BETWEEN_PAGES, -1)
        return Statement(
            account_iban=self.own_iban,
            account_other_id=text_at(element, "Acct", "Id", "Othr", "Id")
            or text_at(element, "Acct", "Id", "PrtryAcct", "Id"),
            currency=self._currency(opening or closing, entry_currency, balances),
            statement_id=self.statement_id,
            sequence=text_at(element, "ElctrncSeqNb") or text_at(element, "LglSeqNb"),
            from_on=self._period_day("FrDtTm"),
            to_on=self._period_day("ToDtTm"),
            opening=opening,
            opening_on=opening_on,
            closing=closing,
            closing_on=closing_on,
            entries=(),
            interim=self._message.interim,
            format=self._message.format if self._message.interim else "",
            made_on=self._made_on(),
        )

    def _made_on(self) -> date | None:
        text = text_at(self._element, "CreDtTm") or text_at(self._header, "CreDtTm")
        return values.day_of(text, self._place) if text else None

    def _is_one_of_several_pages(self) -> bool:
        """A long statement comes in pages: the first ends and the next begins with an intermediate balance."""
        for pages in (self._element.find("StmtPgntn"), self._header.find("MsgPgntn")):
            if pages is not None:
                first, last = text_at(pages, "PgNb") in {"1", None}, values.is_true(pages, "LastPgInd")
                return not (first and last)
        return False

    def _currency(self, balance: Money | None, entry_currency: str | None, balances: _Balances) -> str:
        """The account's currency: as stated, else that of its booked balances, its entries, any balance."""
        stated = text_at(self._element, "Acct", "Ccy")
        if stated is not None:
            return values.currency(stated, self._place)
        if balance is not None:
            return balance.currency
        return values.currency(entry_currency or balances.any_currency, self._place)

    def _period_day(self, name: str) -> date | None:
        text = text_at(self._element, "FrToDt", name)
        return values.day_of(text, self._place) if text else None


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
            if any(_code(balance) == code for balance in self._elements):
                return self.nth(code, 0)
        return None, None

    def nth(self, code: str, index: int) -> tuple[Money | None, date | None]:
        """Amount and day of one of the balances with this code, counted as they stand in the file."""
        found = [balance for balance in self._elements if _code(balance) == code]
        if not found:
            return None, None
        place = Place(self._place.file, self._place.statement, balance=code)
        return values.signed(found[index], place), values.day(found[index].find("Dt"), place)


def _code(balance: Element) -> str | None:
    """Version 1 writes the code without a choice around it."""
    return text_at(balance, "Tp", "CdOrPrtry", "Cd") or text_at(balance, "Tp", "Cd")


def _statement_id(statement: Element, place: Place) -> str:
    found = text_at(statement, "Id")
    if found is None:
        raise place.refusal(N_("a statement has no number (Id)"))
    return found
