"""Holds as staff reads them: the customer's own sentence, the facts behind it, what may be done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import get_language, gettext

from kulanz.desk.words import Badge, hold_badge
from kulanz.dunning.api import LEVEL_NAMES, CollectionOrder, DunningNotice, lifting_sentences
from kulanz.explain.api import sentence_of_hold
from kulanz.holds.api import (
    EFFECT_NAMES,
    HOLD_KIND_NAMES,
    Effect,
    Hold,
    HoldKind,
    HoldState,
    last_day_to_look,
    was_placed_by,
)
from kulanz.kernel.acts import Actor, ActorKind
from kulanz.kernel.clock import berlin_day
from kulanz.ledger.api import Claim
from kulanz.parties.api import Permission, User
from kulanz.ui import formats


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldRow:
    """One hold. `facts` are the reminders and hand-overs of the claims it rests on."""

    hold: Hold
    effect: str
    kind: str
    badge: Badge
    sentence: str
    lifts: tuple[str, ...]
    claims: tuple[Claim, ...]
    facts: tuple[str, ...]
    age_days: int
    may_release: bool
    may_lift: bool
    may_confirm: bool
    waits_for_second: bool
    # Until when the next look may be put off; None where there is none to put off, or it is not this person's to do.
    next_look_by: date | None

    @property
    def is_proposal(self) -> bool:
        return self.hold.state == HoldState.PROPOSED.value


def hold_rows(holds: Sequence[Hold], user: User, today: date) -> tuple[HoldRow, ...]:
    """Rows for holds read by `holds_with_reasons`: two queries more, however many holds there are."""
    claims = {hold.pk: [reason.claim for reason in hold.living_reasons] for hold in holds}  # type: ignore[attr-defined]  # as holds_with_reasons reads them
    facts = _facts(claim.pk for named in claims.values() for claim in named)
    return tuple(_row(hold, claims[hold.pk], facts, user, today) for hold in holds)


def _row(hold: Hold, claims: Sequence[Claim], facts: dict[UUID, list[str]], user: User, today: date) -> HoldRow:
    may = user.may(Permission.RELEASE_HOLDS)
    wished = hold.kind == HoldKind.OWN_WISH.value
    active = hold.state == HoldState.ACTIVE.value
    unconfirmed = hold.kind == HoldKind.SECURITY.value and not hold.confirmed_by
    waits = active and unconfirmed and hold.confirm_by is not None and hold.confirm_by >= today
    return HoldRow(
        hold=hold,
        effect=gettext(EFFECT_NAMES[Effect(hold.effect)]),
        kind=gettext(HOLD_KIND_NAMES[HoldKind(hold.kind)]),
        badge=hold_badge(hold),
        sentence=sentence_of_hold(hold, claims),
        lifts=lifting_sentences(hold) if active else (),
        claims=tuple(claims),
        facts=tuple(fact for claim in claims for fact in facts[claim.pk]),
        age_days=(today - berlin_day(hold.released_at or hold.proposed_at)).days,
        may_release=may and hold.state == HoldState.PROPOSED.value,
        may_lift=active and (may or (wished and user.may(Permission.WORK_CASES))),
        may_confirm=may and waits and not was_placed_by(hold, Actor(ActorKind.PERSON, str(user), user.pk)),
        waits_for_second=waits,
        next_look_by=_next_look_by(hold, today) if may and active else None,
    )


def _next_look_by(hold: Hold, today: date) -> date | None:
    if hold.review_on is None:
        return None
    last = last_day_to_look(hold, today)
    return last if last > today else None


def _facts(claim_ids: Iterable[UUID]) -> dict[UUID, list[str]]:
    """Reminders and hand-overs in words, oldest first."""
    ids = set(claim_ids)
    facts: dict[UUID, list[str]] = defaultdict(list)
    if not ids:
        return facts
    for notice in DunningNotice.objects.filter(claim_id__in=ids).order_by("issued_on", "level"):
        facts[notice.claim_id].append(f"{gettext(LEVEL_NAMES[notice.level])}, {_day(notice.issued_on)}")
    orders = CollectionOrder.objects.select_related("collector").filter(claim_id__in=ids).order_by("handed_over_at")
    for order in orders:
        facts[order.claim_id].append(
            gettext("Handed to %(collector)s on %(day)s, file number %(reference)s")
            % {
                "collector": order.collector.name,
                "day": _day(berlin_day(order.handed_over_at)),
                "reference": order.reference,
            }
        )
    return facts


def _day(day: date) -> str:
    return formats.day(day, get_language() or "en")
