"""The layouts we know: those of the house, and those an operator put into the data directory."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from pathlib import Path

from kulanz.infra import config
from kulanz.kernel.text import N_, Phrase
from kulanz.ledger.bank_formats.csv_export.layout import Layout
from kulanz.ledger.bank_formats.csv_export.layout_files import read_layouts
from kulanz.ledger.bank_formats.csv_export.refusals import UnusableLayout

FOLDER = "bank-csv"
_LARGEST_BYTES = 1 << 20


def known_layouts(folder: Path | None = None) -> tuple[Layout, ...]:
    """All layouts, the operator's first: he knows his bank. `folder` is where his files are (default: data directory).

    Raises UnusableLayout if one of his files is wrong: reading on without it could take a table for another bank's.
    """
    place = config.load().data_dir / FOLDER if folder is None else folder
    try:
        files = sorted(place.glob("*.toml"))
        stamps = tuple((file, file.stat().st_mtime_ns) for file in files)
    except OSError as error:
        raise UnusableLayout(file=FOLDER, reason=Phrase(N_("it cannot be read (%(error)s)"), error=error)) from error
    return _own(stamps) + _house()


@lru_cache(maxsize=1)
def _house() -> tuple[Layout, ...]:
    folder = resources.files(__package__) / "layouts"
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    return tuple(
        layout
        for file in files
        for layout in read_layouts(file.read_text(encoding="utf-8"), source=file.name, own=False)
    )


@lru_cache(maxsize=4)
def _own(stamps: tuple[tuple[Path, int], ...]) -> tuple[Layout, ...]:
    """Cached by file and time of change, so that a corrected file counts at once."""
    return tuple(layout for file, _ in stamps for layout in read_layouts(_content(file), source=file.name, own=True))


def _content(file: Path) -> str:
    try:
        if file.stat().st_size > _LARGEST_BYTES:
            raise UnusableLayout(file=file.name, reason=Phrase(N_("it is larger than 1 MB")))
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UnusableLayout(file=file.name, reason=Phrase(N_("it cannot be read (%(error)s)"), error=error)) from error
