"""What an explanation is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from kulanz.kernel.clock import berlin_day
from kulanz.kernel.money import Money


class Step(StrEnum):
    """What a person can do now; doors know where each leads."""

    PAY = "pay"
    OBJECT = "object"
    ADD_PROOF = "add_proof"
    ASK = "ask"
    WAIT = "wait"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that happened: when, what it is called, the sentence about it, the amount where there is one.

    `internal` facts are for colleagues only. `reference` leads to the thing itself.
    """

    at: datetime
    title: str
    text: str = ""
    amount: Money | None = None
    reference: str = ""
    theirs: bool = False
    internal: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            "on": berlin_day(self.at).isoformat(),
            "title": self.title,
            "text": self.text,
            "amount": None if self.amount is None else self.amount.as_json(),
            "reference": self.reference or None,
        }


@dataclass(frozen=True, slots=True)
class NextStep:
    """What can be done, in words."""

    step: Step
    text: str

    def as_json(self) -> dict[str, str]:
        return {"step": self.step.value, "text": self.text}


@dataclass(frozen=True, slots=True)
class Explanation:
    """The story of one thing, in the active language. `credited` is what we took back of a claim."""

    kind: str
    reference: str
    sentence: str
    facts: tuple[Fact, ...]
    next_steps: tuple[NextStep, ...]
    credited: Money | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "reference": self.reference,
            "sentence": self.sentence,
            "facts": [fact.as_json() for fact in self.facts],
            "next_steps": [step.as_json() for step in self.next_steps],
        }
