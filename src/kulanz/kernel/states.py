"""A state machine is a table: a lawyer can read it, the docs draw it, tests walk it pair by pair."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from kulanz.kernel.refusals import Refusal
from kulanz.kernel.text import N_

S = TypeVar("S", bound=StrEnum)


class ImpossibleMove(Refusal):
    """The table does not know this step."""

    code = "impossible_move"
    sentence = N_("This cannot go from “%(old)s” to “%(new)s”.")


@dataclass(frozen=True, slots=True)
class StateMachine(Generic[S]):
    """`moves` names every state and where it may go; states with no entry are final."""

    initial: S
    moves: Mapping[S, frozenset[S]]

    def allows(self, old: S, new: S) -> bool:
        return new in self.moves.get(old, frozenset())

    def check(self, old: S, new: S) -> None:
        """Raise ImpossibleMove unless the table has the step."""
        if not self.allows(old, new):
            raise ImpossibleMove(old=str(old), new=str(new))

    def final(self, state: S) -> bool:
        return not self.moves.get(state)
