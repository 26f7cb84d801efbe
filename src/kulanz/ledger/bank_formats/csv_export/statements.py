"""The head of a statement: whose account, which period, which balances, and what a person should know."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kulanz.kernel.money import Money
from kulanz.kernel.text import N_, Phrase
from kulanz.ledger.bank_formats.csv_export.details import iban_in
from kulanz.ledger.bank_formats.csv_export.movements import MovementReader
from kulanz.ledger.bank_formats.csv_export.refusals import quoted
from kulanz.ledger.bank_formats.csv_export.survey import Tally
from kulanz.ledger.bank_formats.refusals import Place
from kulanz.ledger.bank_formats.statement import Statement

Balance = tuple[Money, date | None]


class Heading:
    """Puts heads onto what the survey found. `account` is what the caller says of it."""

    def __init__(self, reader: MovementReader, account: str | None, place: Place) -> None:
        self._reader = reader
        self._account = account
        self._place = place

    def statement(self, tally: Tally, all_tallies: Sequence[Tally]) -> Statement:
        """The statement without its entries."""
        iban, other_id = self._account_of(tally, several=_several(tally, all_tallies))
        from_on, to_on = self._period(tally, all_tallies)
        opening, closing = self._balances(tally, to_on)
        return Statement(
            account_iban=iban,
            account_other_id=other_id,
            currency=tally.key.currency,
            statement_id=f"CSV {from_on or '?'}..{to_on or '?'} {tally.key.currency}",
            sequence=None,
            from_on=from_on,
            to_on=to_on,
            opening=opening[0] if opening else None,
            opening_on=opening[1] if opening else None,
            closing=closing[0] if closing else None,
            closing_on=closing[1] if closing else None,
            entries=(),
            not_booked=tally.not_booked,
            notes=(*tally.section.notes, *tally.notes),
            format="CSV",
        )

    def _account_of(self, tally: Tally, *, several: bool) -> tuple[str | None, str | None]:
        """IBAN or other number. What the file says counts; what the caller says must not contradict it."""
        fact = tally.section.facts.get("account")
        told = tally.key.account or (fact.text if fact else "")
        said = self._account
        if not told and several:
            raise self._place.refusal_at_line(
                tally.line, N_("there are several accounts in the file, and it does not say which. Export them singly")
            )
        iban, said_iban = iban_in(told), iban_in(said or "")
        number = "".join(letter for letter in told.upper() if letter.isalnum())
        comparable = iban is not None or number.isdecimal()
        if told and said and comparable and not _same_account(iban or number, said_iban or said):
            raise self._place.refusal_at_line(
                tally.line,
                N_("it is of the account %(told)s, not of %(said)s"),
                told=quoted(told),
                said=quoted(said),
            )
        known = iban or said_iban
        bank_code = tally.section.facts.get("bank_code")
        if bank_code is not None and number.isdecimal():
            told = f"{bank_code.text}/{number}"
        return known, None if known else " ".join((told or said or "").split()) or None

    def _period(self, tally: Tally, all_tallies: Sequence[Tally]) -> tuple[date | None, date | None]:
        """The days the bank says the export covers; of a part of it, those of its rows."""
        stated = {}
        alone = sum(1 for other in all_tallies if other.key._replace(run=0) == tally.key._replace(run=0)) == 1
        for name in ("from_on", "to_on"):
            fact = tally.section.facts.get(name)
            stated[name] = self._reader.day_of(fact.text, fact.line) if fact and alone else None
        return stated["from_on"] or tally.from_on, stated["to_on"] or tally.to_on

    def _balances(self, tally: Tally, to_on: date | None) -> tuple[Balance | None, Balance | None]:
        """Opening and closing balance: proven by the rows, else as stated. Both ways must agree."""
        opening, closing = self._stated(tally, "opening"), self._stated(tally, "closing")
        if tally.proven is not None:
            currency = tally.key.currency
            first, last = (Money(cents, currency) for cents in tally.proven)
            self._refuse_contradiction(tally, opening, first)
            self._refuse_contradiction(tally, closing, last)
            return (first, tally.from_on), (last, tally.to_on)
        closing = closing or self._current(tally, to_on)
        return opening or self._earlier(tally, closing), closing

    def _stated(self, tally: Tally, which: str) -> Balance | None:
        """A balance from a row of its own or from a line above or below the rows."""
        row = {"opening": tally.opening, "closing": tally.closing}.get(which)
        if row is not None:
            return row
        fact, day = (tally.section.facts.get(name) for name in (which, f"{which}_on"))
        if fact is None:
            return None
        amount = self._reader.money_of(fact.text, tally.key.currency, fact.line)
        return amount, self._reader.day_of(day.text, day.line) if day else None

    def _current(self, tally: Tally, to_on: date | None) -> Balance | None:
        """The balance of the day of the export is the closing one only if the rows reach up to that day."""
        found = self._stated(tally, "current")
        if found is None:
            return None
        amount, on = found
        stated_end = "to_on" in tally.section.facts
        if stated_end and on is not None and to_on is not None and to_on < on:
            tally.notes.append(
                Phrase(N_("The balance of %(day)s is not the one at the end of the period; it was not used."), day=on)
            )
            return None
        return amount, on or to_on

    def _earlier(self, tally: Tally, closing: Balance | None) -> Balance | None:
        """A balance of which the bank does not say whether it is the one before or after the rows: used if it fits."""
        found = self._stated(tally, "earlier")
        if found is None or closing is None or found[0].cents + tally.cents != closing[0].cents:
            return None
        return found

    def _refuse_contradiction(self, tally: Tally, stated: Balance | None, proven: Money) -> None:
        if stated is not None and stated[0] != proven:
            raise self._place.refusal_at_line(
                tally.line,
                N_("the file states the balance %(stated)s, but its rows lead to %(expected)s"),
                stated=stated[0],
                expected=proven,
            )


def _several(tally: Tally, all_tallies: Sequence[Tally]) -> bool:
    """Whether the file holds more than one account without naming them: its sections, or what the bank keeps apart."""
    sections = {other.key.section for other in all_tallies}
    parts = {other.key.part for other in all_tallies if other.key.currency == tally.key.currency}
    return len(sections) > 1 or len(parts) > 1


def _same_account(told: str, said: str) -> bool:
    """Whether two ways to write an account can mean the same one: a German IBAN ends with the old number."""
    told, said = ("".join(letter for letter in text.upper() if letter.isalnum()).lstrip("0") for text in (told, said))
    shorter, longer = sorted((told, said), key=len)
    return told == said or (longer.startswith("DE") and shorter.isdecimal() and _number_of(longer) == shorter)


def _number_of(iban: str) -> str:
    """The account number inside a German IBAN: its last ten digits, without leading zeros."""
    return iban[12:].lstrip("0") if len(iban) == 22 else ""
