"""Work of the worker about the books."""

from __future__ import annotations

from procrastinate.contrib.django import app

from kulanz.kernel import clock
from kulanz.kernel.acts import by_system
from kulanz.ledger.matching import match
from kulanz.ledger.taking_in import book_what_went_out


@app.periodic(cron="*/10 * * * *")
@app.task(name="ledger.match_unexplained", queueing_lock="ledger.match_unexplained")
def match_unexplained(timestamp: int) -> None:
    """Every ten minutes: a payment that came before its invoice, or that a crash has left, must not wait while the
    customer is reminded of what he has paid."""
    act = by_system(clock.now(), "waiting payments")
    match(act)
    book_what_went_out(act)
