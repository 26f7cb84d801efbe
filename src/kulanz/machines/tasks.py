"""Work of the worker for the machine door."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from procrastinate.contrib.django import app

from kulanz.kernel import clock
from kulanz.machines.knocking import deliver, due


@app.task(name="machines.deliver_webhooks", queue="webhooks")
def deliver_webhooks(delivery_ids: list[str]) -> None:
    """Knock at the endpoints of these deliveries."""
    _deliver_each(UUID(delivery_id) for delivery_id in delivery_ids)


@app.periodic(cron="* * * * *")
@app.task(name="machines.retry_webhooks", queue="webhooks", queueing_lock="machines.retry_webhooks")
def retry_webhooks(timestamp: int) -> None:
    """Every minute: what is due for another attempt."""
    _deliver_each(due(clock.now()))


def _deliver_each(delivery_ids: Iterable[UUID]) -> None:
    silent: set[UUID] = set()
    for delivery_id in delivery_ids:
        # The clock is read for each: a round may take minutes, and receivers refuse an old signature.
        deliver(delivery_id, at=clock.now(), silent=silent)
