"""People release, confirm, decline and lift holds. No rule ever places one."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet

from kulanz.holds.events import HoldsLifted, HoldsPlaced
from kulanz.holds.models import Hold, HoldReason
from kulanz.holds.review import review
from kulanz.holds.rules import is_open, review_wish_on
from kulanz.holds.states import HOLD, Effect, HoldKind, HoldState, Way
from kulanz.infra.audit import Note, record
from kulanz.infra.ids import new_id
from kulanz.infra.moves import move
from kulanz.kernel.acts import Act, ActorKind
from kulanz.kernel.events import publish
from kulanz.kernel.references import new_code, normalise
from kulanz.kernel.refusals import NotFound, Refusal
from kulanz.kernel.text import N_
from kulanz.parties.api import Account, lock_accounts


class OnlyPeoplePlaceHolds(Refusal):
    """Rules propose; a human releases."""

    code = "only_people_place_holds"
    sentence = N_("A hold is placed by a person, never by a rule.")


class ReasonGone(Refusal):
    """The claim behind the proposal is paid, disputed or gone in the meantime."""

    code = "hold_reason_gone"
    sentence = N_("There is no reason for this hold any more; it was not placed.")


class ReasonMissing(Refusal):
    """A restriction without a stated reason is not placed."""

    code = "hold_reason_missing"
    sentence = N_("Please state the reason, an end date and a review date: the customer reads them.")


class HoldHasEnded(Refusal):
    """It restricts nobody any more."""

    code = "hold_has_ended"
    sentence = N_("Hold %(reference)s has ended and restricts nothing any more. Nothing was changed.")


def holds_with_reasons() -> QuerySet[Hold]:
    """Holds with their living reasons and claims, in a constant number of queries."""
    reasons = HoldReason.objects.filter(ended_at=None).select_related(
        "claim__invoice", "claim__balance", "claim__account__person", "claim__account__brand"
    )
    return Hold.objects.select_related("account", "account__person", "account__brand").prefetch_related(
        Prefetch("reasons", queryset=reasons, to_attr="living_reasons")
    )


def in_force(on: date) -> Q:
    """Holds that restrict somebody on that day.

    A security hold ends with its day, also where nobody has come by yet to write down that it has ended: no stopped
    worker restricts a person longer than he was told.
    """
    confirmed_or_young = ~Q(confirmed_by="") | Q(confirm_by__gte=on)
    return Q(state=HoldState.ACTIVE.value) & (
        ~Q(kind=HoldKind.SECURITY.value) | Q(ends_on__gte=on) & confirmed_or_young
    )


def active_holds(account_id: UUID, *, on: date) -> list[Hold]:
    """What restricts this account on that day."""
    holds = holds_with_reasons().filter(in_force(on), account_id=account_id).order_by("released_at")
    # The reasons are read after the holds. What has lost its last one in between has been lifted by a payment.
    return [hold for hold in holds if hold.kind != HoldKind.PAYMENT.value or hold.living_reasons]  # type: ignore[attr-defined]  # prefetched


def permitted(account_id: UUID, ways: frozenset[Way] = frozenset(Way), *, on: date) -> dict[Way, bool]:
    """What this account may do on that day, way by way."""
    living = Hold.objects.filter(in_force(on), account_id=account_id)
    effects = frozenset(Effect(e) for e in living.values_list("effect", flat=True))
    return {way: is_open(way, effects) for way in sorted(ways)}


def find_hold(reference: str) -> Hold:
    """By its reference. Raises NotFound."""
    hold = holds_with_reasons().filter(reference=normalise(reference)).first()
    if hold is None:
        raise NotFound(reference=reference)
    return hold


def require_person(act: Act) -> None:
    """Restricting somebody is never done by a rule. Raises OnlyPeoplePlaceHolds."""
    if act.by.kind is not ActorKind.PERSON:
        raise OnlyPeoplePlaceHolds


@transaction.atomic
def release_hold(act: Act, hold: Hold) -> None:
    """A person has looked at a proposal and places the hold. The facts are looked at once more under the lock.

    Raises ReasonGone when they have changed, SomebodyWasFaster when it was released or declined meanwhile.
    """
    require_person(act)
    lock_accounts([hold.account_id])
    review(act, [hold.account_id])
    hold.refresh_from_db()
    if hold.state == HoldState.DECLINED.value:
        raise ReasonGone
    move(
        act,
        hold,
        HOLD,
        old=HoldState.PROPOSED,
        new=HoldState.ACTIVE,
        account_id=hold.account_id,
        released_at=act.at,
        released_by=act.by.name,
        released_by_kind=act.by.kind.value,
        released_by_id=act.by.user_id,
    )
    publish(HoldsPlaced(act, frozenset({hold.pk}), frozenset({hold.account_id})))


@transaction.atomic
def decline_hold(act: Act, hold: Hold) -> None:
    """A person has looked at a proposal and does not place it; `act.why` says why."""
    lock_accounts([hold.account_id])
    move(
        act,
        hold,
        HOLD,
        old=HoldState.PROPOSED,
        new=HoldState.DECLINED,
        account_id=hold.account_id,
        lifted_at=act.at,
        lifted_by=act.by.name,
        lifted_by_kind=act.by.kind.value,
        lifted_because=act.why,
    )
    HoldReason.objects.filter(hold=hold, ended_at=None).update(ended_at=act.at)


@transaction.atomic
def lift_hold(act: Act, hold: Hold) -> None:
    """End an active hold now; `act.why` says why."""
    lock_accounts([hold.account_id])
    move(
        act,
        hold,
        HOLD,
        old=HoldState.ACTIVE,
        new=HoldState.LIFTED,
        account_id=hold.account_id,
        lifted_at=act.at,
        lifted_by=act.by.name,
        lifted_by_kind=act.by.kind.value,
        lifted_because=act.why,
    )
    HoldReason.objects.filter(hold=hold, ended_at=None).update(ended_at=act.at)
    publish(HoldsLifted(act, frozenset({hold.pk}), frozenset({hold.account_id})))


@transaction.atomic
def place_own_wish_hold(act: Act, account: Account, *, effect: Effect, words: str) -> Hold:
    """The customer asked for it, for instance to stop himself from buying.

    He ends it himself whenever he wishes. It always has a day on which somebody looks again, so that a wish nobody
    remembers does not stand for ever.
    """
    require_person(act)
    if not words.strip():
        raise ReasonMissing
    return place(
        act,
        account,
        kind=HoldKind.OWN_WISH,
        effect=effect,
        words=words.strip(),
        review_on=review_wish_on(act.on),
    )


def place(act: Act, account: Account, *, kind: HoldKind, effect: Effect, words: str, **dates: date) -> Hold:
    """Write down a hold that is in force at once. Whether it may be placed is decided before."""
    lock_accounts([account.pk])
    hold = Hold.objects.create(
        id=new_id(),
        reference="S" + new_code(7),
        account=account,
        kind=kind.value,
        effect=effect.value,
        state=HoldState.ACTIVE.value,
        words=words,
        proposed_at=act.at,
        proposed_by=act.by.name,
        released_at=act.at,
        released_by=act.by.name,
        released_by_kind=act.by.kind.value,
        released_by_id=act.by.user_id,
        **dates,
    )
    record(act, [Note("placed", "holds.hold", hold.pk, account.pk, {"kind": kind.value, "effect": effect.value})])
    publish(HoldsPlaced(act, frozenset({hold.pk}), frozenset({account.pk})))
    return hold


@transaction.atomic
def lift_expired(act: Act) -> list[UUID]:
    """Security holds nobody confirmed in time, and those whose end has come. Run every hour by the worker."""
    expired = Hold.objects.filter(state=HoldState.ACTIVE.value).exclude(in_force(act.on))
    # All locks first and in order: what a person lifts or confirms right now is seen, and nobody waits in a circle.
    lock_accounts(expired.values_list("account_id", flat=True))
    holds = list(expired.order_by("pk"))
    for hold in holds:
        lift_hold(act.as_rule("holds.lift_expired"), hold)
    return [hold.pk for hold in holds]
