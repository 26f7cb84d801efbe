"""Facts about holds."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from kulanz.kernel.events import Event


@dataclass(frozen=True, slots=True)
class HoldsPlaced(Event):
    """A person has released these holds; they restrict from now on."""

    hold_ids: frozenset[UUID]
    account_ids: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class HoldsLifted(Event):
    """These holds have ended."""

    hold_ids: frozenset[UUID]
    account_ids: frozenset[UUID]
