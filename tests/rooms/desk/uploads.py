"""Files people send."""

from __future__ import annotations

from tests import builders as b

from kulanz.infra.models import Upload
from kulanz.infra.uploads import keep_upload

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + bytes(17)


def a_picture(name: str) -> Upload:
    """A kept upload."""
    return keep_upload(b.system("2026-11-17"), name=name, content=PNG, account_id=None)
