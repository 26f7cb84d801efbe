"""The second look: a person has looked at a hold again, it still stands, and he says when the next look is due."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from kulanz.holds.models import Hold
from kulanz.holds.placing import HoldHasEnded, in_force
from kulanz.holds.rules import LONGEST_UNTIL_NEXT_LOOK
from kulanz.infra.audit import Note, record
from kulanz.kernel.acts import Act
from kulanz.kernel.refusals import Refusal
from kulanz.kernel.text import N_
from kulanz.parties.api import lock_accounts


class NoDayToLookAgain(Refusal):
    """A payment hold rests on its claims and ends with them: nobody has to remember it."""

    code = "no_day_to_look_again"
    sentence = N_("Hold %(reference)s rests on its invoices and ends with them. It needs no day for a second look.")


class NotLookedAgainThen(Refusal):
    """Too late would be never, and after the end there is nothing to look at."""

    code = "not_looked_again_then"
    sentence = N_("The next look must be on a day after today and by %(last)s. Nothing was changed.")


class EndsToday(Refusal):
    """The last day of a hold leaves no day for another look."""

    code = "hold_ends_today"
    sentence = N_("Hold %(reference)s ends by itself today. There is no day left to look at it again.")


@transaction.atomic
def look_again(act: Act, hold: Hold, next_on: date) -> None:
    """A person has looked; the hold stands, and comes back on `next_on`: at most 90 days ahead, never beyond its end.

    Raises HoldHasEnded, NoDayToLookAgain for a payment hold, EndsToday, NotLookedAgainThen for any other day.
    """
    lock_accounts([hold.account_id])
    found = Hold.objects.filter(in_force(act.on), pk=hold.pk).first()
    if found is None:
        raise HoldHasEnded(reference=hold.reference)
    if found.review_on is None:
        raise NoDayToLookAgain(reference=hold.reference)
    last = last_day_to_look(found, act.on)
    if last <= act.on:
        raise EndsToday(reference=hold.reference)
    if not act.on < next_on <= last:
        raise NotLookedAgainThen(last=last)
    Hold.objects.filter(pk=hold.pk).update(review_on=next_on)
    facts = {"due": found.review_on.isoformat(), "next": next_on.isoformat()}
    record(act, [Note("looked at again", "holds.hold", hold.pk, hold.account_id, facts)])


def last_day_to_look(hold: Hold, on: date) -> date:
    """The last day on which the next look may be."""
    furthest = on + LONGEST_UNTIL_NEXT_LOOK
    return furthest if hold.ends_on is None else min(furthest, hold.ends_on)
