"""Bank statements come in: a file whole or not at all, each movement once, however often it is sent."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from kulanz.infra.audit import Note, record
from kulanz.infra.ids import new_id
from kulanz.infra.statistics import WORTH_IT_FROM_ROWS, know_your_tables
from kulanz.kernel.acts import Act
from kulanz.kernel.money import Money
from kulanz.kernel.references import normalise
from kulanz.kernel.refusals import NotFound, Refusal
from kulanz.kernel.text import N_
from kulanz.ledger.bank_formats import camt053
from kulanz.ledger.bank_formats.statement import Detail, Statement, balanced
from kulanz.ledger.bank_formats.statement import Entry as StatementEntry
from kulanz.ledger.booking import Entry, Leg, book
from kulanz.ledger.models import BankAccount, BankLine, BankStatement
from kulanz.ledger.states import Book, TransactionKind
from kulanz.parties.api import Account, Brand, house_account


class NotOurBankAccount(Refusal):
    """A statement of an account that is not configured."""

    code = "not_our_bank_account"
    sentence = N_(
        "%(file)s: statement %(statement)s belongs to the bank account %(iban)s, which is not one of ours. "
        "Nothing was imported. Add the account first, or check whether it is the right file."
    )


class StatementDoesNotAddUp(Refusal):
    """Opening plus entries is not closing."""

    code = "statement_does_not_add_up"
    sentence = N_(
        "%(file)s: statement %(statement)s does not add up: opening %(opening)s plus entries %(entries)s "
        "is not closing %(closing)s. Nothing was imported. Ask the bank for the file again."
    )


class UnknownBankFormat(Refusal):
    """The content is no bank file we can read."""

    code = "unknown_bank_format"
    sentence = N_("%(file)s is not a bank file that can be read (camt.053 is). Nothing was imported.")


@dataclass(frozen=True, slots=True)
class ImportedStatement:
    """One statement of a file, as the result shows it."""

    id: UUID
    iban: str
    opening: Money | None
    closing: Money | None
    entries: int
    balanced: bool | None


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """What became of one file: its statements, how many lines were new and how many had come before."""

    file: str
    format: str
    statements: tuple[ImportedStatement, ...]
    new: int
    duplicates: int


# What banks write where a reference is required and they have none: it says nothing about which movement this is.
_NO_REFERENCE = frozenset({"", "NONREF", "NOTPROVIDED", "NOTAVAILABLE"})


@dataclass(frozen=True, slots=True)
class _Movement:
    """A line to be: one detail of one entry, with its fingerprint."""

    entry: StatementEntry
    detail: Detail
    fingerprint: str
    position: int


@transaction.atomic
def import_bank_file(act: Act, *, brand: Brand, name: str, content: bytes, any_account: bool = False) -> ImportedFile:
    """Take in one bank file: lines land on the house account, bank against suspense. Matching is a second step.

    `any_account` also takes accounts that are not configured (for trials). Raises UnreadableBankFile,
    UnknownBankFormat, NotOurBankAccount or StatementDoesNotAddUp; nothing of the file is imported then.
    """
    if not camt053.sniff(content[:4096]):
        raise UnknownBankFormat(file=name)
    digest = hashlib.sha256(content).hexdigest()
    house = house_account(brand)
    unnamed: Counter[str] = Counter()
    imported: list[ImportedStatement] = []
    new = duplicates = 0
    for statement in camt053.read(BytesIO(content), name=name):
        _refuse_wrong_sums(name, statement)
        bank_account = _bank_account(brand, name, statement, any_account=any_account)
        movements = list(_movements(bank_account, statement, unnamed))
        fresh = _not_yet_imported(movements)
        row = _keep_statement(
            act, bank_account, statement, name=name, digest=digest, movements=movements, new=len(fresh)
        )
        _keep_lines(act, house, bank_account, row, fresh)
        new += len(fresh)
        duplicates += len(movements) - len(fresh)
        imported.append(
            ImportedStatement(row.pk, bank_account.iban, row.opening, row.closing, len(statement.entries), row.balanced)
        )
    if new >= WORTH_IT_FROM_ROWS:
        know_your_tables("ledger_bankline", "ledger_transaction", "ledger_posting")
    record(
        act,
        [Note("bank file imported", "ledger.bankstatement", s.id, house.pk, {"file": name}) for s in imported],
    )
    return ImportedFile(name, "camt.053", tuple(imported), new, duplicates)


def _refuse_wrong_sums(name: str, statement: Statement) -> None:
    if balanced(statement) is False:
        raise StatementDoesNotAddUp(
            file=name,
            statement=statement.statement_id,
            opening=statement.opening,
            closing=statement.closing,
            entries=Money.total((e.amount for e in statement.entries), statement.currency),
        )


def _bank_account(brand: Brand, name: str, statement: Statement, *, any_account: bool) -> BankAccount:
    """The configured account, locked so that two imports of one account follow each other."""
    iban = normalise(statement.account_iban or statement.account_other_id or "")
    if any_account and iban:
        BankAccount.objects.get_or_create(
            iban=iban,
            defaults={
                "brand": brand,
                "holder": brand.legal_name,
                "currency": statement.currency,
                "on_trial": True,
            },
        )
    found = BankAccount.objects.select_for_update().filter(iban=iban).first()
    if found is None:
        raise NotOurBankAccount(file=name, statement=statement.statement_id, iban=iban or "?")
    return found


def _movements(bank_account: BankAccount, statement: Statement, unnamed: Counter[str]) -> Iterable[_Movement]:
    """The lines of a statement, each with the fingerprint by which it is known again.

    An entry the bank has given a reference is the same one in every statement. One without is known again only when
    this very statement comes again: the same amount from the same payer in the next statement is another payment.
    `unnamed` counts these over the whole file, so that equal ones in it stay apart; equal details under one reference
    are told apart within their statement.
    """
    named: Counter[str] = Counter()
    identity = "|".join(str(part) for part in (statement.statement_id, statement.opening, statement.closing))
    position = 0
    for entry in statement.entries:
        for detail in entry.details:
            if not detail.amount:
                continue  # information lines without a movement
            position += 1
            content = "|".join(
                (
                    bank_account.iban,
                    str(entry.booked_on or entry.value_on),
                    str(detail.amount.cents),
                    detail.amount.currency,
                    entry.bank_reference or "",
                    detail.end_to_end_id or "",
                    detail.counterparty_name or "",
                    detail.counterparty_iban or "",
                    detail.remittance or "",
                )
            )
            seen = named
            if (entry.bank_reference or "").upper() in _NO_REFERENCE:
                seen, content = unnamed, f"{content}|{identity}"
            occurrence = seen[content]
            seen[content] += 1
            fingerprint = hashlib.sha256(f"{content}|{occurrence}".encode()).hexdigest()
            yield _Movement(entry, detail, fingerprint, position)


def _not_yet_imported(movements: Sequence[_Movement]) -> list[_Movement]:
    known = set(
        BankLine.objects.filter(fingerprint__in=[m.fingerprint for m in movements]).values_list(
            "fingerprint", flat=True
        )
    )
    return [m for m in movements if m.fingerprint not in known]


def _keep_statement(
    act: Act,
    bank_account: BankAccount,
    statement: Statement,
    *,
    name: str,
    digest: str,
    movements: Sequence[_Movement],
    new: int,
) -> BankStatement:
    return BankStatement.objects.create(
        bank_account=bank_account,
        statement_id=statement.statement_id[:80],
        file_name=name[-200:],
        file_sha256=digest,
        format="camt.053",
        from_on=statement.from_on,
        to_on=statement.to_on,
        opening_cents=None if statement.opening is None else statement.opening.cents,
        closing_cents=None if statement.closing is None else statement.closing.cents,
        currency=statement.currency,
        entries=len(movements),
        new_lines=new,
        balanced=balanced(statement),
        imported_at=act.at,
        imported_by=act.by.name,
    )


def _keep_lines(
    act: Act,
    house: Account,
    bank_account: BankAccount,
    statement: BankStatement,
    movements: Sequence[_Movement],
) -> None:
    lines = [
        BankLine(
            id=new_id(),
            statement=statement,
            bank_account=bank_account,
            account=house,
            fingerprint=m.fingerprint,
            position=m.position,
            booked_on=m.entry.booked_on or m.entry.value_on or act.on,
            value_on=m.entry.value_on,
            amount_cents=m.detail.amount.cents,
            currency=m.detail.amount.currency,
            payer_name=(m.detail.counterparty_name or "")[:200],
            payer_iban=normalise(m.detail.counterparty_iban or "")[:40],
            end_to_end_id=(m.detail.end_to_end_id or "")[:60],
            creditor_reference=normalise(m.detail.creditor_reference or "")[:40],
            remittance=m.detail.remittance or "",
            bank_reference=(m.entry.bank_reference or "")[:60],
            return_code=(m.detail.return_code or "")[:8],
            reversal=m.entry.reversal,
            details_incomplete=m.detail.details_incomplete,
        )
        for m in movements
    ]
    BankLine.objects.bulk_create(lines, batch_size=2_000)
    book(
        act,
        [
            Entry(
                key=f"bankline:{line.fingerprint}",
                account_id=house.pk,
                kind=TransactionKind.BANK_LINE,
                on=line.booked_on,
                currency=line.currency,
                text=(line.payer_name or line.remittance)[:200],
                legs=(Leg(Book.BANK, line.amount_cents), Leg(Book.SUSPENSE, -line.amount_cents)),
            )
            for line in lines
        ],
    )


def bank_lines() -> QuerySet[BankLine]:
    """Lines with what the list shows, newest first."""
    return BankLine.objects.select_related("bank_account").order_by("-booked_on", "-id")


def find_bank_line(line_id: UUID) -> BankLine:
    """By id. Raises NotFound."""
    line = BankLine.objects.select_related("bank_account").filter(pk=line_id).first()
    if line is None:
        raise NotFound(reference=str(line_id))
    return line


@transaction.atomic
def configure_bank_account(
    act: Act,
    *,
    brand: Brand,
    iban: str,
    holder: str,
    bic: str = "",
    bank_name: str = "",
    currency: str = "EUR",
) -> BankAccount:
    """One of our own accounts. Known again by its IBAN; one taken in only for a trial becomes ours in earnest, and
    what has come in on it may be booked from now on."""
    account, created = BankAccount.objects.get_or_create(
        iban=normalise(iban),
        defaults={"brand": brand, "holder": holder, "bic": bic, "bank_name": bank_name, "currency": currency},
    )
    if account.on_trial:
        account.brand, account.holder, account.currency = brand, holder, currency
        account.bic, account.bank_name, account.on_trial = bic, bank_name, False
        account.save()
        created = True
    if created:
        record(act, [Note("configured", "ledger.bankaccount", account.pk)])
    return account


def receiving_account(brand: Brand, currency: str = "EUR") -> BankAccount:
    """The account customers are asked to pay to. Raises NotFound where none is configured."""
    found = BankAccount.objects.filter(brand=brand, currency=currency, on_trial=False).order_by("id").first()
    if found is None:
        raise NotFound(reference=f"bank account in {currency}")
    return found
