"""Bank statements come in: a file whole or not at all, each movement once, however often it is sent."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO
from uuid import UUID

from django.db import transaction

from kulanz.infra.audit import Note, record
from kulanz.infra.statistics import WORTH_IT_FROM_ROWS, know_your_tables
from kulanz.kernel.acts import Act
from kulanz.kernel.money import Money
from kulanz.ledger.bank_accounts import currency_of, lock_account_of
from kulanz.ledger.bank_formats import archives, registry
from kulanz.ledger.bank_formats.statement import StatementStream
from kulanz.ledger.bank_intake import staging
from kulanz.ledger.bank_intake.taking import StatementIntake, Taken
from kulanz.ledger.statement_gaps import gap_sentences
from kulanz.parties.api import Brand, house_account

_HASH_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class ImportedStatement:
    """One statement of a file, as the result shows it. `entries` counts the bank's entries, not their payments.

    `not_booked` counts entries the bank itself only announces. `interim`: it was told, not booked; its money comes with
    the statement of the finished day.
    """

    id: UUID
    number: str
    iban: str
    opening: Money | None
    closing: Money | None
    entries: int
    balanced: bool | None
    interim: bool = False
    not_booked: int = 0
    total: Money | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """What became of one file: its statements, how many lines were new and how many had come before.

    `announced` counts payments that were only told. `gaps` are sentences about what is missing between statements.
    """

    file: str
    format: str
    statements: tuple[ImportedStatement, ...]
    new: int
    duplicates: int
    announced: int = 0
    gaps: tuple[str, ...] = ()


@transaction.atomic
def import_bank_file(
    act: Act,
    *,
    brand: Brand,
    name: str,
    content: bytes | BinaryIO,
    any_account: bool = False,
    account: str | None = None,
    currency: str | None = None,
    advance: Callable[[int], None] | None = None,
) -> ImportedFile:
    """Take in one bank file: lines land on the house account, bank against suspense. Matching is a second step.

    `content` may be a file that can be read from its beginning; it is not read into memory as a whole. `any_account`
    also takes accounts that are not configured (for trials). `account` says whose statement it is where the file does
    not, `currency` in which currency it is where neither file nor account say it. `advance` is told how many entries
    have been dealt with since it was told last.

    Raises UnreadableBankFile, UnknownBankFormat, BankFileTooLarge, BankArchiveRefused, NotOurBankAccount,
    BankAccountNotNamed or StatementDoesNotAddUp; nothing of the file is imported then.
    """
    source = BytesIO(content) if isinstance(content, bytes) else content
    intake = _FileIntake(act, brand, name, _digest(source), any_account=any_account, account=account)
    hints = registry.Hints(account, currency or currency_of(account))
    staging.open_tables()
    formats: dict[str, None] = {}
    taken: list[Taken] = []
    for part in archives.parts(source, name=name):
        found = registry.recognise(part.file, name=part.name, bytes_long=part.bytes_long)
        for streamed in found.read(part.file, name=part.name, hints=hints):
            statement = intake.take(streamed, part.name, found.name, advance)
            formats[statement.row.format] = None
            taken.append(statement)
        intake.end_part()
    staging.close_tables()
    return intake.result(", ".join(formats), taken)


def _digest(source: BinaryIO) -> str:
    """The fingerprint of the whole file, by which the desk finds what came together."""
    digest = hashlib.sha256()
    source.seek(0)
    while chunk := source.read(_HASH_BYTES):
        digest.update(chunk)
    source.seek(0)
    return digest.hexdigest()


class _FileIntake:
    """One file on its way in."""

    def __init__(
        self, act: Act, brand: Brand, name: str, digest: str, *, any_account: bool, account: str | None
    ) -> None:
        self._act = act
        self._brand = brand
        self._name = name
        self._digest = digest
        self._account = account
        # A file that names no account is tried on an account of its own: that of another file is not its account.
        self._trial_identity = f"TRIAL{digest[:16].upper()}" if any_account else None
        self._house = house_account(brand)
        self._of_part: list[Taken] = []

    def take(
        self, streamed: StatementStream, part_name: str, format_name: str, advance: Callable[[int], None] | None
    ) -> Taken:
        """One statement, all of it."""
        bank_account = lock_account_of(
            streamed.statement,
            brand=self._brand,
            file=part_name,
            named=self._account,
            trial_identity=self._trial_identity,
        )
        intake = StatementIntake(
            self._act,
            bank_account,
            self._house.pk,
            file=part_name,
            upload=(self._name, self._digest),
            format=streamed.statement.format or format_name,
            of_part=[taken.row for taken in self._of_part],
        )
        taken = intake.take(streamed, advance)
        self._of_part.append(taken)
        return taken

    def end_part(self) -> None:
        """The next file of an archive is a file of its own: what this one told may come again in it."""
        self._of_part = []

    def result(self, formats: str, taken: Sequence[Taken]) -> ImportedFile:
        new = sum(t.row.new_lines for t in taken)
        if new >= WORTH_IT_FROM_ROWS:
            know_your_tables("ledger_bankline", "ledger_transaction", "ledger_posting")
        facts = {"file": self._name}
        record(
            self._act,
            [Note("bank file imported", "ledger.bankstatement", t.row.pk, self._house.pk, facts) for t in taken],
        )
        return ImportedFile(
            file=self._name,
            format=formats,
            statements=tuple(_imported(t) for t in taken),
            new=new,
            duplicates=sum(t.row.entries - t.row.new_lines - t.row.announced for t in taken),
            announced=sum(t.row.announced for t in taken),
            gaps=tuple(gap_sentences([t.row for t in taken])),
        )


def _imported(taken: Taken) -> ImportedStatement:
    row = taken.row
    return ImportedStatement(
        id=row.pk,
        number=row.statement_id,
        iban=taken.bank_account.iban,
        opening=row.opening,
        closing=row.closing,
        entries=taken.entries,
        balanced=row.balanced,
        interim=row.interim,
        not_booked=row.not_booked,
        total=taken.total,
        notes=taken.notes,
    )
