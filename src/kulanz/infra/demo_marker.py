"""How a demo database is known: a small file in the data directory with its logins and the folder of bank files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypedDict


class DemoLoginRow(TypedDict):
    """One login as it is printed and offered."""

    role: str
    name: str
    email: str
    password: str


class Marker(TypedDict):
    """What `make demo` prints again on a second start."""

    logins: list[DemoLoginRow]
    bank_files: str
    made_at: str


def path(data_dir: Path) -> Path:
    """Where the marker lies."""
    return data_dir / "demo.json"


def read(data_dir: Path) -> Marker | None:
    """The marker of this data directory, or None: then it is not a demo."""
    try:
        content: Marker = json.loads(path(data_dir).read_text(encoding="utf-8"))
    except (FileNotFoundError, PermissionError):
        return None
    return content


def write(data_dir: Path, marker: Marker) -> None:
    """Written last: a demo that was cut short has none and is made anew."""
    part = path(data_dir).with_suffix(".part")
    part.write_text(json.dumps(marker, ensure_ascii=False, indent=2), encoding="utf-8")
    part.replace(path(data_dir))
