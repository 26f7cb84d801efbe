"""Work of the worker about holds."""

from __future__ import annotations

from procrastinate.contrib.django import app

from kulanz.holds.placing import lift_expired
from kulanz.holds.review import review_everybody
from kulanz.kernel import clock
from kulanz.kernel.acts import by_system


@app.periodic(cron="7 * * * *")
@app.task(name="holds.lift_expired", queueing_lock="holds.lift_expired")
def lift_expired_holds(timestamp: int) -> None:
    """Every hour: security holds that nobody confirmed, and those whose end has come."""
    lift_expired(by_system(clock.now(), "hourly sweep"))


@app.periodic(cron="30 2 * * *")
@app.task(name="holds.review_everybody", queueing_lock="holds.review_everybody")
def review_holds(timestamp: int) -> None:
    """Every night: payment holds are compared with the reasons of today."""
    review_everybody(by_system(clock.now(), "nightly review"))
