"""Holds and the reasons that carry them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from kulanz.holds import guards
from kulanz.holds.states import HOLD, Effect, HoldKind, HoldState
from kulanz.infra.guards import fixed, never_deleted
from kulanz.infra.ids import new_id
from kulanz.kernel.states import StateMachine
from kulanz.ledger.api import Claim
from kulanz.parties.api import Account


class Hold(models.Model):
    """A restriction of one account, proposed by a rule or a person, released by a person, lifted by anything."""

    machine: StateMachine[HoldState] = HOLD

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reference = models.CharField(max_length=16, unique=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=[(k.value, k.value) for k in HoldKind])
    effect = models.CharField(max_length=20, choices=[(e.value, e.value) for e in Effect])
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in HoldState])
    # For security and own wish: the reason in words a customer can read. Payment holds rest on claims instead.
    words = models.TextField(blank=True)
    proposed_at = models.DateTimeField()
    proposed_by = models.CharField(max_length=200)
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=200, blank=True)
    released_by_kind = models.CharField(max_length=10, blank=True)
    released_by_id = models.UUIDField(null=True)
    confirm_by = models.DateField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.CharField(max_length=200, blank=True)
    confirmed_by_id = models.UUIDField(null=True)
    ends_on = models.DateField(null=True)
    review_on = models.DateField(null=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=200, blank=True)
    # A person's decision against a hold stands: the same claim is not proposed for it again by a rule.
    lifted_by_kind = models.CharField(max_length=10, blank=True)
    lifted_because = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "account"], name="hold_with_its_account"),
            models.UniqueConstraint(
                fields=["account", "effect"],
                condition=Q(kind="payment", state="proposed"),
                name="one_proposal_per_effect",
            ),
            models.CheckConstraint(condition=Q(kind__in=[k.value for k in HoldKind]), name="hold_kind_is_known"),
            models.CheckConstraint(condition=Q(effect__in=[e.value for e in Effect]), name="hold_effect_is_known"),
            models.CheckConstraint(condition=Q(state__in=[s.value for s in HoldState]), name="hold_state_is_known"),
            models.CheckConstraint(
                condition=~Q(state__in=["active", "lifted"])
                | Q(released_at__isnull=False, released_by_kind="person") & ~Q(released_by=""),
                name="people_release_holds",
            ),
            models.CheckConstraint(
                condition=~Q(kind="security")
                | Q(ends_on__isnull=False, review_on__isnull=False, confirm_by__isnull=False) & ~Q(words=""),
                name="security_holds_have_reason_end_and_review",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by="")
                | Q(confirmed_by_id__isnull=False, released_by_id__isnull=False)
                & ~Q(confirmed_by_id=models.F("released_by_id"))
                | (Q(confirmed_by_id=None) | Q(released_by_id=None)) & ~Q(confirmed_by=models.F("released_by")),
                name="two_people_confirm_a_security_hold",
            ),
            models.CheckConstraint(condition=~Q(kind="own_wish") | ~Q(words=""), name="own_wish_is_in_words"),
            models.CheckConstraint(
                condition=~Q(state__in=["lifted", "declined"]) | Q(lifted_at__isnull=False) & ~Q(lifted_because=""),
                name="ended_holds_say_why",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "state"], name="hold_by_account"),
            models.Index(fields=["state", "proposed_at"], name="hold_by_state"),
        ]
        triggers = [
            never_deleted("holds_hold"),
            fixed("holds_hold", "id", "account_id", "kind", "effect", "proposed_at"),
            guards.HOLD_RESTS_ON_CLAIMS,
        ]

    def __str__(self) -> str:
        return self.reference


class HoldReason(models.Model):
    """A claim that carries a payment hold, as long as it is due, open and undisputed.

    Composite foreign keys with `account_id` (migration 0002) keep hold, claim and account one and the same debtor's.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="reasons")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="+", db_index=False)
    giver = models.CharField(max_length=40)
    given_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["hold", "claim", "giver"], condition=Q(ended_at=None), name="living_reason_once"
            ),
        ]
        indexes = [
            models.Index(fields=["claim"], condition=Q(ended_at=None), name="living_reason_by_claim"),
            models.Index(fields=["account"], name="reason_by_account"),
        ]
        triggers = [
            never_deleted("holds_holdreason"),
            fixed("holds_holdreason", "id", "hold_id", "account_id", "claim_id", "giver"),
            guards.REASON_RESTS_ON_CLAIM,
        ]

    def __str__(self) -> str:
        return f"{self.hold_id}: {self.claim_id}"
