"""Looking at the facts and making it true: lift at once what has no reason left, propose what is missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from kulanz.holds.events import HoldsLifted
from kulanz.holds.givers import Reason, accounts_with_reasons, reasons_today
from kulanz.holds.models import Hold, HoldReason
from kulanz.holds.states import Effect, HoldKind, HoldState
from kulanz.infra.audit import Note, record
from kulanz.infra.ids import new_id
from kulanz.infra.sets import among
from kulanz.kernel.acts import Act, ActorKind
from kulanz.kernel.events import publish
from kulanz.kernel.references import new_code
from kulanz.ledger.events import (
    ClaimsCorrected,
    ClaimsReopened,
    ClaimsReversed,
    ClaimsSettled,
    DisputeDecided,
    DisputeRaised,
)
from kulanz.parties.api import lock_accounts

RULE = "holds.review"
_LIFTED_BECAUSE = "no reason left"
CHUNK = 500


def review_after_claims(
    event: ClaimsSettled | ClaimsReversed | ClaimsCorrected | ClaimsReopened | DisputeRaised | DisputeDecided,
) -> None:
    """Something changed about claims: their accounts are looked at again."""
    ids = event.account_ids if not isinstance(event, DisputeRaised | DisputeDecided) else frozenset({event.account_id})
    review(event.act, ids)


@transaction.atomic
def review(act: Act, account_ids: Iterable[UUID]) -> None:
    """Compare today's reasons with the payment holds of these accounts. Repeating it does no harm."""
    ids = sorted(set(account_ids))
    lock_accounts(ids)
    today = reasons_today(ids, act.on)
    _end_dead_reasons(act.as_rule(RULE), ids, today)
    _propose_missing(act.as_rule(RULE), ids, today)


def review_everybody(act: Act) -> None:
    """The nightly sweep: every account that has a reason or a payment hold, so that a lost fact is healed by morning.

    In chunks with a transaction each, so that nobody who pays at night waits for all the others.
    """
    held = Hold.objects.filter(
        kind=HoldKind.PAYMENT.value, state__in=[HoldState.ACTIVE.value, HoldState.PROPOSED.value]
    )
    ids = sorted(accounts_with_reasons(act.on) | set(held.values_list("account_id", flat=True)))
    for start in range(0, len(ids), CHUNK):
        review(act, ids[start : start + CHUNK])


def _end_dead_reasons(act: Act, account_ids: Sequence[UUID], today: Sequence[Reason]) -> None:
    living = {(r.giver, r.claim_id) for r in today}
    rows = HoldReason.objects.filter(account_id__in=among(account_ids), ended_at=None).values_list(
        "pk", "hold_id", "giver", "claim_id"
    )
    dead = [(pk, hold_id) for pk, hold_id, giver, claim_id in rows if (giver, claim_id) not in living]
    if not dead:
        return
    HoldReason.objects.filter(pk__in=[pk for pk, _ in dead]).update(ended_at=act.at)
    _end_holds_without_reason(act, {hold_id for _, hold_id in dead})


def _end_holds_without_reason(act: Act, hold_ids: set[UUID]) -> None:
    """Active ones are lifted and the house is told; proposals are dropped and restricted nobody."""
    still = set(HoldReason.objects.filter(hold_id__in=hold_ids, ended_at=None).values_list("hold_id", flat=True))
    ended = list(
        Hold.objects.filter(pk__in=hold_ids - still, state__in=[HoldState.ACTIVE.value, HoldState.PROPOSED.value])
    )
    _end(act, [h for h in ended if h.state == HoldState.PROPOSED.value], HoldState.DECLINED, _LIFTED_BECAUSE)
    lifted = [h for h in ended if h.state == HoldState.ACTIVE.value]
    _end(act, lifted, HoldState.LIFTED, _LIFTED_BECAUSE)
    if lifted:
        publish(HoldsLifted(act, frozenset(h.pk for h in lifted), frozenset(h.account_id for h in lifted)))


def _end(act: Act, holds: Sequence[Hold], state: HoldState, because: str) -> None:
    if not holds:
        return
    Hold.objects.filter(pk__in=[h.pk for h in holds]).update(
        state=state.value,
        lifted_at=act.at,
        lifted_by=act.by.name,
        lifted_by_kind=act.by.kind.value,
        lifted_because=because,
    )
    record(act, [Note(state.value, "holds.hold", h.pk, h.account_id, {"because": because}) for h in holds])


def _propose_missing(act: Act, account_ids: Sequence[UUID], today: Sequence[Reason]) -> None:
    """Reasons that no live hold of that effect rests on yet become a proposal, which a person may release.

    What a person declined or lifted is not proposed again for the same claim: people decide about people.
    """
    if not today:
        return
    resting = set(
        HoldReason.objects.filter(account_id__in=among(account_ids))
        .filter(Q(ended_at=None) | Q(hold__lifted_by_kind=ActorKind.PERSON.value))
        .values_list("account_id", "hold__effect", "claim_id")
    )
    missing: dict[tuple[UUID, Effect], list[Reason]] = defaultdict(list)
    for reason in today:
        if (reason.account_id, reason.effect.value, reason.claim_id) not in resting:
            missing[reason.account_id, reason.effect].append(reason)
    if not missing:
        return
    proposals = {
        (hold.account_id, Effect(hold.effect)): hold
        for hold in Hold.objects.filter(
            account_id__in=among(account for account, _ in missing),
            kind=HoldKind.PAYMENT.value,
            state=HoldState.PROPOSED.value,
        )
    }
    fresh = {key: _proposal(act, *key) for key in missing if key not in proposals}
    Hold.objects.bulk_create(fresh.values())
    record(act, [Note("proposed", "holds.hold", h.pk, h.account_id) for h in fresh.values()])
    proposals.update(fresh)
    HoldReason.objects.bulk_create(
        [
            HoldReason(
                hold=proposals[key],
                account_id=r.account_id,
                claim_id=r.claim_id,
                giver=r.giver,
                given_at=act.at,
            )
            for key, reasons in missing.items()
            for r in reasons
        ]
    )


def _proposal(act: Act, account_id: UUID, effect: Effect) -> Hold:
    return Hold(
        id=new_id(),
        reference="S" + new_code(7),
        account_id=account_id,
        kind=HoldKind.PAYMENT.value,
        effect=effect.value,
        state=HoldState.PROPOSED.value,
        proposed_at=act.at,
        proposed_by=act.by.name,
    )
