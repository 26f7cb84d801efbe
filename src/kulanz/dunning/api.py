"""The door of the room."""

from kulanz.dunning.collectors import admit_clerk, establish_collector, find_collector
from kulanz.dunning.handlers import (
    close_when_reversed,
    close_when_settled,
    pause_when_disputed,
    resume_when_corrected,
    resume_when_decided,
    review_after_pursuing,
    tell_about_lifted,
    tell_about_placed,
)
from kulanz.dunning.mandates import CollectorsMandates
from kulanz.dunning.models import CollectionOrder, Collector, DunningNotice, Pause, Procedure
from kulanz.dunning.pausing import OnlyPeopleEndPauses, PauseEndsWithDecision, end_pause
from kulanz.dunning.pursuing import (
    LevelsMissing,
    NotPursuable,
    OnlyPeopleHandOver,
    hand_over,
    issue_notice,
)
from kulanz.dunning.reasons import OverdueClaims
from kulanz.dunning.reopening import follow_reopened, follow_returned_refunds, tell_about_return_fees
from kulanz.dunning.states import (
    LEVEL_NAMES,
    OrderState,
    ProcedureState,
)
from kulanz.dunning.verify import CHECKS
from kulanz.dunning.words import hold_sentence, invoice_facts, lifting_sentences, payment_for

__all__ = [
    "CHECKS",
    "LEVEL_NAMES",
    "CollectionOrder",
    "Collector",
    "CollectorsMandates",
    "DunningNotice",
    "LevelsMissing",
    "NotPursuable",
    "OnlyPeopleEndPauses",
    "OnlyPeopleHandOver",
    "OrderState",
    "OverdueClaims",
    "Pause",
    "PauseEndsWithDecision",
    "Procedure",
    "ProcedureState",
    "admit_clerk",
    "close_when_reversed",
    "close_when_settled",
    "end_pause",
    "establish_collector",
    "find_collector",
    "follow_reopened",
    "follow_returned_refunds",
    "hand_over",
    "hold_sentence",
    "invoice_facts",
    "issue_notice",
    "lifting_sentences",
    "pause_when_disputed",
    "payment_for",
    "resume_when_corrected",
    "resume_when_decided",
    "review_after_pursuing",
    "tell_about_lifted",
    "tell_about_placed",
    "tell_about_return_fees",
]
