"""How a call ends when it does not end well: an exit code and a sentence, never a traceback."""

from __future__ import annotations

import errno
import logging
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

import typer

from kulanz.cli.output import Exit, Printer
from kulanz.kernel.refusals import Refusal, Trouble

# Refusals that say that the program cannot run here and now. All others are about what was given to it.
_CANNOT_RUN = frozenset(
    {
        "already_running",
        "process_not_started",
        "unreadable_settings",
        "unreadable_law_signatures",
        "port_taken",
        "address_refused",
        "demo_stays_home",
        "not_a_demo",
        "database_out_of_reach",
        "database_not_ready",
        "scratch_database_refused",
        "no_database_yet",
        "no_embedded_database",
        "no_embedded_database_here",
        "no_account_for_database",
        "data_folder_not_writable",
        "data_folder_out_of_reach",
        "data_folder_of_another_account",
        "database_programs_not_found",
        "database_programs_too_old",
        "database_of_older_version",
        "database_newer_than_programs",
        "database_old_programs_not_found",
        "database_socket_folder_taken",
    }
)
# Refusals of a value that could never be right, whatever the books say.
_WRONG_USAGE = frozenset(
    {
        "unknown_mapping",
        "unknown_law_function",
        "unknown_law_argument",
        "missing_law_argument",
        "unreadable_law_argument",
        "unknown_federal_state",
    }
)


@contextmanager
def ending_well(printer: Printer) -> Iterator[None]:
    """Turn whatever a verb raises into an exit code and a sentence."""
    try:
        yield
    except KeyboardInterrupt:
        raise typer.Exit(Exit.INTERRUPTED) from None
    except Refusal as refusal:
        printer.print_failure(refusal.code, sentence_of(refusal))
        raise typer.Exit(exit_of(refusal)) from None
    except Trouble as trouble:
        printer.print_failure("trouble", str(trouble))
        raise typer.Exit(Exit.CANNOT_RUN) from None
    except Exception as error:
        if _is_for_the_shell(error):
            raise
        _show_traceback()
        code, sentence = explain(error)
        printer.print_failure(code, sentence)
        raise typer.Exit(Exit.CANNOT_RUN) from None


def exit_of(refusal: Refusal) -> Exit:
    """Which of the numbers a refusal means."""
    if refusal.code in _WRONG_USAGE:
        return Exit.WRONG_USAGE
    return Exit.CANNOT_RUN if refusal.code in _CANNOT_RUN else Exit.FOUND_WRONG


def sentence_of(refusal: Refusal) -> str:
    """In the reader's language where Django is ready, in English where it could not even start."""
    from django.apps import apps

    if not apps.ready:
        return refusal.english
    from kulanz.ui.refusals import say

    return say(refusal)


def said(phrase: str) -> str:
    """A note of a result in the reader's language."""
    from kulanz.ui.refusals import say_phrase

    return say_phrase(phrase)


def debugging() -> bool:
    """Whether somebody who looks for a mistake in the program wants to see it."""
    return os.environ.get("KULANZ_DEBUG", "").lower() in {"1", "true", "yes"}


def _is_for_the_shell(error: Exception) -> bool:
    """Wrong usage and chosen exits are typer's; a reader that went away (`| head`) is nobody's mistake."""
    if isinstance(error, OSError):
        return error.errno == errno.EPIPE
    return isinstance(error, typer.Exit | typer.Abort | typer.BadParameter)


def _show_traceback() -> None:
    if debugging():
        traceback.print_exc(file=sys.stderr)


def explain(error: Exception) -> tuple[str, str]:
    """The world's failures by name; everything else is a mistake of ours and goes to the log."""
    import psycopg
    import psycopg_pool
    from django.db import InterfaceError, OperationalError

    unreachable = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg_pool.PoolTimeout)
    if isinstance(error, unreachable):
        said = " ".join(str(error).split()) or type(error).__name__
        return "database_trouble", f"The database did not do what was asked: {said}"
    if isinstance(error, OSError):
        where = f": {error.filename}" if error.filename else ""
        return "file_trouble", f"{error.strerror or error}{where}"
    log = _note_bug(error)
    place = f" The details are in {log}." if log else " Set KULANZ_DEBUG=1 to see the details."
    return "internal_error", f"Internal error ({type(error).__name__}). What was begun was taken back.{place}"


def _note_bug(error: Exception) -> Path | None:
    """Append the traceback to the log, if there is a place for it."""
    from kulanz.infra import config
    from kulanz.infra.logs import JsonFormatter

    record = logging.LogRecord("kulanz.cli", logging.ERROR, "", 0, "internal error", None, _exc_info(error))
    try:
        path = config.load().data_dir / "log" / "kulanz.log"
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as log:
            record.created = datetime.now(UTC).timestamp()
            log.write(JsonFormatter().format(record) + "\n")
    except (OSError, Refusal):
        return None
    return path


def _exc_info(error: Exception) -> tuple[type[BaseException], BaseException, TracebackType | None]:
    return (type(error), error, error.__traceback__)
