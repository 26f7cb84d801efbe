"""Queueing messages in the business transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from kulanz.contact.models import Message
from kulanz.contact.sheets import Sheet, to_json
from kulanz.contact.states import MESSAGE, Channel, MessageState
from kulanz.infra.ids import new_id
from kulanz.infra.moves import move
from kulanz.kernel.acts import Act, ActorKind
from kulanz.kernel.refusals import NotFound, Refusal
from kulanz.kernel.text import N_
from kulanz.parties.api import Account, Brand

# Password links and security notices of a login.
LOGIN_KIND = "login"


class OnlyPeopleSettleUnsure(Refusal):
    """Whether an unsure message went out is judged by a person."""

    code = "only_people_settle_unsure"
    sentence = N_("Whether this message went out has to be judged by a person.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message to be queued. `key` makes it idempotent; the address decides the channel: mail where there is one."""

    key: str
    kind: str
    brand: Brand
    to_name: str
    email: str
    address_lines: tuple[str, ...]
    language: str
    sheet: Sheet
    account_id: UUID | None = None
    case_id: UUID | None = None


def draft_for(account: Account, *, key: str, kind: str, sheet: Sheet, case_id: UUID | None = None) -> Draft:
    """To the holder of an account, in his language."""
    person = account.holder
    return Draft(
        key=key,
        kind=kind,
        brand=account.brand,
        to_name=person.name,
        email=person.email,
        address_lines=person.address_lines,
        language=person.language,
        sheet=sheet,
        account_id=account.pk,
        case_id=case_id,
    )


@transaction.atomic
def queue(act: Act, drafts: Sequence[Draft]) -> list[Message]:
    """Write the messages and one job that sends them; both vanish if the business transaction rolls back.

    A key that was queued before is left alone: the same reason tells the same person once.
    """
    from kulanz.contact.tasks import deliver_messages

    known = set(Message.objects.filter(key__in=[d.key for d in drafts]).values_list("key", flat=True))
    fresh = {d.key: d for d in drafts if d.key not in known}
    messages = [_message(act, d) for d in fresh.values()]
    Message.objects.bulk_create(messages, batch_size=1_000)
    ids = [str(message.pk) for message in messages]
    jobs: list[dict[str, Any]] = [{"message_ids": ids[start : start + 200]} for start in range(0, len(ids), 200)]
    if jobs:
        deliver_messages.batch_defer(*jobs)
    return messages


def _message(act: Act, draft: Draft) -> Message:
    channel = Channel.MAIL if draft.email else Channel.LETTER
    return Message(
        id=new_id(),
        key=draft.key,
        kind=draft.kind,
        channel=channel.value,
        brand=draft.brand,
        account_id=draft.account_id,
        case_id=draft.case_id,
        language=draft.language,
        to_name=draft.to_name,
        to_address=draft.email if channel is Channel.MAIL else "\n".join(draft.address_lines),
        sheet=to_json(draft.sheet),
        queued_at=act.at,
    )


def messages() -> QuerySet[Message]:
    """The outbox, newest first."""
    return Message.objects.select_related("document", "account").order_by("-queued_at", "-id")


def is_confidential(message: Message) -> bool:
    """Whether only its recipient may read it: who reads a password link can take over the login, whatever his role."""
    return message.kind == LOGIN_KIND


def find_message(message_id: UUID) -> Message:
    """By id. Raises NotFound."""
    found = messages().filter(pk=message_id).first()
    if found is None:
        raise NotFound(reference=str(message_id))
    return found


@transaction.atomic
def settle_unsure(act: Act, message: Message, *, was_sent: bool) -> None:
    """A person has found out whether an unsure message went out; if not, it is queued again."""
    from kulanz.contact.tasks import deliver_messages

    if act.by.kind is not ActorKind.PERSON:
        raise OnlyPeopleSettleUnsure
    if was_sent:
        move(act, message, MESSAGE, old=MessageState.UNSURE, new=MessageState.SENT, sent_at=act.at)
    else:
        move(act, message, MESSAGE, old=MessageState.UNSURE, new=MessageState.QUEUED)
        deliver_messages.defer(message_ids=[str(message.pk)])


@transaction.atomic
def try_again(act: Act, message: Message) -> None:
    """A person has mended what made a message fail."""
    from kulanz.contact.tasks import deliver_messages

    move(act, message, MESSAGE, old=MessageState.FAILED, new=MessageState.QUEUED, attempts=0)
    deliver_messages.defer(message_ids=[str(message.pk)])
