"""Jobs are rows written in the business transaction: a rollback drops them, a crash loses none.

Rooms declare tasks in `tasks.py` with `@app.task(...)` and enqueue them with `defer`. Jobs may run twice after a
crash, so every task looks at the state of its row first; what must not happen twice silently goes to a person instead.
"""

from __future__ import annotations

import asyncio
import copy
import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

import psycopg
from django.core.management import call_command
from procrastinate import App, JobContext, PsycopgConnector
from procrastinate.contrib.django import app, procrastinate_app
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException
from procrastinate.manager import JobManager
from procrastinate.periodic import PeriodicRegistry

log = logging.getLogger("kulanz.jobs")

STALLED_AFTER = timedelta(minutes=5)
RESTART_AFTER_SECONDS = 5.0


@app.periodic(cron="*/5 * * * *")
@app.task(name="infra.retry_stalled", queueing_lock="infra.retry_stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:
    """Jobs whose worker died are given to another one."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER.total_seconds()):
        await manager.retry_job(job)
        log.warning("stalled job retried", extra={"facts": {"job": job.id, "task": job.task_name}})


@app.periodic(cron="20 3 * * *")
@app.task(name="infra.clear_sessions", queueing_lock="infra.clear_sessions")
def clear_sessions(timestamp: int) -> None:
    """Every night: sessions that have ended are forgotten."""
    call_command("clearsessions")


def run_worker(*, wait: bool = True, concurrency: int = 2) -> None:
    """Work off the queue: until SIGINT or SIGTERM, or with `wait=False` until it is empty.

    Works in any thread; signals reach it in the main one only. Without `wait` the clock starts nothing: only what
    was enqueued is done, and trouble with the database is raised. With it, the worker tries again until it is stopped.
    """
    # The loop on every platform that the database driver can work with.
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        runner.run(_until_stopped(concurrency) if wait else _until_empty(concurrency))


async def _until_empty(concurrency: int) -> None:
    """Again until a round changes nothing: a job may have enqueued another after the worker looked for the last one.

    What is then left is for later, or waits for a lock.
    """
    worker_app = _worker_app(periodic=False)
    left: set[int | None] | None = None
    async with worker_app.open_async():
        while True:
            await _work(worker_app, wait=False, concurrency=concurrency)
            still = {job.id for job in await worker_app.job_manager.list_jobs_async(status="todo")}
            if not still or still == left:
                return
            left = still


async def _until_stopped(concurrency: int) -> None:
    """Outlive a database that restarts: a worker that ended silently would leave every message unsent."""
    with _cancelled_by_signals(), suppress(asyncio.CancelledError):
        while True:
            worker_app = _worker_app(periodic=True)
            try:
                async with worker_app.open_async():
                    await _work(worker_app, wait=True, concurrency=concurrency)
            except (ConnectorException, psycopg.OperationalError) as error:
                log.warning("the worker lost the database", extra={"facts": {"error": str(error)}})
            await asyncio.sleep(RESTART_AFTER_SECONDS)


async def _work(worker_app: App, *, wait: bool, concurrency: int) -> None:
    await worker_app.run_worker_async(
        wait=wait,
        concurrency=concurrency,
        install_signal_handlers=False,
        listen_notify=wait,
        # What was done is told by the rows it was done to; what failed stays to be looked at.
        delete_jobs="successful",
    )


def _worker_app(*, periodic: bool) -> App:
    """The app as the worker sees it: with connections of its own to fetch jobs and to listen.

    The tasks keep Django's connection. Were it replaced for them too, a job enqueued by a task would be written
    outside the task's transaction: it could run before the commit, and would outlive a rollback.
    """
    worker_app = copy.copy(procrastinate_app.current_app)
    worker_app.connector = PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=4)
    worker_app.job_manager = JobManager(worker_app.connector)
    worker_app.periodic_registry = PeriodicRegistry()  # type: ignore[no-untyped-call]  # theirs has no annotation
    if periodic:
        _register_periodic(worker_app)
    return worker_app


def _register_periodic(worker_app: App) -> None:
    """The same clockwork, enqueued over the worker's connections, which survive a restart of the database."""
    for known in app.periodic_registry.periodic_tasks.values():
        task = copy.copy(known.task)
        task.blueprint = worker_app
        worker_app.periodic_registry.register_task(
            task=task, cron=known.cron, periodic_id=known.periodic_id, configure_kwargs=known.configure_kwargs
        )


@contextmanager
def _cancelled_by_signals() -> Iterator[None]:
    """SIGINT and SIGTERM end the work in progress in good order: running jobs are finished, no new one is taken."""
    working = asyncio.current_task()
    assert working is not None
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM)
    # Windows has no signal handlers in the loop; there Ctrl-C ends the worker as any program.
    with suppress(NotImplementedError):
        for number in signals:
            loop.add_signal_handler(number, working.cancel)
    try:
        yield
    finally:
        with suppress(NotImplementedError):
            for number in signals:
                loop.remove_signal_handler(number)
