"""Subscriptions come in: the mirror follows the shop, and what changed is written down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from kulanz.infra.audit import Note, record
from kulanz.infra.ids import new_id
from kulanz.kernel.acts import Act
from kulanz.kernel.refusals import Refusal
from kulanz.kernel.text import N_
from kulanz.parties.api import Brand
from kulanz.shop.models import Subscription
from kulanz.shop.order_files import Subscription as FileSubscription

LONGEST_TITLE = 200

# What a running contract may change. Whose it is and when it began are what makes it this contract.
_FOLLOWED = ("title", "price", "period_months", "renews_on", "ended_on")
_FOLLOWED_COLUMNS = ("title", "price_cents", "currency", "period_months", "renews_on", "ended_on")


class SubscriptionChanged(Refusal):
    """The same number came again for another customer or with another beginning: it is another contract."""

    code = "subscription_changed"
    sentence = N_(
        "Subscription %(number)s is already here with another customer or another first day. Nothing was imported. "
        "A subscription that goes to somebody else or begins anew comes with a new number."
    )


@dataclass(frozen=True, slots=True)
class FollowedSubscriptions:
    """What became of a file's subscriptions: `unchanged` ones had come before just so."""

    new: int
    changed: int
    unchanged: int


def follow_subscriptions(
    act: Act, brand: Brand, *, said: Sequence[FileSubscription], accounts: Mapping[str, UUID]
) -> FollowedSubscriptions:
    """Make the mirror say what the shop says, set-wise. The caller holds the brand's lock.

    A price, a renewal or an end that changed overwrites what was known and leaves a note of both.
    Raises SubscriptionChanged.
    """
    if not said:
        return FollowedSubscriptions(new=0, changed=0, unchanged=0)
    known = {s.number: s for s in Subscription.objects.filter(brand=brand, number__in=[s.number for s in said])}
    rows = [_row(brand, subscription, accounts) for subscription in said]
    fresh = [row for row in rows if row.number not in known]
    repeated = [(known[row.number], row) for row in rows if row.number in known]
    for before, now in repeated:
        if (before.account_id, before.started_on) != (now.account_id, now.started_on):
            raise SubscriptionChanged(number=now.number)
    changed = [(before, now) for before, now in repeated if _changes(before, now)]
    Subscription.objects.bulk_create(
        [*fresh, *(now for _, now in changed)],
        batch_size=2_000,
        update_conflicts=True,
        unique_fields=["brand", "number"],
        update_fields=_FOLLOWED_COLUMNS,
    )
    record(
        act,
        [
            Note("subscription changed", "shop.subscription", before.pk, before.account_id, _changes(before, now))
            for before, now in changed
        ],
    )
    return FollowedSubscriptions(new=len(fresh), changed=len(changed), unchanged=len(repeated) - len(changed))


def _row(brand: Brand, said: FileSubscription, accounts: Mapping[str, UUID]) -> Subscription:
    return Subscription(
        id=new_id(),
        brand=brand,
        account_id=accounts[said.customer_number],
        number=said.number,
        title=said.title[:LONGEST_TITLE],
        price_cents=said.price.cents,
        currency=said.price.currency,
        period_months=said.period_months,
        started_on=said.started_on,
        renews_on=said.renews_on,
        ended_on=said.ended_on,
    )


def _changes(before: Subscription, now: Subscription) -> dict[str, str]:
    """Each thing that is not as it was, with both values as people read them."""
    both = ((name, getattr(before, name), getattr(now, name)) for name in _FOLLOWED)
    return {name: f"{_shown(old)} → {_shown(new)}" for name, old, new in both if old != new}


def _shown(value: object) -> str:
    return "none" if value is None else str(value)
