"""Channels and the way of a message."""

from __future__ import annotations

from enum import StrEnum

from kulanz.kernel.states import StateMachine
from kulanz.kernel.text import N_


class Channel(StrEnum):
    """How a message travels."""

    MAIL = "mail"
    LETTER = "letter"


class MessageState(StrEnum):
    """Paper and collectors are never told twice silently: what is unsure goes to a person."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNSURE = "unsure"


MESSAGE = StateMachine(
    initial=MessageState.QUEUED,
    moves={
        MessageState.QUEUED: frozenset({MessageState.SENDING}),
        MessageState.SENDING: frozenset(
            {MessageState.SENT, MessageState.QUEUED, MessageState.FAILED, MessageState.UNSURE}
        ),
        MessageState.UNSURE: frozenset({MessageState.SENT, MessageState.QUEUED}),
        MessageState.FAILED: frozenset({MessageState.QUEUED}),
    },
)

CHANNEL_NAMES = {Channel.MAIL: N_("e-mail"), Channel.LETTER: N_("letter")}
MESSAGE_STATE_NAMES = {
    MessageState.QUEUED: N_("waiting"),
    MessageState.SENDING: N_("being sent"),
    MessageState.SENT: N_("sent"),
    MessageState.FAILED: N_("failed"),
    MessageState.UNSURE: N_("unsure"),
}
