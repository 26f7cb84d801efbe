"""How far the making of the sample shop has come: a bar per step, on a terminal only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from kulanz.demo.building import Progress as Tell
from kulanz.kernel.text import N_

STEPS = {
    "orders": N_("Orders of a real shop"),
    "payments": N_("Bank files of the past months"),
    "reminders": N_("Reminders and hand-overs"),
    "messages": N_("Letters and mails"),
}


@contextmanager
def shown(given: Tell | None) -> Iterator[Tell]:
    """The listener somebody brought, or bars on standard error."""
    if given is not None:
        yield given
        return
    console = Console(stderr=True)
    columns = (TextColumn("{task.description:<32}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:
        tasks = {}

        def tell(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(gettext(STEPS[step]), total=total)
            bars.update(tasks[step], completed=done, total=total)

        yield tell
