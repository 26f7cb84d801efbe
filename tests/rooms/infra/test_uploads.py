"""Files from outside: kept with a row, or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from tests import builders as b
from tests.rooms.desk.uploads import a_picture

from kulanz.infra.models import Upload
from kulanz.infra.uploads import path_of, sweep_uploads

TODAY = b.moment("2026-11-20")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(settings, "CONFIG", replace(settings.CONFIG, data_dir=tmp_path))
    return tmp_path / "uploads"


def written(path: Path, at: datetime) -> Path:
    os.utime(path, (at.timestamp(), at.timestamp()))
    return path


class TakenBack(Exception):
    """Something else in the transaction was refused."""


@pytest.mark.django_db
def test_a_file_whose_transaction_was_taken_back_is_swept_a_day_later(folder: Path) -> None:
    def refused() -> None:
        with transaction.atomic():
            a_picture("proof.png")
            raise TakenBack

    with pytest.raises(TakenBack):
        refused()
    [file] = [path for path in folder.rglob("*") if path.is_file()]
    written(file, TODAY - timedelta(hours=23))
    assert Upload.objects.count() == 0
    assert sweep_uploads(TODAY - timedelta(days=1)) == 0
    assert sweep_uploads(TODAY) == 1
    assert not file.exists()


@pytest.mark.django_db
def test_a_file_with_a_row_stays_for_ever(folder: Path) -> None:
    kept = a_picture("proof.png")
    written(path_of(kept.sha256), TODAY - timedelta(days=400))
    assert sweep_uploads(TODAY) == 0
    assert path_of(kept.sha256).exists()


@pytest.mark.django_db
def test_what_a_crash_left_half_written_is_swept(folder: Path) -> None:
    half = folder / "ab" / "tmp_half"
    half.parent.mkdir(parents=True)
    half.write_bytes(b"%PDF")
    written(half, TODAY - timedelta(days=2))
    assert sweep_uploads(TODAY) == 1
    assert not half.exists()


@pytest.mark.django_db
def test_before_the_first_file_there_is_nothing_to_sweep(folder: Path) -> None:
    assert sweep_uploads(TODAY) == 0
