"""Secrets that live in the data directory, made on first use, readable by their owner only."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def secret_key(data_dir: Path) -> str:
    """Django's signing key of this installation. `KULANZ_SECRET_KEY` beats the file, for several machines."""
    if given := os.environ.get("KULANZ_SECRET_KEY"):
        return given
    return _made_once(data_dir / "secret.key")


def _made_once(path: Path) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        # O_EXCL: of two processes starting at once, one makes the key and the other reads it.
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass
        else:
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip()
