"""Sending one message: claim it, register it, hand it over, write down what happened. Each step commits.

A crash between "claimed" and "done" leaves the message in `sending`; the sweep turns it into `unsure`, which a person
settles. Nothing is ever sent twice silently.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F, Q

from kulanz.contact.documents import keep, path_of, rendered
from kulanz.contact.models import Message, SentDocument
from kulanz.contact.states import MESSAGE, MessageState
from kulanz.contact.transports import MaybeSent, NotSent, Transport, transport_for
from kulanz.infra.moves import move
from kulanz.kernel.acts import Act
from kulanz.kernel.refusals import Refusal

log = logging.getLogger("kulanz.contact")

MAX_ATTEMPTS = 5
# Between the attempts; in all more than two hours, before a person has to look.
PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
UNSURE_AFTER = timedelta(minutes=10)


def deliver(act: Act, message_id: UUID, *, transport: Transport | None = None) -> MessageState:
    """Send one queued message; a message that is no longer queued is left alone. Returns its state afterwards."""
    try:
        claimed = _claim(act, message_id)
    except (OperationalError, InterfaceError):
        raise
    except Exception as bug:
        log.exception("message cannot be made", extra={"facts": {"message": str(message_id)}})
        return _could_not_be_made(act, message_id, bug)
    if claimed is None:
        return MessageState(Message.objects.values_list("state", flat=True).get(pk=message_id))
    message, document, content = claimed
    try:
        (transport or transport_for(message)).send(message, document, content)
    except NotSent as trouble:
        final = trouble.final or message.attempts >= MAX_ATTEMPTS
        return _finish(act, message, MessageState.FAILED if final else MessageState.QUEUED, trouble=str(trouble))
    except MaybeSent as trouble:
        return _finish(act, message, MessageState.UNSURE, trouble=str(trouble))
    return _finish(act, message, MessageState.SENT)


@transaction.atomic
def _claim(act: Act, message_id: UUID) -> tuple[Message, SentDocument, bytes] | None:
    """Take the message for this worker and write its register row before the first byte leaves."""
    updated = Message.objects.filter(pk=message_id, state=MessageState.QUEUED.value).update(
        state=MessageState.SENDING.value, sending_since=act.at
    )
    if not updated:
        return None
    message = Message.objects.select_related("brand", "account").get(pk=message_id)
    message.attempts += 1
    message.save(update_fields=["attempts"])
    known = SentDocument.objects.filter(message=message).first()
    if known is not None:
        return message, known, path_of(known).read_bytes()
    try:
        made = rendered(message, at=act.at)
    except Refusal as refusal:
        _finish(act, message, MessageState.FAILED, trouble=refusal.english)
        return None
    keep(made.document, made.content)
    made.document.save()
    return message, made.document, made.content


@transaction.atomic
def _could_not_be_made(act: Act, message_id: UUID, bug: Exception) -> MessageState:
    """Count the attempt that a bug has rolled back, so that a message nobody can make ends on a person's list."""
    Message.objects.filter(pk=message_id, state=MessageState.QUEUED.value).update(
        state=MessageState.SENDING.value, sending_since=act.at, attempts=F("attempts") + 1
    )
    message = Message.objects.get(pk=message_id)
    if message.state != MessageState.SENDING.value:
        return MessageState(message.state)
    state = MessageState.FAILED if message.attempts >= MAX_ATTEMPTS else MessageState.QUEUED
    return _finish(act, message, state, trouble=f"{type(bug).__name__}: {bug}")


def _finish(act: Act, message: Message, state: MessageState, *, trouble: str = "") -> MessageState:
    sent_at = act.at if state is MessageState.SENT else None
    move(act, message, MESSAGE, old=MessageState.SENDING, new=state, sent_at=sent_at, trouble=trouble)
    if trouble:
        log.warning("message not sent", extra={"facts": {"message": str(message.pk), "state": state.value}})
    return state


def sweep_unsure(act: Act) -> list[UUID]:
    """Messages that a dead worker left half way: nobody knows whether they left."""
    stuck = list(Message.objects.filter(state=MessageState.SENDING.value, sending_since__lt=act.at - UNSURE_AFTER))
    for message in stuck:
        move(
            act,
            message,
            MESSAGE,
            old=MessageState.SENDING,
            new=MessageState.UNSURE,
            trouble="the worker died while sending",
        )
    return [message.pk for message in stuck]


def waiting(at: datetime, limit: int = 500) -> list[UUID]:
    """Queued messages whose next attempt has come, oldest first: none is lost with its job.

    After a failure the pause grows, so that a mail server that is down for an hour does not fail everything.
    """
    ready = Q(attempts=0) | Q(sending_since=None)
    for attempts, pause in enumerate(PAUSES, start=1):
        ready |= Q(attempts=attempts, sending_since__lte=at - pause)
    ready |= Q(attempts__gt=len(PAUSES), sending_since__lte=at - PAUSES[-1])
    return list(
        Message.objects.filter(ready, state=MessageState.QUEUED.value)
        .order_by("queued_at")
        .values_list("pk", flat=True)[:limit]
    )
