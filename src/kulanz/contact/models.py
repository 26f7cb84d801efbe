"""Messages on their way and the register of what left the house."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from kulanz.contact.states import MESSAGE, Channel, MessageState
from kulanz.infra.guards import append_only, fixed, never_deleted
from kulanz.infra.ids import new_id
from kulanz.kernel.states import StateMachine
from kulanz.parties.api import Account, Brand


class Message(models.Model):
    """Something to be sent. The row is the outbox: written in the business transaction, sent by the worker.

    `key` makes it idempotent: the same reason tells the same person once.
    """

    machine: StateMachine[MessageState] = MESSAGE

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=160, unique=True)
    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=8, choices=[(c.value, c.value) for c in Channel])
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    case_id = models.UUIDField(null=True)
    language = models.CharField(max_length=2)
    to_name = models.CharField(max_length=200)
    to_address = models.CharField(max_length=400)
    sheet = models.JSONField()
    state = models.CharField(
        max_length=8, choices=[(s.value, s.value) for s in MessageState], default=MessageState.QUEUED.value
    )
    queued_at = models.DateTimeField()
    sending_since = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    attempts = models.SmallIntegerField(default=0)
    trouble = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(language__in=["de", "en"]), name="message_in_de_or_en"),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False), name="sent_messages_have_a_moment"
            ),
        ]
        indexes = [
            models.Index(fields=["-queued_at"], name="message_newest"),
            models.Index(fields=["account", "-queued_at"], name="message_by_account"),
            models.Index(fields=["state"], condition=~Q(state="sent"), name="message_unsent"),
        ]
        triggers = [
            never_deleted("contact_message"),
            fixed("contact_message", "id", "key", "kind", "channel", "account_id", "to_address", "sheet"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.to_name}"

    @property
    def subject(self) -> str:
        return str(self.sheet["subject"])


class SentDocument(models.Model):
    """One row of the register: what we can prove we sent. Append-only; written before the first byte leaves.

    `check_code` is on the paper: who holds it can check it. `recipient_key` is a keyed hash of the address, so that
    a look-up can ask "was it sent to you?" without the register telling anybody's address.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    message = models.OneToOneField(Message, on_delete=models.PROTECT, related_name="document")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    channel = models.CharField(max_length=8, choices=[(c.value, c.value) for c in Channel])
    kind = models.CharField(max_length=40)
    check_code = models.CharField(max_length=16, unique=True)
    content_hash = models.CharField(max_length=64)
    mail_id = models.CharField(max_length=120, unique=True, null=True)
    recipient_key = models.CharField(max_length=64)
    subject = models.CharField(max_length=200)
    registered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(channel="mail") | Q(mail_id__isnull=False), name="mails_have_a_message_id"
            ),
        ]
        indexes = [models.Index(fields=["content_hash"], name="document_by_content")]
        triggers = [append_only("contact_sentdocument")]

    def __str__(self) -> str:
        return self.check_code
