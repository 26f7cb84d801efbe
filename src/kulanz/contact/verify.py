"""What must hold about what we sent."""

from __future__ import annotations

import hashlib

from kulanz.contact.documents import CHECK_CODE_LENGTH, path_of
from kulanz.contact.models import SentDocument
from kulanz.infra.checks import MAX_OFFENDERS, Check, sql_check
from kulanz.kernel.references import is_code


def _bad_codes() -> list[str]:
    codes = SentDocument.objects.values_list("check_code", flat=True).iterator()
    return [code for code in codes if not is_code(code, CHECK_CODE_LENGTH)][:MAX_OFFENDERS]


def _changed_content() -> list[str]:
    """The newest 1,000 documents are read and hashed again; older ones when a backup is verified."""
    offenders = []
    for document in SentDocument.objects.order_by("-registered_at")[:1_000]:
        path = path_of(document)
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != document.content_hash:
            offenders.append(document.check_code)
    return offenders[:MAX_OFFENDERS]


CHECKS: tuple[Check, ...] = (
    sql_check(
        "every sent message is in the register",
        "SELECT m.id FROM contact_message m LEFT JOIN contact_sentdocument d ON d.message_id = m.id "
        "WHERE m.state IN ('sent', 'unsure') AND d.id IS NULL",
    ),
    Check("every check code in the register is well formed", _bad_codes),
    Check("every registered document is kept unchanged", _changed_content),
)
