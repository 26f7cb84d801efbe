"""Found by procrastinate's autodiscovery."""

import logging

from procrastinate.contrib.django import app

from kulanz.infra.jobs import clear_sessions, retry_stalled
from kulanz.infra.uploads import KEPT_WITHOUT_A_ROW, sweep_uploads
from kulanz.kernel import clock

log = logging.getLogger("kulanz.jobs")


@app.periodic(cron="40 3 * * *")
@app.task(name="infra.sweep_uploads", queueing_lock="infra.sweep_uploads")
def sweep_stored_files(timestamp: int) -> None:
    """Every night: files of the day before that belong to nothing are forgotten."""
    swept = sweep_uploads(clock.now() - KEPT_WITHOUT_A_ROW)
    if swept:
        log.info("files without a row forgotten", extra={"facts": {"files": swept}})


__all__ = ["clear_sessions", "retry_stalled", "sweep_stored_files"]
