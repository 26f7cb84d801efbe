"""The watched folder takes files in, keeps what was refused with the reason, and survives being killed."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests import builders as b
from tests.rooms.ledger.test_bank import DAY

from kulanz.ledger import bank_folder
from kulanz.ledger.api import BankLine
from kulanz.ledger.bank_folder import FolderRound, take_in_folder

pytestmark = pytest.mark.django_db


def laid(folder: Path, name: str, content: bytes, *, seconds_ago: int = 600) -> Path:
    path = folder / name
    path.write_bytes(content)
    moment = path.stat().st_mtime - seconds_ago
    os.utime(path, (moment, moment))
    return path


def look(folder: Path) -> FolderRound:
    b.a_shop()
    return take_in_folder(b.system(DAY), folder)


def everything(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_file_is_taken_in_and_ends_in_done(tmp_path: Path) -> None:
    laid(tmp_path, "a.xml", b.a_bank_file(("120.50", "x")))
    assert look(tmp_path) == FolderRound(("a.xml",), (), ())
    assert everything(tmp_path) == ["done/a.xml"]
    assert BankLine.objects.get().amount_cents == 12_050
    assert look(tmp_path) == FolderRound((), (), ())


def test_a_refused_file_has_its_reason_beside_and_the_others_come_in(tmp_path: Path) -> None:
    laid(tmp_path, "a.xml", b"hello")
    laid(tmp_path, "b.xml", b.a_bank_file(("120.50", "x")))
    assert look(tmp_path) == FolderRound(("b.xml",), ("a.xml",), ())
    assert everything(tmp_path) == ["done/b.xml", "refused/a.xml", "refused/a.xml.reason.txt"]
    reason = (tmp_path / "refused" / "a.xml.reason.txt").read_text(encoding="utf-8")
    assert "a.xml is not a bank file that can be read" in reason


@pytest.mark.parametrize("name", [".a.xml", "a.xml.part", "a.XML.tmp", "a.xml~"])
def test_what_is_still_being_written_waits(tmp_path: Path, name: str) -> None:
    laid(tmp_path, name, b.a_bank_file(("1.00", "x")))
    assert look(tmp_path) == FolderRound((), (), ())
    assert everything(tmp_path) == [name]


def test_a_file_that_was_written_a_moment_ago_waits(tmp_path: Path) -> None:
    laid(tmp_path, "a.xml", b.a_bank_file(("1.00", "x")), seconds_ago=0)
    assert look(tmp_path) == FolderRound((), (), ())
    assert everything(tmp_path) == ["a.xml"]


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    outside = laid(tmp_path, ".outside", b.a_bank_file(("1.00", "x")))
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.xml").symlink_to(outside)
    assert look(folder) == FolderRound((), (), ())


def killed(*_: object, **__: object) -> Path:
    raise KeyboardInterrupt


@pytest.mark.parametrize("step", ["take_in", "_moved_to_done"])
def test_what_a_kill_left_is_finished_and_booked_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    laid(tmp_path, "a.xml", b.a_bank_file(("120.50", "x")))
    move: Callable[[Path, Path], Path] = bank_folder._moved

    def dies_at_the_end(path: Path, folder: Path) -> Path:
        return killed() if folder.name == bank_folder.DONE else move(path, folder)

    with monkeypatch.context() as dying:
        if step == "take_in":
            dying.setattr(bank_folder, "take_in", killed)
        else:
            dying.setattr(bank_folder, "_moved", dies_at_the_end)
        with pytest.raises(KeyboardInterrupt):
            look(tmp_path)
    assert everything(tmp_path) == ["working/a.xml"]
    assert look(tmp_path) == FolderRound(("a.xml",), (), ())
    assert everything(tmp_path) == ["done/a.xml"]
    assert BankLine.objects.count() == 1


def test_trouble_with_one_file_keeps_it_for_another_try_and_none_of_the_others_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.xml", "b.xml"):
        laid(tmp_path, name, b.a_bank_file(("1.00", name)))
    whole = bank_folder.take_in

    def fails(*values: object, name: str, **others: object) -> object:
        if name == "a.xml":
            raise OSError("the disk is full")
        return whole(*values, name=name, **others)  # type: ignore[arg-type]

    with monkeypatch.context() as failing:
        failing.setattr(bank_folder, "take_in", fails)
        assert look(tmp_path) == FolderRound(("b.xml",), (), ("a.xml",))
    assert everything(tmp_path) == ["done/b.xml", "working/a.xml"]
    assert look(tmp_path).done == ("a.xml",)


def test_no_file_replaces_another_of_the_same_name(tmp_path: Path) -> None:
    for _ in range(3):
        laid(tmp_path, "a.xml", b.a_bank_file(("1.00", "x")))
        look(tmp_path)
    assert everything(tmp_path) == ["done/a-2.xml", "done/a-3.xml", "done/a.xml"]
