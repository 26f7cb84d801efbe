"""Bytes that leave the desk: always as a download, never shown by the browser on our own origin."""

from __future__ import annotations

from io import BytesIO
from uuid import UUID

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase

from kulanz.cases.api import Case, find_case
from kulanz.contact.api import Channel, Message, find_message, is_confidential, path_of
from kulanz.desk.frame import at_desk
from kulanz.infra.models import Upload
from kulanz.infra.uploads import download
from kulanz.kernel.refusals import NotFound
from kulanz.ledger.api import Dispute, find_dispute
from kulanz.parties.api import Permission


@at_desk(Permission.WORK_CASES)
def case_file(_request: HttpRequest, reference: str, upload_id: UUID) -> HttpResponseBase:
    """A file of this case, and of no other."""
    return download(access_case_file(find_case(reference), upload_id))


def access_case_file(case: Case, upload_id: UUID) -> Upload:
    """The file if it stands on this case's timeline; otherwise it looks as if it were not there."""
    for event in case.events.all():
        if event.upload is not None and event.upload.pk == upload_id:
            return event.upload
    raise NotFound(reference=str(upload_id))


@at_desk(Permission.DECIDE_DISPUTES)
def dispute_proof(_request: HttpRequest, reference: str, upload_id: UUID) -> HttpResponseBase:
    """A proof of this objection, and of no other."""
    return download(access_proof(find_dispute(reference), upload_id))


def access_proof(dispute: Dispute, upload_id: UUID) -> Upload:
    """The file if somebody sent it with this objection; otherwise it looks as if it were not there."""
    proof = dispute.proofs.select_related("upload").filter(upload_id=upload_id).first()
    if proof is None:
        raise NotFound(reference=str(upload_id))
    return proof.upload


@at_desk(Permission.SEE_OUTBOX)
def sent_document(_request: HttpRequest, message_id: UUID) -> HttpResponseBase:
    """The mail or letter as it left the house, byte for byte."""
    message = find_message(message_id)
    content, suffix = sent_bytes(message)
    kind = "message/rfc822" if suffix == "eml" else "application/pdf"
    name = f"{message.document.check_code}.{suffix}"
    response = FileResponse(BytesIO(content), as_attachment=True, filename=name, content_type=kind)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def sent_bytes(message: Message) -> tuple[bytes, str]:
    """What was kept when it was registered. Raises NotFound for what has not been made yet, is gone, or is nobody's
    business here.
    """
    if is_confidential(message):
        raise NotFound(reference=str(message.pk))
    document = getattr(message, "document", None)
    if document is None:
        raise NotFound(reference=str(message.pk))
    try:
        content = path_of(document).read_bytes()
    except FileNotFoundError as error:
        raise NotFound(reference=document.check_code) from error
    return content, "eml" if message.channel == Channel.MAIL.value else "pdf"
