"""By when people get an answer."""

from __future__ import annotations

from datetime import date

from kulanz.kernel.workdays import working_days_after

ANSWER_WORKING_DAYS = 2


def answer_by(opened_on: date) -> date:
    """The day by which a person answers: the second working day."""
    return working_days_after(opened_on, ANSWER_WORKING_DAYS)
