"""The reasons we give for payment holds, and the sentence that says them.

A claim is a reason when it is due, open, undisputed, not paused, of principal (nobody is held for fees or interest
alone), and either in the hands of a collector or reminded of at level 2 or higher.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from kulanz.dunning.models import CollectionOrder, DunningNotice, Pause
from kulanz.dunning.states import OrderState, ProcedureState
from kulanz.holds.api import Effect, Reason
from kulanz.infra.sets import among
from kulanz.ledger.api import ClaimBalance, ClaimKind

HOLD_FROM_LEVEL = 2


class OverdueClaims:
    """The reason giver of this room."""

    code = "dunning.overdue_claim"

    def reasons(self, account_ids: Iterable[UUID], on: date) -> Sequence[Reason]:
        """One query for any number of accounts."""
        rows = (
            _reasons(on)
            .filter(account_id__in=among(account_ids))
            .order_by("due_on", "claim_id")
            .values_list("account_id", "claim_id")
        )
        return [Reason(self.code, account_id, claim_id, Effect.NO_INVOICE_PURCHASE) for account_id, claim_id in rows]

    def accounts(self, on: date) -> set[UUID]:
        """For the nightly review: whoever has such a claim."""
        return set(_reasons(on).values_list("account_id", flat=True))


def _reasons(on: date) -> QuerySet[ClaimBalance]:
    claim = OuterRef("claim_id")
    handed_over = CollectionOrder.objects.filter(claim_id=claim, state=OrderState.HANDED_OVER.value)
    reminded = DunningNotice.objects.filter(
        claim_id=claim, level__gte=HOLD_FROM_LEVEL, procedure__state=ProcedureState.RUNNING.value
    )
    paused = Pause.objects.filter(claim_id=claim, ended_at=None)
    return (
        ClaimBalance.objects.filter(
            outstanding_cents__gt=0,
            open_disputes=0,
            due_on__lt=on,
            claim__kind=ClaimKind.PRINCIPAL.value,
        )
        .filter(Q(Exists(handed_over)) | Q(Exists(reminded)))
        .filter(~Exists(paused))
    )
