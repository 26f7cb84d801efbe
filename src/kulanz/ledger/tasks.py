"""Work of the worker about the books."""

from __future__ import annotations

from django.conf import settings
from procrastinate.contrib.django import app

from kulanz.kernel import clock
from kulanz.kernel.acts import by_system
from kulanz.ledger.bank_folder import take_in_folder
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


@app.periodic(cron="* * * * *")
@app.task(name="ledger.take_in_bank_folder", queueing_lock="ledger.take_in_bank_folder", lock="ledger.bank_folder")
def take_in_bank_folder(timestamp: int) -> None:
    """Every minute: bank files that somebody, or the bank's own program, has laid into the watched folder."""
    folder = settings.CONFIG.bank_folder
    if folder is not None:
        take_in_folder(by_system(clock.now(), "bank folder"), folder)
