"""Procedures, notices, collectors, collection orders and pauses."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from kulanz.dunning.guards import pursuable
from kulanz.dunning.states import COLLECTION_ORDER, PROCEDURE, OrderState, ProcedureState
from kulanz.infra.guards import append_only, fixed, never_deleted
from kulanz.infra.ids import new_id
from kulanz.kernel.money import Money
from kulanz.kernel.states import StateMachine
from kulanz.ledger.api import Claim
from kulanz.parties.api import Account, User


class Procedure(models.Model):
    """Everything that pursues one claim. Ends in the transaction that settles it."""

    machine: StateMachine[ProcedureState] = PROCEDURE

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="+", db_index=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=[(s.value, s.value) for s in ProcedureState])
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["claim"], condition=Q(state="running"), name="one_procedure_per_claim"),
            models.CheckConstraint(
                condition=Q(state="running", ended_at=None)
                | Q(state="ended", ended_at__isnull=False) & ~Q(ended_because=""),
                name="ended_procedures_say_why",
            ),
        ]
        indexes = [models.Index(fields=["claim"], name="procedure_by_claim")]
        triggers = [
            never_deleted("dunning_procedure"),
            fixed("dunning_procedure", "id", "claim_id", "account_id", "started_at"),
            pursuable("(NEW.started_at AT TIME ZONE 'Europe/Berlin')::date", living="running"),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id}: {self.state}"


class DunningNotice(models.Model):
    """A reminder that was issued. Level 0 is the friendly reminder. Append-only; the database refuses it on a claim
    that is not due, open and undisputed, or is paused."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="notices")
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    level = models.SmallIntegerField()
    issued_on = models.DateField()
    issued_at = models.DateTimeField()
    pay_by = models.DateField()
    outstanding_cents = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    message_id = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["procedure", "level"], name="no_level_twice"),
            models.CheckConstraint(condition=Q(level__gte=0, level__lte=3), name="level_0_to_3"),
            models.CheckConstraint(condition=Q(pay_by__gt=models.F("issued_on")), name="notice_leaves_time"),
        ]
        triggers = [append_only("dunning_dunningnotice"), pursuable("NEW.issued_on")]

    def __str__(self) -> str:
        return f"{self.claim_id}: {self.level}"

    @property
    def outstanding(self) -> Money:
        return Money(self.outstanding_cents, self.currency)


class Collector(models.Model):
    """A collection agency. Its clerks see only its own orders."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.SlugField(unique=True)
    name = models.CharField(max_length=160)
    email = models.EmailField()
    phone = models.CharField(max_length=40, blank=True)
    street = models.CharField(max_length=120)
    postcode = models.CharField(max_length=12)
    city = models.CharField(max_length=80)
    language = models.CharField(max_length=2, default="de")
    # From which he pays out what he has collected; empty where nobody has told us.
    iban = models.CharField(max_length=40, blank=True)
    clerks = models.ManyToManyField(User, related_name="+", blank=True)

    def __str__(self) -> str:
        return self.name


class CollectionOrder(models.Model):
    """One claim in the hands of a collector. Settled or recalled in the transaction that ends the claim."""

    machine: StateMachine[OrderState] = COLLECTION_ORDER

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reference = models.CharField(max_length=16, unique=True)
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="+", db_index=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    collector = models.ForeignKey(Collector, on_delete=models.PROTECT, related_name="orders")
    state = models.CharField(max_length=12, choices=[(s.value, s.value) for s in OrderState])
    amount_cents = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    handed_over_at = models.DateTimeField()
    handed_over_by = models.CharField(max_length=200)
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["claim"], condition=Q(state="handed_over"), name="one_collector_at_a_time"),
            models.CheckConstraint(
                condition=Q(state="handed_over", ended_at=None)
                | ~Q(state="handed_over") & Q(ended_at__isnull=False) & ~Q(ended_because=""),
                name="ended_orders_say_why",
            ),
        ]
        indexes = [models.Index(fields=["claim"], name="collection_by_claim")]
        triggers = [
            never_deleted("dunning_collectionorder"),
            fixed("dunning_collectionorder", "id", "claim_id", "account_id", "collector_id", "amount_cents"),
            pursuable("(NEW.handed_over_at AT TIME ZONE 'Europe/Berlin')::date", living="handed_over"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def amount(self) -> Money:
        return Money(self.amount_cents, self.currency)


class Pause(models.Model):
    """Nothing pursues this claim while the pause lives. No clock ends it; a decision does."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="+", db_index=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    dispute_id = models.UUIDField(null=True, unique=True)
    since = models.DateTimeField()
    because = models.CharField(max_length=200)
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ended_at=None) | ~Q(ended_because=""), name="ended_pauses_say_why"),
        ]
        indexes = [
            models.Index(fields=["claim"], condition=Q(ended_at=None), name="living_pause_by_claim"),
        ]
        triggers = [
            never_deleted("dunning_pause"),
            fixed("dunning_pause", "id", "claim_id", "account_id", "since"),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id}: {self.because}"
