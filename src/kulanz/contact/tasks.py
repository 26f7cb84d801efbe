"""Work of the worker: sending."""

from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django import app

from kulanz.contact.delivery import deliver, sweep_unsure, waiting
from kulanz.kernel import clock
from kulanz.kernel.acts import by_system


@app.task(name="contact.deliver_messages", queue="messages")
def deliver_messages(message_ids: list[str]) -> None:
    """Send these messages. Running twice does no harm: each is claimed by state."""
    for message_id in message_ids:
        deliver(by_system(clock.now(), "outbox"), UUID(message_id))


@app.periodic(cron="* * * * *")
@app.task(name="contact.sweep", queueing_lock="contact.sweep")
def sweep(timestamp: int) -> None:
    """Every minute: retry what waits, hand what is unsure to a person."""
    act = by_system(clock.now(), "outbox sweep")
    sweep_unsure(act)
    for message_id in waiting():
        deliver(act, message_id)
