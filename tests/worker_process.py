"""A process of its own on the database of the tests, to be stopped or killed while it works."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from psycopg.conninfo import make_conninfo


@contextmanager
def process(script: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Runs Python code with Django set up; use with `committed_db`. Whatever happens, it is gone afterwards."""
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    parts = {theirs: connection.settings_dict[ours] for ours, theirs in names.items()}
    environment = os.environ | {
        "KULANZ_DATABASE_URL": make_conninfo("", **{name: value for name, value in parts.items() if value}),
        "DJANGO_SETTINGS_MODULE": "kulanz.wiring.settings",
    }
    with subprocess.Popen(
        [sys.executable, "-c", f"import django\ndjango.setup()\n{script}", *arguments],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as started:
        try:
            yield started
        finally:
            started.kill()
