"""One step behind: the database writes the last thousand rows while the program reads the next.

Reading keeps one processor busy and writing another; done in turn, each waits for the other. There is one connection
and one transaction, and never two at work on them: a step is handed over only when the one before it is done.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from types import TracebackType


class OneStepBehind:
    """Does steps in their order, each beside whatever the caller does meanwhile.

    While a step may be running, the caller leaves the connection alone: he calls `wait` first.
    """

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="bank-intake")
        self._running: Future[None] | None = None

    def hand_over(self, step: Callable[[], None]) -> None:
        """Begin `step` once the one before it has ended. Raises what that one raised."""
        self.wait()
        self._running = self._executor.submit(step)

    def wait(self) -> None:
        """Until nothing is at work. Raises what the last step raised."""
        running, self._running = self._running, None
        if running is not None:
            running.result()

    def __enter__(self) -> OneStepBehind:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        # Whatever has gone wrong, nobody else touches the connection before the step has ended.
        try:
            if kind is None:
                self.wait()
            else:
                with suppress(Exception):
                    self.wait()
        finally:
            self._executor.shutdown()
