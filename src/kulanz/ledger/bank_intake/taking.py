"""One statement into the books: its entries by the thousand, its proof at the end, its row last."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from uuid import UUID

from django.db import connection
from django.db.backends.utils import CursorWrapper

from kulanz.infra.ids import new_id
from kulanz.kernel.acts import Act
from kulanz.kernel.money import Money
from kulanz.kernel.text import N_, Phrase
from kulanz.ledger.bank_formats.refusals import Place
from kulanz.ledger.bank_formats.statement import Entry, Statement, StatementStream
from kulanz.ledger.bank_intake import repeats, rows, staging
from kulanz.ledger.bank_intake.announced import explained, keep_announced, lacks_details
from kulanz.ledger.bank_intake.behind import OneStepBehind
from kulanz.ledger.bank_intake.proof import Proof
from kulanz.ledger.models import BankAccount, BankStatement

# A few thousand rows: large enough for set-wise writing, small enough for the memory of program and database.
CHUNK_ENTRIES = 4_000


@dataclass(frozen=True, slots=True)
class Taken:
    """A statement that came in: its row, how many entries the bank made of it, and what they come to."""

    row: BankStatement
    bank_account: BankAccount
    entries: int
    total: Money
    notes: tuple[str, ...]


class StatementIntake:
    """Takes one statement. Within the transaction of its file: whoever raises, leaves nothing."""

    def __init__(
        self,
        act: Act,
        bank_account: BankAccount,
        house_id: UUID,
        *,
        file: str,
        upload: tuple[str, str],
        format: str,
        of_part: Sequence[BankStatement],
    ) -> None:
        self._bank_account = bank_account
        self._file = file
        self._upload = upload
        self._format = format
        self._of_part = of_part
        self._target = staging.Target(act, new_id(), bank_account.pk, house_id)
        self._proof = Proof()
        self._movements = 0
        self._written = 0

    def take(self, streamed: StatementStream, advance: Callable[[int], None] | None = None) -> Taken:
        """All of it: entries, proof, row. `advance` hears how many entries each step has dealt with."""
        announcing = streamed.statement.interim and not self._bank_account.books_interim
        told_before = announcing and self._was_told(streamed.statement)
        with connection.cursor() as cursor, OneStepBehind() as behind:
            for chunk in _chunks(streamed.entries):
                movements = self._movements_of(chunk, streamed.statement)
                if not announcing:
                    self._book(cursor, chunk, movements, behind)
                elif not told_before:
                    keep_announced(self._target.statement_id, self._bank_account.pk, movements)
                    self._movements += len(movements)
                if advance is not None:
                    advance(len(chunk))
        statement = streamed.statement
        row = self._row(statement)
        if announcing:
            row.announced = self._movements
        else:
            self._proof.refuse_wrong_sums(self._file, statement)
            self._book_waiting(row)
            row.new_lines = self._written
        notes = tuple(_notes(statement, row))
        row.notes = _as_stored(notes)
        row.save(force_insert=True)
        total = self._proof.total(statement.currency)
        return Taken(row, self._bank_account, self._proof.entries, total, notes)

    def _was_told(self, statement: Statement) -> bool:
        """The same notice out of the same file."""
        told = BankStatement.objects.filter(
            bank_account=self._bank_account, statement_id=statement.statement_id[:80], file_sha256=self._upload[1]
        )
        return told.filter(interim=True).exists()

    def _movements_of(self, entries: Iterable[Entry], statement: Statement) -> list[rows.Movement]:
        """The payments of these entries, each with a believable day."""
        found: list[rows.Movement] = []
        position = self._movements
        for entry in entries:
            place = Place(self._file, statement.statement_id, entry.position)
            day = rows.booking_day(entry, statement, self._target.act.on, place)
            self._proof.add(entry, day)
            for movement in rows.movements(entry, day, position):
                position = movement.position
                found.append(movement)
        return found

    def _book(
        self,
        cursor: CursorWrapper,
        entries: Sequence[Entry],
        movements: Sequence[rows.Movement],
        behind: OneStepBehind,
    ) -> None:
        """Write what only this statement has told; what others have told waits until all of it is known."""
        if any(lacks_details(entry) for entry in entries):
            behind.wait()
            movements = self._with_explanations(entries, movements)
        iban = self._bank_account.iban
        staged = list(rows.staged(iban, movements))
        self._movements += len(movements)

        def write() -> None:
            staging.stage(cursor, staged)
            if not self._told_in_other_words(cursor, movements):
                repeats.place_unheard(cursor, self._target.statement_id)
            staging.hold_back(cursor)
            self._written += staging.write_placed(cursor, self._target)
            staging.check_bookings(cursor)
            staging.clear(cursor)

        behind.hand_over(write)

    def _with_explanations(
        self, entries: Sequence[Entry], movements: Sequence[rows.Movement]
    ) -> Sequence[rows.Movement]:
        """The movements, batches without details replaced by the payments announced for them."""
        days = {movement.entry.position: movement.booked_on for movement in movements}
        better = explained(self._bank_account, entries, movements)
        if all(new is old for new, old in zip(better, entries, strict=True)):
            return movements
        found: list[rows.Movement] = []
        position = self._movements
        for entry in better:
            if entry.position in days:
                for movement in rows.movements(entry, days[entry.position], position):
                    position = movement.position
                    found.append(movement)
        return found

    def _told_in_other_words(self, cursor: CursorWrapper, movements: Sequence[rows.Movement]) -> bool:
        """Whether a statement of another format tells one of these days."""
        if not movements:
            return False
        days = [movement.booked_on for movement in movements]
        near = self._neighbours(cursor, movements[0].detail.amount.currency, min(days), max(days))
        return any(neighbour.format != self._format for neighbour in near)

    def _neighbours(
        self, cursor: CursorWrapper, currency: str, first_on: date, last_on: date
    ) -> list[repeats.Neighbour]:
        return repeats.neighbours(
            cursor, bank_account_id=self._bank_account.pk, currency=currency, first_on=first_on, last_on=last_on
        )

    def _book_waiting(self, row: BankStatement) -> None:
        """Recognise what has come before, now that the days and balances of the whole statement are known."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM bank_waiting LIMIT 1")
            if cursor.fetchone() is None:
                return
            this = repeats.as_neighbour(row)
            near = self._neighbours(cursor, row.currency, this.first_on, this.last_on)
            apart = repeats.standing_apart(this, near)
            # Within one file a bank tells each payment once, unless it is the same statement twice.
            apart += [other.pk for other in self._of_part if not self._is_again(this, other)]
            other_words = [n.id for n in near if n.format != self._format and n.id not in apart]
            repeats.place_waiting(cursor, apart=apart, other_words=other_words)
            self._written += staging.write_placed(cursor, self._target, table="bank_waiting")
            staging.clear(cursor, waiting=True)

    @staticmethod
    def _is_again(this: repeats.Neighbour, other: BankStatement) -> bool:
        return other.first_on is not None and repeats.as_neighbour(other) == replace(this, id=other.pk)

    def _row(self, statement: Statement) -> BankStatement:
        """The statement as it is kept. Its figures are complete but for the lines that are new."""
        name, digest = self._upload
        return BankStatement(
            id=self._target.statement_id,
            bank_account=self._bank_account,
            statement_id=statement.statement_id[:80],
            file_name=name[-200:],
            file_sha256=digest,
            format=self._format[:20],
            from_on=statement.from_on,
            to_on=statement.to_on,
            first_on=self._proof.first_on,
            last_on=self._proof.last_on,
            sequence=(statement.sequence or "")[:40],
            opening_cents=None if statement.opening is None else statement.opening.cents,
            opening_on=statement.opening_on,
            closing_cents=None if statement.closing is None else statement.closing.cents,
            closing_on=statement.closing_on,
            credit_cents=self._proof.credit_cents[statement.currency],
            currency=statement.currency,
            entries=self._movements,
            new_lines=0,
            interim=statement.interim,
            not_booked=statement.not_booked,
            balanced=self._proof.holds(statement),
            imported_at=self._target.act.at,
            imported_by=self._target.act.by.name,
        )


def _notes(statement: Statement, row: BankStatement) -> Iterator[str]:
    """What a person should know: what the reader found, and what only we know."""
    yield from statement.notes
    if row.announced:
        yield Phrase(
            N_("%(count)s payments were announced. They are booked when the statement of the finished day comes."),
            count=row.announced,
        )
    if row.interim and row.balanced is False:
        yield Phrase(N_("The balances of this interim report do not fit its entries; banks do not promise that."))
    if statement.not_booked:
        yield Phrase(
            N_("%(count)s entries are not booked by the bank yet; they are no money."), count=statement.not_booked
        )


def _as_stored(notes: Iterable[str]) -> list[dict[str, object]]:
    """Sentences with their facts, so that they can be said in any language later."""
    return [
        {"sentence": note.sentence, "fields": {name: str(value) for name, value in note.fields.items()}}
        if isinstance(note, Phrase)
        else {"sentence": note.replace("%", "%%"), "fields": {}}
        for note in notes
    ]


def _chunks(entries: Iterator[Entry]) -> Iterator[list[Entry]]:
    while chunk := list(islice(entries, CHUNK_ENTRIES)):
        yield chunk
