"""Jobs are rows written in the business transaction: a rollback drops them, a crash loses none.

Rooms declare tasks in `tasks.py` with `@app.task(...)` and enqueue them here. Jobs may run twice after a crash, so
every task looks at the state of its row first; what must not happen twice silently goes to a person instead.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

from procrastinate.contrib.django import app

log = logging.getLogger("kulanz.jobs")

STALLED_AFTER = timedelta(minutes=5)


@app.periodic(cron="*/5 * * * *")
@app.task(name="infra.retry_stalled", queueing_lock="infra.retry_stalled", pass_context=False)
async def retry_stalled(timestamp: int) -> None:
    """Jobs whose worker died are given to another one."""
    jobs = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER.total_seconds())
    for job in jobs:
        await app.job_manager.retry_job(job)
        log.warning("stalled job retried", extra={"facts": {"job": job.id, "task": job.task_name}})


def run_worker(*, wait: bool = True, concurrency: int = 2) -> None:
    """Work off the queue: until stopped, or with `wait=False` until it is empty."""
    connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]  # Django's connector has it
    with app.replace_connector(connector) as worker_app:
        asyncio.run(
            worker_app.run_worker_async(
                wait=wait, concurrency=concurrency, install_signal_handlers=wait, listen_notify=wait
            )
        )
