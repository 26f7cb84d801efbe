"""From a message to the bytes that leave: a mail or a PDF, with its check code, kept for proof."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import cast

from django.conf import settings
from django.utils.translation import gettext, override

from kulanz.contact.letters.render import render
from kulanz.contact.letters.sheet import Address, Language, Letter, Sender
from kulanz.contact.mails import Mail, build
from kulanz.contact.models import Message, SentDocument
from kulanz.contact.sheets import Sheet, from_json
from kulanz.contact.states import Channel
from kulanz.infra.ids import new_id
from kulanz.kernel.clock import berlin_day
from kulanz.kernel.references import grouped, new_code
from kulanz.parties.api import Brand

CHECK_CODE_LENGTH = 11


@dataclass(frozen=True, slots=True)
class Rendered:
    """The bytes that leave and their register row (not saved yet)."""

    content: bytes
    document: SentDocument


def rendered(message: Message, *, at: datetime) -> Rendered:
    """Make the document of a message and its register row. Deterministic but for the fresh check code."""
    code = new_code(CHECK_CODE_LENGTH)
    domain = message.brand.email.rpartition("@")[2] or "localhost"
    mail_id = f"<{message.pk}@{domain}>" if message.channel == Channel.MAIL.value else None
    sheet = from_json(message.sheet)
    with override(message.language):
        if mail_id is not None:
            content = build(_mail(message, sheet, code=code, mail_id=mail_id, at=at)).as_bytes()
        else:
            content = render(_letter(message, sheet, code=code, at=at))
    document = SentDocument(
        id=new_id(),
        message=message,
        account_id=message.account_id,
        channel=message.channel,
        kind=message.kind,
        check_code=code,
        content_hash=hashlib.sha256(content).hexdigest(),
        mail_id=mail_id,
        recipient_key=recipient_key(message.to_address),
        subject=sheet.subject[:200],
        registered_at=at,
    )
    return Rendered(content, document)


def recipient_key(address: str) -> str:
    """A keyed hash of an address, the same for the same recipient in any spelling of case and spaces."""
    plain = " ".join(address.casefold().split())
    return hmac.new(settings.SECRET_KEY.encode(), plain.encode(), hashlib.sha256).hexdigest()


def path_of(document: SentDocument) -> Path:
    """Where the sent bytes are kept for proof."""
    suffix = "eml" if document.channel == Channel.MAIL.value else "pdf"
    folder: Path = settings.CONFIG.data_dir / "sent" / document.content_hash[:2]
    return folder / f"{document.content_hash}.{suffix}"


def keep(document: SentDocument, content: bytes) -> None:
    """Keep the sent bytes under their hash; keeping them twice changes nothing."""
    path = path_of(document)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_suffix(".part")
    part.write_bytes(content)
    part.replace(path)


def check_hint() -> str:
    """How the reader finds out whether it is genuine (in the active language)."""
    return gettext(
        "Is this really from us? Keep this code: it belongs to this document alone. "
        "Ask our customer service on a number you know, never on one given in a suspicious message."
    )


def _mail(message: Message, sheet: Sheet, *, code: str, mail_id: str, at: datetime) -> Mail:
    brand = message.brand
    return Mail(
        language=cast(Language, message.language),
        to_name=message.to_name,
        to_address=message.to_address,
        from_name=brand.name,
        from_address=brand.email,
        subject=sheet.subject,
        paragraphs=(*sheet.paragraphs, *(f"{label}: {value}" for label, value in sheet.reference_lines)),
        table=sheet.table,
        payment=sheet.payment,
        links=sheet.links,
        after_table=(*sheet.after_table, f"{closing()}\n{brand.name}"),
        check_code=grouped(code),
        check_hint=check_hint(),
        message_id=mail_id,
        sent_at=at,
        legal_lines=(brand.legal_name, f"{brand.street}, {brand.postcode} {brand.city}", brand.registration),
    )


def _letter(message: Message, sheet: Sheet, *, code: str, at: datetime) -> Letter:
    return Letter(
        language=cast(Language, message.language),
        sender=sender_of(message.brand, sheet),
        recipient=Address(tuple(message.to_address.splitlines())),
        written_on=berlin_day(at),
        subject=sheet.subject,
        reference_lines=sheet.reference_lines,
        paragraphs=sheet.paragraphs,
        closing=closing(),
        signature=message.brand.name,
        table=sheet.table,
        # Paper has no links: the addresses are printed, or what the text promises to be there is not.
        after_table=(*sheet.after_table, *(f"{label}: {address}" for label, address in sheet.links)),
        payment=sheet.payment,
        check_code=grouped(code),
        check_hint=check_hint(),
    )


def sender_of(brand: Brand, sheet: Sheet) -> Sender:
    """The head and foot of a letter; the bank account is the one the sheet asks to pay to, if any."""
    payment = sheet.payment
    return Sender(
        name=brand.name,
        legal_line=brand.legal_name,
        street=brand.street,
        postcode_city=f"{brand.postcode} {brand.city}",
        country="" if brand.country == "DE" else brand.country,
        email=brand.email,
        phone=brand.phone,
        web=brand.web,
        iban=payment.iban if payment else "",
        bic=payment.bic if payment else "",
        bank_name="",
        registration_lines=tuple(line for line in brand.registration.split("; ") if line),
    )


def closing() -> str:
    """The last line before the name (in the active language)."""
    return gettext("Kind regards")
