"""Security holds: one person may stop an account for one working day, a second one confirms it, or it ends."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from kulanz.holds.models import Hold
from kulanz.holds.placing import HoldHasEnded, ReasonMissing, in_force, place, require_person
from kulanz.holds.rules import LONGEST_SECURITY_HOLD, SOMEBODY_ELSE_FOR, confirm_by
from kulanz.holds.states import Effect, HoldKind, HoldState
from kulanz.infra.audit import Note, record
from kulanz.kernel.acts import Act, Actor, ActorKind
from kulanz.kernel.clock import berlin_day, start_of_day
from kulanz.kernel.refusals import Refusal, SomebodyWasFaster
from kulanz.kernel.text import N_
from kulanz.parties.api import Account, lock_accounts


class SecurityHoldTooLong(Refusal):
    """A suspicion must not become a ban by its end date."""

    code = "security_hold_too_long"
    sentence = N_("A security hold ends after %(days)s days at the latest. Nothing was placed.")


class SecurityHoldThereAlready(Refusal):
    """The same restriction for the same suspicion a second time would only hide which of both is to be confirmed."""

    code = "security_hold_there_already"
    sentence = N_(
        "Security hold %(reference)s stops the same on this account already. A second person confirms that one, or "
        "lift it first. Nothing was placed."
    )


class SomebodyElseMustPlace(Refusal):
    """Four eyes: what nobody else confirmed is not simply placed again by the same person."""

    code = "somebody_else_must_place"
    sentence = N_(
        "Your security hold %(reference)s on this account ended on %(ended)s and no second person had confirmed it. "
        "Until %(until)s you cannot place another one here. If the suspicion stands, ask a colleague to look at it: "
        "somebody else may place it. Nothing was placed."
    )


class ConfirmedTooLate(Refusal):
    """The working day for the second pair of eyes is over; the hold has ended and is not revived."""

    code = "confirmed_too_late"
    sentence = N_(
        "Hold %(reference)s could be confirmed until %(day)s; it has ended. If the suspicion still stands, place a new "
        "one: you did not place this one, so you may."
    )


class SecondPersonNeeded(Refusal):
    """Four eyes: who placed it cannot confirm it."""

    code = "second_person_needed"
    sentence = N_("A second person has to confirm this hold; you placed it yourself.")


@transaction.atomic
def place_security_hold(
    act: Act, account: Account, *, effect: Effect, words: str, ends_on: date, review_on: date
) -> Hold:
    """One person may stop an account for one working day; then a second confirms or it lifts by itself.

    Raises ReasonMissing without words, end or review, SecurityHoldTooLong for an end more than thirty days away,
    SecurityHoldThereAlready where one stops the same already, SomebodyElseMustPlace for whoever had one here that
    ended unconfirmed within the last thirty days.
    """
    require_person(act)
    if not words.strip() or ends_on <= act.on or not act.on <= review_on <= ends_on:
        raise ReasonMissing
    if ends_on > act.on + LONGEST_SECURITY_HOLD:
        raise SecurityHoldTooLong(days=LONGEST_SECURITY_HOLD.days)
    lock_accounts([account.pk])
    _refuse_second(act, account, effect)
    _refuse_dodging(act, account)
    return place(
        act,
        account,
        kind=HoldKind.SECURITY,
        effect=effect,
        words=words.strip(),
        ends_on=ends_on,
        review_on=review_on,
        confirm_by=confirm_by(act.on),
    )


def _refuse_second(act: Act, account: Account, effect: Effect) -> None:
    same = Hold.objects.filter(
        in_force(act.on), account=account, kind=HoldKind.SECURITY.value, effect=effect.value
    ).first()
    if same is not None:
        raise SecurityHoldThereAlready(reference=same.reference)


def _refuse_dodging(act: Act, account: Account) -> None:
    """Whether it ended by its day or by hand makes no difference: no second person had looked at it."""
    since = act.on - SOMEBODY_ELSE_FOR
    ended = Hold.objects.filter(account=account, kind=HoldKind.SECURITY.value, confirmed_by="").exclude(
        in_force(act.on)
    )
    for hold in ended.filter(released_at__gte=start_of_day(since - LONGEST_SECURITY_HOLD)).order_by("-released_at"):
        ended_on = _ended_on(hold)
        if was_placed_by(hold, act.by) and ended_on >= since:
            until = ended_on + SOMEBODY_ELSE_FOR
            raise SomebodyElseMustPlace(reference=hold.reference, ended=ended_on, until=until)


def _ended_on(hold: Hold) -> date:
    """The last day of a hold nobody confirmed: lifted by a person, or over by itself, whenever the sweep came by."""
    if hold.lifted_at is not None and hold.lifted_by_kind == ActorKind.PERSON.value:
        return berlin_day(hold.lifted_at)
    assert hold.confirm_by is not None  # the database insists on both
    assert hold.ends_on is not None
    return min(hold.confirm_by, hold.ends_on)


def was_placed_by(hold: Hold, person: Actor) -> bool:
    """Whether this person placed the hold. Logins decide where both are known: names can be changed and shared."""
    if hold.released_by_id is not None and person.user_id is not None:
        return hold.released_by_id == person.user_id
    return hold.released_by == person.name


@transaction.atomic
def confirm_security_hold(act: Act, hold: Hold) -> None:
    """The second pair of eyes. Raises SecondPersonNeeded for the person who placed it, SomebodyWasFaster when it is
    confirmed already, HoldHasEnded when a person has lifted it, ConfirmedTooLate when its working day is over: whether
    or not the sweep has come by, it is lifted then and not revived."""
    require_person(act)
    if was_placed_by(hold, act.by):
        raise SecondPersonNeeded
    lock_accounts([hold.account_id])
    updated = Hold.objects.filter(
        pk=hold.pk,
        state=HoldState.ACTIVE.value,
        kind=HoldKind.SECURITY.value,
        confirmed_by="",
        confirm_by__gte=act.on,
        ends_on__gte=act.on,
    ).update(confirmed_at=act.at, confirmed_by=act.by.name, confirmed_by_id=act.by.user_id)
    if not updated:
        hold.refresh_from_db()
        raise _why_not_confirmed(hold)
    record(act, [Note("confirmed", "holds.hold", hold.pk, hold.account_id)])


def _why_not_confirmed(hold: Hold) -> Refusal:
    if hold.confirmed_by and hold.state == HoldState.ACTIVE.value:
        return SomebodyWasFaster()
    lifted_by_hand = hold.lifted_by_kind == ActorKind.PERSON.value
    if hold.confirmed_by or lifted_by_hand or hold.kind != HoldKind.SECURITY.value:
        return HoldHasEnded(reference=hold.reference)
    return ConfirmedTooLate(reference=hold.reference, day=_ended_on(hold))
