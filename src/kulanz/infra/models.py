"""Audit entries and uploaded files."""

from __future__ import annotations

from django.db import models

from kulanz.infra.guards import append_only
from kulanz.infra.ids import new_id
from kulanz.kernel.acts import ActorKind


class AuditEntry(models.Model):
    """Who did what to which thing, when and why. Append-only.

    `subject` names the thing as `room.kind`, `subject_id` its id; `account_id` is kept without a foreign key so that
    this floor does not know the one above. `rule` is set where a rule acted by itself.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10, choices=[(k.value, k.value) for k in ActorKind])
    actor = models.CharField(max_length=200)
    user_id = models.UUIDField(null=True)
    why = models.TextField()
    what = models.CharField(max_length=80)
    subject = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    account_id = models.UUIDField(null=True)
    facts = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["subject_id", "at"], name="audit_by_subject"),
            models.Index(fields=["account_id", "at"], name="audit_by_account"),
            models.Index(fields=["-at"], name="audit_newest"),
        ]
        triggers = [append_only("infra_auditentry")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor}: {self.what}"


class Upload(models.Model):
    """A file from outside, kept below the data directory, never below a web root. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=60)
    size_bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    account_id = models.UUIDField(null=True)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(size_bytes__gt=0), name="upload_is_not_empty"),
        ]
        triggers = [append_only("infra_upload")]

    def __str__(self) -> str:
        return self.name
