"""What a bank only tells during the day (camt.052, camt.054, MT942): kept to be shown, and to explain a batch.

The money comes with the statement of the finished day. Booking both would book it twice; booking only the notice would
book what the bank may still take back. So a notice is no money, unless the account is configured to have no statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from django.db import connection
from django.db.models import Max, QuerySet

from kulanz.infra.ids import new_id
from kulanz.kernel.money import Money
from kulanz.ledger.bank_formats.statement import Detail, Entry
from kulanz.ledger.bank_intake.rows import LINE_COLUMNS, Movement, content_key, is_telling, line_values
from kulanz.ledger.models import AnnouncedLine, BankAccount, BankLine, BankStatement

_COLUMNS = ("id", "statement_id", "bank_account_id", "entry_cents", *LINE_COLUMNS)


def keep_announced(statement_id: UUID, bank_account_id: UUID, told: Iterable[Movement]) -> None:
    """Write down what an interim report tells."""
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(f"COPY ledger_announcedline ({', '.join(_COLUMNS)}) FROM STDIN") as copy,
    ):
        for movement in told:
            entry_cents = movement.entry.amount.cents
            copy.write_row((new_id(), statement_id, bank_account_id, entry_cents, *line_values(movement)))


def announced_lines(bank_account: BankAccount) -> QuerySet[AnnouncedLine]:
    """What the bank has told and no statement has brought yet, newest first."""
    brought = BankStatement.objects.filter(bank_account=bank_account, announced=0)
    last_on = brought.aggregate(last=Max("last_on"))["last"]
    lines = AnnouncedLine.objects.filter(bank_account=bank_account).order_by("-booked_on", "-id")
    return lines if last_on is None else lines.filter(booked_on__gt=last_on)


def explanations(line: BankLine) -> QuerySet[AnnouncedLine]:
    """The payments the bank has announced for a batch that came as one sum, also where the notice came later."""
    lines = AnnouncedLine.objects.none()
    if line.details_incomplete and is_telling(line.bank_reference):
        lines = AnnouncedLine.objects.filter(
            bank_account_id=line.bank_account_id,
            bank_reference=line.bank_reference,
            entry_cents=line.amount_cents,
            currency=line.currency,
            details_incomplete=False,
        )
    return lines.order_by("statement_id", "position")


def explained(bank_account: BankAccount, entries: Sequence[Entry], days: Sequence[Movement]) -> list[Entry]:
    """These entries, batches without details split into the payments announced for them.

    Only where the payments come to the entry to the cent, and where the batch is not in the books as one sum already:
    then it stays one, or it would be booked twice. `days` are the entries' movements, in their order.
    """
    unclear = {entry.bank_reference: entry for entry in entries if lacks_details(entry)}
    if not unclear:
        return list(entries)
    parts = _announced_parts(bank_account, unclear.values())
    booked = _booked_as_one(bank_account, [m for m in days if lacks_details(m.entry)])
    return [
        replace(entry, details=parts[entry.bank_reference])
        if entry.bank_reference in parts and lacks_details(entry) and entry.position not in booked
        else entry
        for entry in entries
    ]


def lacks_details(entry: Entry) -> bool:
    """Whether this is a batch of which the bank tells the sum only, under a reference of its own."""
    return len(entry.details) == 1 and entry.details[0].details_incomplete and is_telling(entry.bank_reference)


def _announced_parts(bank_account: BankAccount, unclear: Iterable[Entry]) -> dict[str | None, tuple[Detail, ...]]:
    """By bank reference: the payments announced for it, from the newest notice that explains all of it."""
    amounts = {entry.bank_reference: entry.amount for entry in unclear}
    told: dict[tuple[str, UUID], list[AnnouncedLine]] = {}
    lines = AnnouncedLine.objects.filter(
        bank_account=bank_account, bank_reference__in=[ref[:60] for ref in amounts if ref], details_incomplete=False
    )
    for line in lines.order_by("statement_id", "position"):
        told.setdefault((line.bank_reference, line.statement_id), []).append(line)
    parts: dict[str | None, tuple[Detail, ...]] = {}
    for (reference, _), found in told.items():
        amount = amounts.get(reference)
        if amount is not None and len(found) > 1 and _comes_to(found, amount):
            parts[reference] = tuple(_detail(line) for line in found)
    return parts


def _comes_to(lines: Sequence[AnnouncedLine], amount: Money) -> bool:
    same = {line.currency for line in lines} == {amount.currency}
    one_entry = len({line.entry_position for line in lines}) == 1
    return same and one_entry and sum(line.amount_cents for line in lines) == amount.cents


def _booked_as_one(bank_account: BankAccount, unclear: Sequence[Movement]) -> set[int]:
    """The positions of entries whose undivided sum is in the books."""
    keys = {f"{content_key(bank_account.iban, movement)}:0": movement.entry.position for movement in unclear}
    known = BankLine.objects.filter(fingerprint__in=list(keys)).values_list("fingerprint", flat=True)
    return {keys[fingerprint] for fingerprint in known}


def _detail(line: AnnouncedLine) -> Detail:
    def money(cents: int | None) -> Money | None:
        return None if cents is None else Money(cents, line.currency)

    return Detail(
        amount=line.amount,
        counterparty_name=line.payer_name or None,
        counterparty_iban=line.payer_iban or None,
        counterparty_other_id=line.payer_account or None,
        ultimate_name=line.ultimate_name or None,
        end_to_end_id=line.end_to_end_id or None,
        mandate_id=line.mandate_id or None,
        creditor_reference=line.creditor_reference or None,
        remittance=line.remittance,
        return_code=line.return_code or None,
        original_amount=money(line.original_cents),
        charges=money(line.charges_cents),
        additional_text=line.additional_text,
    )
