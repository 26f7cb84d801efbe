"""The door of the room."""

from kulanz.contact.delivery import deliver, sweep_unsure
from kulanz.contact.documents import path_of
from kulanz.contact.girocode import NoGiroCode
from kulanz.contact.girocode import svg as girocode_svg
from kulanz.contact.letters.sheet import Address, Letter, Payment, Sender, Table
from kulanz.contact.models import Message, SentDocument
from kulanz.contact.outbox import (
    LOGIN_KIND,
    Draft,
    OnlyPeopleSettleUnsure,
    draft_for,
    find_message,
    is_confidential,
    messages,
    queue,
    settle_unsure,
    try_again,
)
from kulanz.contact.sheets import Sheet, from_json
from kulanz.contact.states import CHANNEL_NAMES, MESSAGE, MESSAGE_STATE_NAMES, Channel, MessageState
from kulanz.contact.transports import MaybeSent, NotSent
from kulanz.contact.verify import CHECKS

__all__ = [
    "CHANNEL_NAMES",
    "CHECKS",
    "LOGIN_KIND",
    "MESSAGE",
    "MESSAGE_STATE_NAMES",
    "Address",
    "Channel",
    "Draft",
    "Letter",
    "MaybeSent",
    "Message",
    "MessageState",
    "NoGiroCode",
    "NotSent",
    "OnlyPeopleSettleUnsure",
    "Payment",
    "Sender",
    "SentDocument",
    "Sheet",
    "Table",
    "deliver",
    "draft_for",
    "find_message",
    "from_json",
    "girocode_svg",
    "is_confidential",
    "messages",
    "path_of",
    "queue",
    "settle_unsure",
    "sweep_unsure",
    "try_again",
]
