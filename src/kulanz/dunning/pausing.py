"""Pauses that rest on no objection: something has to be looked at by a person before anybody is reminded again."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from kulanz.dunning.models import Pause
from kulanz.infra.audit import Note, record
from kulanz.infra.ids import new_id
from kulanz.kernel.acts import Act, ActorKind
from kulanz.kernel.refusals import Refusal, SomebodyWasFaster
from kulanz.kernel.text import N_
from kulanz.ledger.api import ReasonNeeded
from kulanz.parties.api import lock_accounts


class PauseEndsWithDecision(Refusal):
    """A pause that rests on an objection ends when a person has decided the objection."""

    code = "pause_ends_with_decision"
    sentence = N_("This pause rests on an objection: it ends when a person has decided that.")


class OnlyPeopleEndPauses(Refusal):
    """No rule and no clock ends a pause."""

    code = "only_people_end_pauses"
    sentence = N_("A pause is ended by a person, never by a rule.")


def pause_claims(act: Act, claims: Sequence[tuple[UUID, UUID]], *, because: str) -> None:
    """Nothing pursues these claims (claim, account) until a person has looked. One living pause of a kind is enough."""
    living = set(
        Pause.objects.filter(claim_id__in=[c for c, _ in claims], because=because, ended_at=None).values_list(
            "claim_id", flat=True
        )
    )
    fresh = [
        Pause(id=new_id(), claim_id=claim_id, account_id=account_id, since=act.at, because=because)
        for claim_id, account_id in claims
        if claim_id not in living
    ]
    Pause.objects.bulk_create(fresh)
    record(act, [Note("paused", "ledger.claim", p.claim_id, p.account_id, {"because": because}) for p in fresh])


@transaction.atomic
def end_pause(act: Act, pause: Pause, *, reason: str) -> None:
    """A person has looked and ends a pause that rests on no objection.

    Raises OnlyPeopleEndPauses, ReasonNeeded, PauseEndsWithDecision, or SomebodyWasFaster when it has ended.
    """
    if act.by.kind is not ActorKind.PERSON:
        raise OnlyPeopleEndPauses
    if not reason.strip():
        raise ReasonNeeded
    if pause.dispute_id is not None:
        raise PauseEndsWithDecision
    lock_accounts([pause.account_id])
    ended = Pause.objects.filter(pk=pause.pk, ended_at=None).update(ended_at=act.at, ended_because=reason.strip()[:200])
    if not ended:
        raise SomebodyWasFaster
    record(act, [Note("pause ended", "ledger.claim", pause.claim_id, pause.account_id, {"reason": reason.strip()})])
