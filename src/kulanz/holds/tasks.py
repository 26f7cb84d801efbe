"""Work of the worker about holds."""

from __future__ import annotations

from procrastinate.contrib.django import app

from kulanz.holds.placing import lift_expired
from kulanz.kernel import clock
from kulanz.kernel.acts import by_system


@app.periodic(cron="7 * * * *")
@app.task(name="holds.lift_expired", queueing_lock="holds.lift_expired")
def lift_expired_holds(timestamp: int) -> None:
    """Every hour: security holds that nobody confirmed, and those whose end has come."""
    lift_expired(by_system(clock.now(), "hourly sweep"))
