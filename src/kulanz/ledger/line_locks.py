"""The locks of bank lines, taken after those of the accounts, in one order."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from kulanz.ledger.models import BankLine


def locked_lines(line_ids: Iterable[UUID]) -> list[BankLine]:
    """Lock these bank lines in id order for the rest of the transaction; each as it is now."""
    ids = set(line_ids)
    return list(BankLine.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))
