"""Finding bank lines: what came in, what nobody has understood yet."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from kulanz.kernel.refusals import NotFound
from kulanz.ledger.models import BankLine


def bank_lines() -> QuerySet[BankLine]:
    """Lines with what the list shows, newest first."""
    return BankLine.objects.select_related("bank_account").order_by("-booked_on", "-id")


def find_bank_line(line_id: UUID) -> BankLine:
    """By id. Raises NotFound."""
    line = BankLine.objects.select_related("bank_account").filter(pk=line_id).first()
    if line is None:
        raise NotFound(reference=str(line_id))
    return line
