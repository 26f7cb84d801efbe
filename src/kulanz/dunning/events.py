"""Facts about reminders and collection."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from kulanz.kernel.events import Event


@dataclass(frozen=True, slots=True)
class ClaimsHandedOver(Event):
    """These claims are in the hands of a collector."""

    order_ids: frozenset[UUID]
    claim_ids: frozenset[UUID]
    account_ids: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class NoticesIssued(Event):
    """Reminders went out on these claims."""

    claim_ids: frozenset[UUID]
    account_ids: frozenset[UUID]
