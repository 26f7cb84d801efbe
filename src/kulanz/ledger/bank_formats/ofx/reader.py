"""Reads OFX and QFX: bank and card statements, transaction by transaction."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import PurePath
from typing import BinaryIO

from kulanz.kernel.text import N_, Phrase
from kulanz.ledger.bank_formats.ofx import values
from kulanz.ledger.bank_formats.ofx.aggregates import (
    AGGREGATES,
    INVESTMENT,
    PENDING,
    STATEMENTS,
    TRANSACTION,
    Aggregate,
)
from kulanz.ledger.bank_formats.ofx.tags import Tag, encoding, seekable, tags
from kulanz.ledger.bank_formats.ofx.transactions import read_entry
from kulanz.ledger.bank_formats.refusals import Place
from kulanz.ledger.bank_formats.statement import Entry, Statement, StatementStream

_WRONG_ENCODING = N_(
    "The file is not written in the character encoding it should have; it was read as Windows-1252. "
    "Check umlauts in names."
)
_NO_DAY = N_("The bank writes “%(text)s” where the day of “%(name)s” should be; it was left open.")


def sniff(head: bytes) -> bool:
    """Whether a file beginning like `head` (a few kB) is OFX."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        head = head.replace(b"\0", b"")
    plain = head.upper()
    return b"OFXHEADER" in plain or b"<OFX>" in plain or b"<OFX " in plain


def read(file: BinaryIO, *, name: str | None = None) -> Iterator[Statement]:
    """The statements of a file, one after the other. Raises UnreadableBankFile, possibly after some: book a file in
    one transaction."""
    for statement in stream(file, name=name):
        yield statement.whole()


def stream(file: BinaryIO, *, name: str | None = None) -> Iterator[StatementStream]:
    """The statements of a file with entries that are read as they are taken; what is left of them is skipped.

    `name` is what a refusal calls the file; without it the file's own name is used.
    """
    place = Place(name or _name_of(file))
    source = seekable(file)
    codec, differs = encoding(source, place)
    walk = _Walk(tags(source, codec, place), place, (Phrase(_WRONG_ENCODING),) if differs else ())
    empty = True
    while (statement := walk.next()) is not None:
        empty = False
        yield statement
        for _ in statement.entries:
            pass
    if not walk.complete:
        raise place.refusal(
            N_("the end tag </OFX> is missing, so the file may have been cut off; please fetch it again")
        )
    if empty:
        raise place.refusal(N_("there is no statement inside"))


def _name_of(file: BinaryIO) -> str:
    found = getattr(file, "name", None)
    return PurePath(found).name if isinstance(found, str) and found else "(unnamed)"


class _Walk:
    """Walks through the tags; hands out one statement after the other."""

    def __init__(self, found: Iterator[Tag], place: Place, notes: tuple[Phrase, ...]) -> None:
        self._tags = found
        self._place = place
        self._notes = notes
        self._number = 0
        self.complete = False

    def next(self) -> StatementStream | None:
        """The next statement; None when the file is at its end."""
        for tag in self._tags:
            if tag.name == "OFX" and tag.ends and not tag.begins:
                self.complete = True
            elif tag.name == INVESTMENT and tag.begins:
                raise self._place.refusal_at_line(
                    tag.line, N_("this is a statement of investments, not of a bank account")
                )
            elif tag.name in STATEMENTS and not tag.ends:
                self._number += 1
                return self._statement(tag)
        return None

    def _statement(self, first: Tag) -> StatementStream:
        """Everything up to the first transaction is read at once; the rest as entries are taken."""
        reading = _Reading(self._tags, Aggregate(first.line), first.name, self._place, self._number)
        reading.to_first_transaction()
        made = StatementStream(replace(reading.heading(), notes=self._notes), iter(()))
        made.entries = self._entries(made, reading)
        return made

    def _entries(self, made: StatementStream, reading: _Reading) -> Iterator[Entry]:
        yield from reading.entries(made.statement.currency)
        made.statement = reading.finished(made.statement)


class _Reading:
    """One statement: its values, and its transactions one by one."""

    def __init__(self, found: Iterator[Tag], own: Aggregate, name: str, place: Place, number: int) -> None:
        self._tags = found
        self._own = own
        self._name = name
        self._place = place
        self._number = number
        self._open: list[tuple[str, Aggregate]] = [(name, own)]
        self._first: Aggregate | None = None
        self._notes: list[Phrase] = []
        self._position = 0
        self._not_booked = 0

    def to_first_transaction(self) -> None:
        """Read until the first transaction is complete, or the statement is."""
        self._first = self._next_transaction()

    def entries(self, currency: str) -> Iterator[Entry]:
        """The booked transactions; when they are at their end, so is the statement."""
        found = self._first
        while found is not None:
            self._position += 1
            entry, notes = read_entry(found, self._position, currency, self._place)
            self._notes.extend(notes)
            yield entry
            found = self._next_transaction()

    def heading(self) -> Statement:
        """What is known before the transactions."""
        own = self._own
        account = own.inside.get("BANKACCTFROM") or own.inside.get("CCACCTFROM")
        iban, other_id = values.account(account.text("BANKID"), account.text("ACCTID")) if account else (None, None)
        if iban is None and other_id is None:
            raise self._place.refusal_at_line(
                own.line, N_("the statement does not say of which account it is (ACCTID)")
            )
        period = own.inside.get("BANKTRANLIST") or Aggregate(own.line)
        from_on, to_on = self._day(period, "DTSTART"), self._day(period, "DTEND")
        told = "–".join(day.isoformat() for day in (from_on, to_on) if day is not None)
        return Statement(
            account_iban=iban,
            account_other_id=other_id,
            currency=values.currency(own.text("CURDEF"), self._place, own.line_of("CURDEF")),
            statement_id=f"{iban or other_id} {told or self._number}",
            sequence=None,
            from_on=from_on,
            to_on=to_on,
            opening=None,
            opening_on=None,
            closing=None,
            closing_on=None,
            entries=(),
            format="OFX",
        )

    def finished(self, statement: Statement) -> Statement:
        """The statement with what stands behind its transactions."""
        balance = self._own.inside.get("LEDGERBAL")
        closing = on = None
        if balance is not None and balance.text("BALAMT"):
            line = balance.line_of("BALAMT")
            closing, _ = values.amount(balance.text("BALAMT"), statement.currency, self._place, line)
            on = self._day(balance, "DTASOF")
        return replace(
            statement,
            # A balance of an unknown day closes no statement.
            closing=closing if on is not None else None,
            closing_on=on,
            not_booked=self._not_booked,
            notes=(*statement.notes, *self._notes),
        )

    def _next_transaction(self) -> Aggregate | None:
        """Reads on until a transaction ends. None at the end of the statement."""
        for tag in self._tags:
            if tag.name in AGGREGATES:
                finished = self._aggregate(tag)
                if finished is not None:
                    return finished
                if not self._open:
                    return None
            elif tag.begins:
                self._keep(tag)
            elif tag.text:
                self._refuse_stray(tag)
            elif tag.name in {"OFX", "STMTTRNRS", "CCSTMTTRNRS"}:
                break
        raise self._place.refusal_at_line(
            self._open[-1][1].line,
            N_("the end tag </%(name)s> is missing, so the file may have been cut off; please fetch it again"),
            name=self._open[-1][0],
        )

    def _aggregate(self, tag: Tag) -> Aggregate | None:
        """An aggregate begins or ends; a transaction that ended is handed out."""
        if tag.text:
            self._refuse_stray(tag)
        if tag.begins and tag.ends:
            return None
        if tag.begins:
            self._begin(tag)
            return None
        return self._end(tag)

    def _begin(self, tag: Tag) -> None:
        if tag.name in {TRANSACTION, PENDING} and any(name in {TRANSACTION, PENDING} for name, _ in self._open):
            raise self._place.refusal_at_line(tag.line, N_("a transaction begins inside of another one"))
        new = Aggregate(tag.line)
        if tag.name not in {TRANSACTION, PENDING}:
            self._open[-1][1].inside.setdefault(tag.name, new)
        self._open.append((tag.name, new))

    def _end(self, tag: Tag) -> Aggregate | None:
        name, ended = self._open[-1]
        if name != tag.name:
            raise self._place.refusal_at_line(
                tag.line, N_("</%(found)s> ends here, but <%(open)s> is open"), found=tag.name, open=name
            )
        self._open.pop()
        if name == PENDING:
            self._not_booked += 1
        return ended if name == TRANSACTION else None

    def _keep(self, tag: Tag) -> None:
        """A value. Of values said twice the first counts, unless they are what is booked by and differ."""
        if tag.ends and not tag.text:
            return
        texts = self._open[-1][1].texts
        if tag.name not in texts:
            texts[tag.name] = (tag.text, tag.line)
        elif tag.name in {"TRNAMT", "DTPOSTED", "CURDEF", "ACCTID", "BALAMT"} and texts[tag.name][0] != tag.text:
            raise self._place.refusal_at_line(tag.line, N_("%(name)s is said twice and differently"), name=tag.name)

    def _refuse_stray(self, tag: Tag) -> None:
        raise self._place.refusal_at_line(tag.line, N_("“%(text)s” stands outside of any value"), text=tag.text[:40])

    def _day(self, of: Aggregate, name: str) -> date | None:
        text = of.text(name)
        found = values.day(text)
        if text and found is None:
            self._notes.append(Phrase(_NO_DAY, text=text[:20], name=name))
        return found
