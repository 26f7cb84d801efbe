"""The catalogues of translated sentences, compiled in pure Python: nobody needs the system's gettext.

The `.po` file is the source and belongs to the repository; the `.mo` file beside it is what Django reads and
is made here. The same `.po` always gives the same bytes.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

LOCALE = Path(__file__).resolve().parents[1] / "ui" / "locale"

# Babel writes a date into every compiled catalogue; the day of the build must not show in it.
_NO_PARTICULAR_DAY = datetime(2000, 1, 1, tzinfo=UTC)

_log = logging.getLogger(__name__)


def compile_catalogues(locale: Path = LOCALE) -> tuple[Path, ...]:
    """Compile every catalogue below `locale` and say which files were written."""
    return tuple(_compile(source) for source in _sources(locale))


def ensure_compiled(locale: Path = LOCALE) -> None:
    """Compile what is missing or older than its source. Costs two file look-ups when nothing has changed.

    An installation that may not write beside its own code keeps running with the sentences it has: an
    outdated word is no reason to close the house.
    """
    for source in _sources(locale):
        if not _is_outdated(source):
            continue
        try:
            _compile(source)
        except OSError as error:
            _log.warning("translations are not up to date: %s", error)


def _sources(locale: Path) -> Iterator[Path]:
    return iter(sorted(locale.glob("*/LC_MESSAGES/django.po")))


def _is_outdated(source: Path) -> bool:
    try:
        return source.with_suffix(".mo").stat().st_mtime_ns < source.stat().st_mtime_ns
    except FileNotFoundError:
        return True


def _compile(source: Path) -> Path:
    """Write under another name, then rename: of several processes starting at once none reads half a file."""
    # Imported here: most starts of the program find everything compiled and need no Babel.
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with source.open("rb") as file:
        catalogue = read_po(file, locale=source.parents[1].name, abort_invalid=True)
    catalogue.creation_date = catalogue.revision_date = _NO_PARTICULAR_DAY
    target = source.with_suffix(".mo")
    unfinished = source.with_name(f"{source.stem}.{os.getpid()}.mo")
    with unfinished.open("wb") as file:
        write_mo(file, catalogue)
    unfinished.replace(target)
    return target
