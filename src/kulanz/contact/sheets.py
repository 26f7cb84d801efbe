"""A sheet: what a message says, typed, in the recipient's language, before it becomes a mail or a letter.

It is stored with the message as JSON, so that what was queued in the business transaction is what leaves later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kulanz.contact.letters.sheet import Payment, Table
from kulanz.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Subject and text of one message. `paragraphs` begin with the salutation; then the sentence that matters."""

    subject: str
    paragraphs: tuple[str, ...]
    reference_lines: tuple[tuple[str, str], ...] = ()
    table: Table | None = None
    after_table: tuple[str, ...] = ()
    payment: Payment | None = None
    links: tuple[tuple[str, str], ...] = ()


def to_json(sheet: Sheet) -> dict[str, Any]:
    """Plain JSON values."""
    return {
        "subject": sheet.subject,
        "paragraphs": list(sheet.paragraphs),
        "reference_lines": [list(line) for line in sheet.reference_lines],
        "table": None if sheet.table is None else _table_to_json(sheet.table),
        "after_table": list(sheet.after_table),
        "payment": None if sheet.payment is None else _payment_to_json(sheet.payment),
        "links": [list(link) for link in sheet.links],
    }


def from_json(stored: Mapping[str, Any]) -> Sheet:
    """What `to_json` wrote."""
    return Sheet(
        subject=stored["subject"],
        paragraphs=tuple(stored["paragraphs"]),
        reference_lines=tuple((label, value) for label, value in stored["reference_lines"]),
        table=None if stored["table"] is None else _table_from_json(stored["table"]),
        after_table=tuple(stored["after_table"]),
        payment=None if stored["payment"] is None else _payment_from_json(stored["payment"]),
        links=tuple((label, url) for label, url in stored["links"]),
    )


def _table_to_json(table: Table) -> dict[str, Any]:
    return {
        "header": list(table.header),
        "rows": [list(row) for row in table.rows],
        "numeric_columns": sorted(table.numeric_columns),
        "total": None if table.total is None else list(table.total),
    }


def _table_from_json(stored: Mapping[str, Any]) -> Table:
    return Table(
        header=tuple(stored["header"]),
        rows=tuple(tuple(row) for row in stored["rows"]),
        numeric_columns=frozenset(stored["numeric_columns"]),
        total=None if stored["total"] is None else tuple(stored["total"]),
    )


def _payment_to_json(payment: Payment) -> dict[str, Any]:
    return {
        "creditor_name": payment.creditor_name,
        "iban": payment.iban,
        "bic": payment.bic,
        "cents": payment.amount.cents,
        "currency": payment.amount.currency,
        "reference": payment.reference,
        "due_on": None if payment.due_on is None else payment.due_on.isoformat(),
    }


def _payment_from_json(stored: Mapping[str, Any]) -> Payment:
    return Payment(
        creditor_name=stored["creditor_name"],
        iban=stored["iban"],
        bic=stored["bic"],
        amount=Money(stored["cents"], stored["currency"]),
        reference=stored["reference"],
        due_on=None if stored["due_on"] is None else date.fromisoformat(stored["due_on"]),
    )
