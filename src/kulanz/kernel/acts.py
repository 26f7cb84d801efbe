"""An act: who does something, when, and why. Every verb takes it first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from kulanz.kernel.clock import berlin_day


class ActorKind(StrEnum):
    """Who acts. Only a PERSON may restrict a person; a RULE may always lift."""

    PERSON = "person"
    RULE = "rule"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts. `name` is what people read; `user_id` is set for people with a login."""

    kind: ActorKind
    name: str
    user_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """Who, when, why. `at` is a moment in UTC; `on` its legal day in Germany."""

    by: Actor
    at: datetime
    why: str

    @property
    def on(self) -> date:
        return berlin_day(self.at)

    def as_rule(self, rule: str) -> Act:
        """The same moment, acted by a named rule: what follows from a person's act without his doing."""
        return Act(Actor(ActorKind.RULE, rule), self.at, self.why)


def by_system(at: datetime, why: str, *, name: str = "kulanz") -> Act:
    """An act of the machinery itself: imports, sweeps, the demo."""
    return Act(Actor(ActorKind.SYSTEM, name), at, why)


def by_person(name: str, at: datetime, why: str, *, user_id: UUID | None = None) -> Act:
    """An act of a human being."""
    return Act(Actor(ActorKind.PERSON, name, user_id), at, why)
