"""Cases, their timeline and the promises made in them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from kulanz.cases.states import CASE, PROMISE, CaseState, EventKind, PromiseState, Topic
from kulanz.infra.guards import append_only, fixed, never_deleted
from kulanz.infra.ids import new_id
from kulanz.infra.models import Upload
from kulanz.kernel.states import StateMachine
from kulanz.parties.api import Account, Brand, User


class Case(models.Model):
    """One concern of one person. A stranger's case has a name and an address to answer to, and no account."""

    machine: StateMachine[CaseState] = CASE

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reference = models.CharField(max_length=16, unique=True)
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    topic = models.CharField(max_length=14, choices=[(t.value, t.value) for t in Topic])
    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=2)
    about = models.CharField(max_length=60, blank=True)
    state = models.CharField(
        max_length=8, choices=[(s.value, s.value) for s in CaseState], default=CaseState.OPEN.value
    )
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    owner = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(account__isnull=False) | ~Q(email=""), name="every_case_can_be_answered"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "opened_at"], name="case_by_state"),
            models.Index(fields=["account", "-opened_at"], name="case_by_account"),
        ]
        triggers = [never_deleted("cases_case"), fixed("cases_case", "id", "reference", "opened_at")]

    def __str__(self) -> str:
        return self.reference


class CaseEvent(models.Model):
    """One thing that happened in a case. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="events")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    kind = models.CharField(max_length=16, choices=[(k.value, k.value) for k in EventKind])
    by = models.CharField(max_length=200)
    words = models.TextField(blank=True)
    upload = models.ForeignKey(Upload, on_delete=models.PROTECT, null=True, related_name="+")
    # What makes a repeated submission one event: the form's own key.
    key = models.CharField(max_length=80, unique=True, null=True)

    class Meta:
        indexes = [models.Index(fields=["case", "at", "id"], name="event_by_case")]
        triggers = [append_only("cases_caseevent")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at}"


class Promise(models.Model):
    """Something we said we would do, by a day, with an owner: a person or a team."""

    machine: StateMachine[PromiseState] = PROMISE

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="promises")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    what = models.CharField(max_length=300)
    due_on = models.DateField()
    owner = models.CharField(max_length=200)
    state = models.CharField(
        max_length=6, choices=[(s.value, s.value) for s in PromiseState], default=PromiseState.OPEN.value
    )
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(owner=""), name="every_promise_has_an_owner"),
            models.CheckConstraint(
                condition=Q(state="open", ended_at=None) | (~Q(state="open") & Q(ended_at__isnull=False)),
                name="ended_promises_have_a_moment",
            ),
        ]
        indexes = [models.Index(fields=["due_on"], condition=Q(state="open"), name="open_promises_by_day")]
        triggers = [
            never_deleted("cases_promise"),
            fixed("cases_promise", "id", "case_id", "what", "made_at"),
        ]

    def __str__(self) -> str:
        return self.what
