"""Loaded before the settings are: tests get a data directory and a database server of their own."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# Outside pytest's own folders: when tests run as root, PostgreSQL runs as another account that must be able to enter.
_FOLDER = Path(tempfile.mkdtemp(prefix="kulanz-tests-"))
_FOLDER.chmod(0o711)
for _name in [name for name in os.environ if name.startswith("KULANZ_")]:
    if _name not in {"KULANZ_PG_BIN"}:
        del os.environ[_name]
os.environ["KULANZ_DATA_DIR"] = str(_FOLDER)
os.environ["KULANZ_MAIL_URL"] = "sink:"

from kulanz.infra.postgres import EmbeddedPostgres  # noqa: E402 - the environment comes first
from kulanz.infra.translations import compile_catalogues  # noqa: E402

compile_catalogues()
_SERVER = EmbeddedPostgres(_FOLDER)


def _end() -> None:
    _SERVER.stop()
    shutil.rmtree(_FOLDER, ignore_errors=True)


atexit.register(_end)


def server() -> EmbeddedPostgres:
    """The database server of this test run, started."""
    _SERVER.ensure()
    return _SERVER
