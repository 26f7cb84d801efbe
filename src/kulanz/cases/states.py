"""Topics, events and states of cases and promises."""

from __future__ import annotations

from enum import StrEnum

from kulanz.kernel.states import StateMachine
from kulanz.kernel.text import N_


class Topic(StrEnum):
    """What a concern is about, in the words of the person who has it."""

    BILL = "bill"
    NOT_MINE = "not_mine"
    BLOCKED = "blocked"
    ORDER = "order"
    COMPLAINT = "complaint"
    WITHDRAWAL = "withdrawal"
    RETURN = "return"
    REFUND = "refund"
    CANCELLATION = "cancellation"
    SUSPICIOUS = "suspicious"
    OTHER = "other"


class CaseState(StrEnum):
    """Waiting means: for the person who wrote."""

    OPEN = "open"
    WAITING = "waiting"
    CLOSED = "closed"


class PromiseState(StrEnum):
    """A promise is kept, or it was broken, and then somebody knows."""

    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"


class EventKind(StrEnum):
    """What can happen in a case."""

    OPENED = "opened"
    WRITTEN = "written"
    ANSWERED = "answered"
    NOTED = "noted"
    FILE_ADDED = "file_added"
    PROMISED = "promised"
    PROMISE_KEPT = "promise_kept"
    PROMISE_BROKEN = "promise_broken"
    TAKEN = "taken"
    CLOSED = "closed"
    REOPENED = "reopened"


CASE = StateMachine(
    initial=CaseState.OPEN,
    moves={
        CaseState.OPEN: frozenset({CaseState.WAITING, CaseState.CLOSED}),
        CaseState.WAITING: frozenset({CaseState.OPEN, CaseState.CLOSED}),
        CaseState.CLOSED: frozenset({CaseState.OPEN}),
    },
)
PROMISE = StateMachine(
    initial=PromiseState.OPEN,
    moves={
        PromiseState.OPEN: frozenset({PromiseState.KEPT, PromiseState.BROKEN}),
        PromiseState.BROKEN: frozenset({PromiseState.KEPT}),
    },
)

TOPIC_NAMES = {
    Topic.BILL: N_("A bill, a reminder or a payment"),
    Topic.NOT_MINE: N_("I am billed for something I never ordered"),
    Topic.BLOCKED: N_("My account is blocked"),
    Topic.ORDER: N_("An order or a delivery"),
    Topic.COMPLAINT: N_("Something is broken, wrong or missing"),
    Topic.WITHDRAWAL: N_("I withdraw from a contract"),
    Topic.RETURN: N_("I want to send something back"),
    Topic.REFUND: N_("A refund has not arrived"),
    Topic.CANCELLATION: N_("I want to cancel"),
    Topic.SUSPICIOUS: N_("A suspicious call, message or letter"),
    Topic.OTHER: N_("Something else"),
}
CASE_STATE_NAMES = {
    CaseState.OPEN: N_("in progress"),
    CaseState.WAITING: N_("waiting for you"),
    CaseState.CLOSED: N_("closed"),
}
EVENT_NAMES = {
    EventKind.OPENED: N_("Concern received"),
    EventKind.WRITTEN: N_("Message received"),
    EventKind.ANSWERED: N_("Answer sent"),
    EventKind.NOTED: N_("Internal note"),
    EventKind.FILE_ADDED: N_("File added"),
    EventKind.PROMISED: N_("Promised"),
    EventKind.PROMISE_KEPT: N_("Promise kept"),
    EventKind.PROMISE_BROKEN: N_("Promise not kept in time"),
    EventKind.TAKEN: N_("Taken over"),
    EventKind.CLOSED: N_("Closed"),
    EventKind.REOPENED: N_("Opened again"),
}
# What the person who wrote does not see on his timeline.
INTERNAL_EVENTS = frozenset({EventKind.NOTED, EventKind.TAKEN})
