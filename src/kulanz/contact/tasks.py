"""Work of the worker: sending."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from uuid import UUID

from django.db import DatabaseError
from procrastinate.contrib.django import app

from kulanz.contact.delivery import deliver, sweep_unsure, waiting
from kulanz.kernel import clock
from kulanz.kernel.acts import by_system

log = logging.getLogger("kulanz.contact")


@app.task(name="contact.deliver_messages", queue="messages")
def deliver_messages(message_ids: list[str]) -> None:
    """Send these messages. Running twice does no harm: each is claimed by state."""
    _deliver_each("outbox", (UUID(message_id) for message_id in message_ids))


@app.periodic(cron="* * * * *")
@app.task(name="contact.sweep", queueing_lock="contact.sweep")
def sweep(timestamp: int) -> None:
    """Every minute: retry what waits, hand what is unsure to a person."""
    act = by_system(clock.now(), "outbox sweep")
    sweep_unsure(act)
    _deliver_each("outbox sweep", waiting(act.at))


def _deliver_each(why: str, message_ids: Iterable[UUID]) -> None:
    for message_id in message_ids:
        try:
            # The clock is read for each: one sent late in a long round must not look as if it had been stuck since
            # the round began.
            deliver(by_system(clock.now(), why), message_id)
        except DatabaseError:
            raise
        except Exception:
            # The oldest message comes first in every round: a bug in it must not keep all others from leaving.
            log.exception("bug while sending", extra={"facts": {"message": str(message_id)}})
