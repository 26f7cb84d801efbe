"""The outbox: every message with its state, what it says word for word, and what a person has to settle."""

from __future__ import annotations

import email
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default as modern
from uuid import UUID

from django.contrib import messages as announcements
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from kulanz.contact.api import (
    CHANNEL_NAMES,
    MESSAGE_STATE_NAMES,
    Channel,
    Message,
    MessageState,
    find_message,
    from_json,
    is_confidential,
    messages,
    settle_unsure,
    try_again,
)
from kulanz.desk.downloads import sent_bytes
from kulanz.desk.frame import at_desk, desk_page
from kulanz.desk.paging import Pager, page_of
from kulanz.desk.words import Badge, message_badge
from kulanz.kernel.references import grouped
from kulanz.kernel.refusals import NotFound
from kulanz.parties.api import Permission, act_of, find_account, user_of

SHOWN_HEADERS = ("From", "To", "Subject", "Date", "Message-ID")


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One line of the outbox."""

    message: Message
    subject: str
    channel: str
    badge: Badge


@dataclass(frozen=True, slots=True)
class Filter:
    """One tab: a state, or everything."""

    value: str
    name: str
    current: bool


@dataclass(frozen=True, slots=True)
class ListPage:
    """Messages, newest first."""

    rows: tuple[MessageRow, ...]
    pager: Pager
    filters: tuple[Filter, ...]
    account: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePage:
    """One message. `text` is what a mail says as plain text, or what will be sent."""

    row: MessageRow
    confidential: bool
    check_code: str
    headers: tuple[tuple[str, str], ...]
    text: str
    has_document: bool
    is_letter: bool
    may_settle: bool
    unsure: bool
    failed: bool
    may_see_customer: bool


@at_desk(Permission.SEE_OUTBOX)
def outbox(request: HttpRequest) -> HttpResponseBase:
    """Everything, one state, or one customer."""
    asked = request.GET.get("state", "")
    state = MessageState(asked) if asked in set(MessageState) else None
    number = request.GET.get("account", "").strip()
    found = messages()
    if state is not None:
        found = found.filter(state=state.value)
    if number:
        found = found.filter(account=find_account(number))
    rows, pager = page_of(request, found)
    page = ListPage(tuple(message_row(message) for message in rows), pager, _filters(state), number)
    return desk_page(request, "outbox.html", page)


def _filters(state: MessageState | None) -> tuple[Filter, ...]:
    every = Filter("", gettext("All"), state is None)
    return (every, *(Filter(s.value, gettext(MESSAGE_STATE_NAMES[s]), s is state) for s in MessageState))


def message_row(message: Message) -> MessageRow:
    """How a message stands."""
    channel = gettext(CHANNEL_NAMES[Channel(message.channel)])
    return MessageRow(message, shown_subject(message), channel, message_badge(MessageState(message.state)))


def shown_subject(message: Message) -> str:
    """What the message is about, as far as anybody but its recipient may know."""
    return gettext("Login mail") if is_confidential(message) else message.subject


@at_desk(Permission.SEE_OUTBOX)
def message(request: HttpRequest, message_id: UUID) -> HttpResponseBase:
    """What was sent, as text: a mail is never rendered as a page of ours."""
    found = find_message(message_id)
    document = getattr(found, "document", None)
    headers, text = _content(found)
    page = MessagePage(
        row=message_row(found),
        confidential=is_confidential(found),
        check_code=grouped(document.check_code) if document is not None else "",
        headers=headers,
        text=text,
        has_document=document is not None and not is_confidential(found),
        is_letter=found.channel == Channel.LETTER.value,
        may_settle=user_of(request).may(Permission.SETTLE_UNSURE),
        unsure=found.state == MessageState.UNSURE.value,
        failed=found.state == MessageState.FAILED.value,
        may_see_customer=user_of(request).may(Permission.SEE_CUSTOMERS),
    )
    return desk_page(request, "message.html", page)


def _content(found: Message) -> tuple[tuple[tuple[str, str], ...], str]:
    """Headers and text of a kept mail; of everything else the sheet it is, or will be, made of."""
    if is_confidential(found):
        return (), ""
    try:
        content, suffix = sent_bytes(found)
    except NotFound:
        return (), _sheet_text(found)
    return mail_text(content) if suffix == "eml" else ((), _sheet_text(found))


def mail_text(content: bytes) -> tuple[tuple[tuple[str, str], ...], str]:
    """The headers worth reading and the plain text part of a mail."""
    parsed = email.message_from_bytes(content, policy=modern)
    assert isinstance(parsed, EmailMessage)
    headers = tuple((name, str(parsed[name])) for name in SHOWN_HEADERS if parsed[name])
    body = parsed.get_body(("plain",))
    text = body.get_content() if body is not None else ""
    return headers, str(text).strip()


def _sheet_text(found: Message) -> str:
    sheet = from_json(found.sheet)
    references = tuple(f"{label}: {value}" for label, value in sheet.reference_lines)
    return "\n\n".join((sheet.subject, *sheet.paragraphs, *references, *sheet.after_table))


@at_desk(Permission.SETTLE_UNSURE)
@require_POST
def settle(request: HttpRequest, message_id: UUID) -> HttpResponseBase:
    """A person has found out whether it went out."""
    found = find_message(message_id)
    was_sent = request.POST.get("was_sent") == "yes"
    settle_unsure(act_of(request, "looked whether it went out"), found, was_sent=was_sent)
    announcements.success(request, gettext("Settled: sent.") if was_sent else gettext("Settled: it is sent once more."))
    return redirect("desk:message", found.pk)


@at_desk(Permission.SETTLE_UNSURE)
@require_POST
def again(request: HttpRequest, message_id: UUID) -> HttpResponseBase:
    """The cause is mended: try once more."""
    found = find_message(message_id)
    try_again(act_of(request, "the cause is mended"), found)
    announcements.success(request, gettext("The message waits to be sent again."))
    return redirect("desk:message", found.pk)
