"""Work of the worker about cases."""

from __future__ import annotations

from procrastinate.contrib.django import app

from kulanz.cases.desk_work import break_overdue_promises
from kulanz.kernel import clock
from kulanz.kernel.acts import by_system


@app.periodic(cron="3 * * * *")
@app.task(name="cases.break_overdue_promises", queueing_lock="cases.break_overdue_promises")
def overdue_promises(timestamp: int) -> None:
    """Every hour: what we promised and did not do goes to the top of the desk."""
    break_overdue_promises(by_system(clock.now(), "hourly sweep"))
