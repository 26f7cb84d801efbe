"""The watched folder: bank files are laid down, taken in, and end in `done` or, with the reason beside, in `refused`.

    FOLDER/             files to take in; whoever is still writing one calls it .part, .tmp or with a dot before it
    FOLDER/working/     taken, not finished: after a crash taken up again
    FOLDER/done/        in the books
    FOLDER/refused/     nothing of it is in the books; NAME.reason.txt says why and what to do

A file moves by renaming only, so it is never half here and half there. A crash between the books and the renaming
brings the file once more, and then each of its lines is known.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils import translation

from kulanz.kernel.acts import Act
from kulanz.kernel.refusals import Refusal
from kulanz.ledger.taking_in import take_in
from kulanz.parties.api import Brand, the_brand
from kulanz.ui.refusals import say

log = logging.getLogger("kulanz.ledger")

WORKING, DONE, REFUSED = "working", "done", "refused"
# Whoever writes without renaming at the end is given this long after the last byte.
QUIET_SECONDS = 30.0
_BEING_WRITTEN = (".part", ".partial", ".tmp", ".filepart", ".crdownload", "~")
REASON_SUFFIX = ".reason.txt"


@dataclass(frozen=True, slots=True)
class FolderRound:
    """What one look into the folder brought: the names of the files."""

    done: tuple[str, ...]
    refused: tuple[str, ...]
    failed: tuple[str, ...]


def take_in_folder(act: Act, folder: Path) -> FolderRound:
    """Take in what lies in `folder`, oldest name first. Trouble with one file keeps none of the others waiting.

    One round at a time: the task's lock sees to it. A file with which the program itself failed stays in `working` and
    is tried again next time.
    """
    for name in (WORKING, DONE, REFUSED):
        (folder / name).mkdir(parents=True, exist_ok=True)
    done: list[str] = []
    refused: list[str] = []
    failed: list[str] = []
    for path in _claimed(folder):
        try:
            _take_in(act, the_brand(), path)
        except Refusal as refusal:
            _say_why(refusal, _moved(path, folder / REFUSED))
            refused.append(path.name)
        except Exception:
            # What is no refusal is trouble or a mistake of ours: the file is kept for another try, and people told.
            log.exception("a bank file could not be taken in", extra={"facts": {"file": path.name}})
            failed.append(path.name)
        else:
            _moved(path, folder / DONE)
            done.append(path.name)
    return FolderRound(tuple(done), tuple(refused), tuple(failed))


def _take_in(act: Act, brand: Brand, path: Path) -> None:
    with path.open("rb") as content:
        taken = take_in(act, brand=brand, name=path.name, content=content)
    facts = {"file": path.name, "new": taken.file.new, "known": taken.file.duplicates}
    log.info("bank file taken in", extra={"facts": facts})


def _claimed(folder: Path) -> Iterator[Path]:
    """What a crash has left, then what is new and written to its end, each renamed into `working`."""
    working = folder / WORKING
    yield from sorted(path for path in working.iterdir() if path.is_file())
    quiet_since = _now_of(folder) - QUIET_SECONDS
    for path in sorted(folder.iterdir()):
        if _is_being_written(path) or not path.is_file() or path.is_symlink() or path.stat().st_mtime > quiet_since:
            continue
        yield _moved(path, working)


def _is_being_written(path: Path) -> bool:
    return path.name.startswith(".") or path.name.lower().endswith(_BEING_WRITTEN)


def _now_of(folder: Path) -> float:
    """The folder's own time: a file server's clock need not be ours."""
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".clock-") as probe:
        return Path(probe.name).stat().st_mtime


def _moved(path: Path, folder: Path) -> Path:
    """Rename into `folder`; a name that is taken gets a number, so that no file replaces another."""
    target, count = folder / path.name, 1
    while target.exists():
        count += 1
        target = folder / f"{path.stem}-{count}{path.suffix}"
    return path.rename(target)


def _say_why(refusal: Refusal, file: Path) -> None:
    """The reason in both languages of the house, beside the file."""
    sentences = []
    for language in ("de", "en"):
        with translation.override(language):
            sentences.append(say(refusal))
    file.with_name(file.name + REASON_SUFFIX).write_text("\n\n".join(dict.fromkeys(sentences)) + "\n", encoding="utf-8")
