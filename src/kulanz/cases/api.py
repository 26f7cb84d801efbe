"""The door of the room."""

from kulanz.cases.desk_work import (
    Concern,
    NothingSaid,
    add_file,
    answer,
    break_overdue_promises,
    cases_of,
    close,
    find_case,
    keep_promise,
    make_promise,
    note,
    open_case,
    open_cases,
    take,
)
from kulanz.cases.models import Case, CaseEvent, Promise
from kulanz.cases.rules import answer_by
from kulanz.cases.states import (
    CASE,
    CASE_STATE_NAMES,
    EVENT_NAMES,
    INTERNAL_EVENTS,
    PROMISE,
    TOPIC_NAMES,
    CaseState,
    EventKind,
    PromiseState,
    Topic,
)
from kulanz.cases.verify import CHECKS
from kulanz.cases.words import event_words

__all__ = [
    "CASE",
    "CASE_STATE_NAMES",
    "CHECKS",
    "EVENT_NAMES",
    "INTERNAL_EVENTS",
    "PROMISE",
    "TOPIC_NAMES",
    "Case",
    "CaseEvent",
    "CaseState",
    "Concern",
    "EventKind",
    "NothingSaid",
    "Promise",
    "PromiseState",
    "Topic",
    "add_file",
    "answer",
    "answer_by",
    "break_overdue_promises",
    "cases_of",
    "close",
    "event_words",
    "find_case",
    "keep_promise",
    "make_promise",
    "note",
    "open_case",
    "open_cases",
    "take",
]
