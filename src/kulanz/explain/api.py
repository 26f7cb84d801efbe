"""The door of the room."""

from kulanz.explain.export import export_account
from kulanz.explain.story import Explanation, Fact, NextStep, Step
from kulanz.explain.things import (
    account_sentence,
    claims_behind,
    explain,
    explain_account,
    explain_case,
    explain_claim,
    explain_hold,
    holds_of,
    sentence_of_hold,
)
from kulanz.explain.timeline import of_account as timeline_of_account

__all__ = [
    "Explanation",
    "Fact",
    "NextStep",
    "Step",
    "account_sentence",
    "claims_behind",
    "explain",
    "explain_account",
    "explain_case",
    "explain_claim",
    "explain_hold",
    "export_account",
    "holds_of",
    "sentence_of_hold",
    "timeline_of_account",
]
