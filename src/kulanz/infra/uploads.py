"""The one place through which a file from outside comes in: PDF, JPEG or PNG by content, with a size limit.

Files lie in `<data directory>/uploads/ab/abcdef…` under the hash of their content, outside every web root; they
leave only as downloads (`Content-Disposition: attachment`), never to be shown by the browser on our own origin.

A file is on disk before its row is committed, so that no row is ever without its file. Where the row is taken back,
the file stays behind; the nightly sweep forgets it.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import filetype
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.http import FileResponse

from kulanz.infra.models import Upload
from kulanz.kernel.acts import Act
from kulanz.kernel.refusals import NotFound, Refusal
from kulanz.kernel.text import N_, Phrase

MAX_BYTES = 10_000_000
# As many as one concern or one objection takes.
MAX_FILES = 10
# Younger ones may belong to somebody who is sending them right now.
KEPT_WITHOUT_A_ROW = timedelta(days=1)
# Held, shared, by whoever keeps a file until his row is committed; alone, by the sweep while it deletes.
_KEEPING_FILES = 0x4B55_0001
ALLOWED = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


class FileRefused(Refusal):
    """A file that is empty, too large or of a kind we do not take."""

    code = "file_refused"
    sentence = N_(
        "The file “%(name)s” was not taken: %(reason)s. Please send a PDF, JPEG or PNG file of at most 10 MB."
    )


class TooManyFiles(FileRefused):
    """One concern or objection takes only so many files."""

    code = "too_many_files"
    sentence = N_(
        "The file “%(name)s” was not taken: there are %(most)d files already. If there is more, send a new message."
    )


def read_upload(file: UploadedFile[bytes]) -> bytes:
    """The bytes of a file from a form, looked at its size first: a huge one never comes into memory.

    Raises FileRefused.
    """
    if (file.size or 0) > MAX_BYTES:
        raise FileRefused(name=_shown_name(file.name or ""), reason=Phrase(N_("it is too large")))
    content: bytes = file.read()
    return content


def too_many_files(name: str) -> TooManyFiles:
    """The refusal of one file more than MAX_FILES."""
    return TooManyFiles(name=_shown_name(name), most=MAX_FILES)


def content_type_of(content: bytes) -> str | None:
    """The kind by content (never by name), or None if it is not one we take."""
    kind = filetype.guess(content[:8192])
    return kind.mime if kind is not None and kind.mime in ALLOWED else None


@transaction.atomic
def keep_upload(act: Act, *, name: str, content: bytes, account_id: UUID | None) -> Upload:
    """Check and keep a file from outside. Raises FileRefused; nothing is kept then."""
    shown = _shown_name(name)
    if not content:
        raise FileRefused(name=shown, reason=Phrase(N_("it is empty")))
    if len(content) > MAX_BYTES:
        raise FileRefused(name=shown, reason=Phrase(N_("it is too large")))
    kind = content_type_of(content)
    if kind is None:
        raise FileRefused(name=shown, reason=Phrase(N_("its content is neither PDF nor JPEG nor PNG")))
    digest = hashlib.sha256(content).hexdigest()
    _lock("SELECT pg_advisory_xact_lock_shared(%s)")
    _store(path_of(digest), content)
    return Upload.objects.create(
        name=shown,
        content_type=kind,
        size_bytes=len(content),
        sha256=digest,
        account_id=account_id,
        uploaded_at=act.at,
        uploaded_by=act.by.name,
    )


@transaction.atomic
def sweep_uploads(before: datetime) -> int:
    """Forget files last written before that moment which belong to no row. Returns how many.

    They come from a transaction that was taken back after its file was written: somebody's letter or bank statement,
    which nobody may see and nobody needs.
    """
    suspected = [path for path in _without_a_row() if _written_at(path) < before]
    if not suspected:
        return 0
    # Whoever keeps a file right now commits first; then the rows are looked at once more.
    _lock("SELECT pg_advisory_xact_lock(%s)")
    names = [path.name for path in suspected]
    kept = set(Upload.objects.filter(sha256__in=names).values_list("sha256", flat=True))
    orphans = [path for path in suspected if path.name not in kept]
    for path in orphans:
        path.unlink(missing_ok=True)
    return len(orphans)


def _lock(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [_KEEPING_FILES])


def _without_a_row() -> Iterator[Path]:
    """Every file without a row, folder by folder; half-written ones of a crash have none either."""
    root: Path = settings.CONFIG.data_dir / "uploads"
    for folder in root.glob("*"):
        known = set(Upload.objects.filter(sha256__startswith=folder.name).values_list("sha256", flat=True))
        yield from (path for path in folder.iterdir() if path.name not in known)


def _written_at(path: Path) -> datetime:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except FileNotFoundError:  # renamed since it was listed: it is being kept
        return datetime.max.replace(tzinfo=UTC)


def path_of(sha256: str) -> Path:
    """Where the content with this hash lies."""
    folder: Path = settings.CONFIG.data_dir / "uploads" / sha256[:2]
    return folder / sha256


def download(upload: Upload) -> FileResponse:
    """The file as a download that no browser opens on our origin. Raises NotFound if the file is gone."""
    try:
        file = path_of(upload.sha256).open("rb")
    except FileNotFoundError as error:
        raise NotFound(reference=upload.name) from error
    response = FileResponse(file, as_attachment=True, filename=upload.name, content_type=upload.content_type)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _shown_name(name: str) -> str:
    """A name safe to show and to download under: the last part, without control characters, at most 120 long."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in last if c.isprintable()).strip()[-120:] or "file"


def _store(path: Path, content: bytes) -> None:
    """Write beside and rename, so that a crash leaves no half file under the final name."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(temporary).replace(path)
