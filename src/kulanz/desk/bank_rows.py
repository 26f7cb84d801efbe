"""Bank lines as finance reads them: what came in, what it may belong to, what it paid and what followed from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext

from kulanz.contact.api import Message
from kulanz.desk.words import Badge, rule_name
from kulanz.dunning.api import CollectionOrder, OrderState, Procedure
from kulanz.holds.api import HoldReason, HoldState
from kulanz.kernel.money import Money
from kulanz.ledger.api import Age, Allocation, BankLine, ClaimState, SetAside, Suggestion, living_asides

CLOSE_NAME = 90
DISTANT_NAME = 60


@dataclass(frozen=True, slots=True)
class Chip:
    """One piece of evidence in words; `kind` is yes, no or empty for in between."""

    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class SuggestionRow:
    """A claim this line may pay."""

    suggestion: Suggestion
    customer: str
    rule: str
    chips: tuple[Chip, ...]


@dataclass(frozen=True, slots=True)
class Consequence:
    """What followed from a booking, in the same database transaction. `url` leads to it where there is a page."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class BookingRow:
    """A part of a line that was booked: on what, by whom, why, and what followed."""

    allocation: Allocation
    customer: str
    by_rule: bool
    rule: str
    chips: tuple[Chip, ...]
    followed: tuple[Consequence, ...]


@dataclass(frozen=True, slots=True)
class LineRow:
    """One bank line."""

    line: BankLine
    badge: Badge
    left: Money
    suggestions: tuple[SuggestionRow, ...]
    bookings: tuple[BookingRow, ...]
    waiting_days: int
    aside: SetAside | None
    still_aside: bool


@dataclass(frozen=True, slots=True)
class AgeRow:
    """How much money has been lying unexplained for how long."""

    name: str
    lines: int
    amounts: tuple[Money, ...]
    old: bool


def age_rows(ages: Iterable[Age]) -> tuple[AgeRow, ...]:
    """Brackets in words. What lies longer than a month is somebody's worry."""
    return tuple(AgeRow(_age_name(age), age.lines, age.amounts, age.from_days > 30) for age in ages)


def _age_name(age: Age) -> str:
    if age.to_days is None:
        return gettext("longer than %(days)d days") % {"days": age.from_days - 1}
    if not age.from_days:
        return gettext("up to %(days)d days") % {"days": age.to_days}
    return gettext("%(from)d to %(to)d days") % {"from": age.from_days, "to": age.to_days}


def line_rows(lines: Sequence[BankLine], today: date) -> tuple[LineRow, ...]:
    """A constant number of queries, however many lines there are."""
    ids = [line.pk for line in lines]
    suggestions: dict[UUID, list[SuggestionRow]] = defaultdict(list)
    for suggestion in _suggestions(ids):
        suggestions[suggestion.bank_line_id].append(_suggestion_row(suggestion))
    allocations = _allocations(ids)
    followed = consequences(allocations)
    asides = living_asides(ids)
    bookings: dict[UUID, list[BookingRow]] = defaultdict(list)
    for allocation in allocations:
        bookings[allocation.bank_line_id].append(_booking_row(allocation, followed[allocation.pk]))
    return tuple(
        LineRow(
            line,
            _badge(line),
            line.unexplained,
            tuple(suggestions[line.pk]),
            tuple(bookings[line.pk]),
            max(0, (today - line.booked_on).days),
            asides.get(line.pk),
            line.pk in asides and asides[line.pk].until > today,
        )
        for line in lines
    )


def _suggestions(line_ids: Sequence[UUID]) -> Iterable[Suggestion]:
    """Claims these lines may pay. One that has been paid by another line since is no suggestion any more."""
    return (
        Suggestion.objects.select_related("claim__invoice", "claim__balance", "account__person")
        .filter(bank_line_id__in=line_ids, claim__balance__outstanding_cents__gt=0)
        .order_by("-score", "pk")
    )


def _allocations(line_ids: Sequence[UUID]) -> list[Allocation]:
    return list(
        Allocation.objects.select_related("claim__invoice", "claim__balance", "account__person")
        .filter(bank_line_id__in=line_ids, reversal=None)
        .order_by("allocated_at", "pk")
    )


def _badge(line: BankLine) -> Badge:
    if not line.unexplained:
        return Badge(gettext("booked"), "success")
    if not line.allocated_cents and (why := _why_no_rule_books(line)):
        return Badge(why, "warning")
    return Badge(gettext("partly booked"), "warning") if line.allocated_cents else Badge(gettext("not booked"), "info")


def _why_no_rule_books(line: BankLine) -> str:
    """What makes a line one that only a person may book; empty for an ordinary one."""
    if line.reversal:
        return gettext("taken back by the bank")
    if line.return_code:
        return gettext("returned payment (%(code)s)") % {"code": line.return_code}
    if line.details_incomplete:
        return gettext("details incomplete")
    return gettext("account on trial") if line.bank_account.on_trial else ""


def _suggestion_row(suggestion: Suggestion) -> SuggestionRow:
    return SuggestionRow(
        suggestion, suggestion.account.holder.name, rule_name(suggestion.rule), chips(suggestion.evidence)
    )


def _booking_row(allocation: Allocation, followed: Sequence[Consequence]) -> BookingRow:
    # Who agreed is written into the evidence; where nobody is named, the rule booked by itself.
    return BookingRow(
        allocation,
        allocation.account.holder.name,
        "by" not in allocation.evidence,
        rule_name(allocation.rule),
        chips(allocation.evidence),
        tuple(followed),
    )


def chips(evidence: Mapping[str, object]) -> tuple[Chip, ...]:
    """The evidence a line was matched by, in words."""
    found: list[Chip] = []
    if reference := evidence.get("reference"):
        found.append(Chip(gettext("Reference %(reference)s") % {"reference": reference}, "yes"))
    amounts = {
        "equal": Chip(gettext("Amount agrees"), "yes"),
        "lower": Chip(gettext("Amount is lower"), "no"),
        "higher": Chip(gettext("Amount is higher"), "no"),
    }
    if (amount := str(evidence.get("amount", ""))) in amounts:
        found.append(amounts[amount])
    if "iban_known" in evidence:
        known = bool(evidence["iban_known"])
        found.append(Chip(gettext("IBAN known") if known else gettext("IBAN not seen before"), "yes" if known else ""))
    if isinstance(similarity := evidence.get("name_similarity"), int):
        kind = "yes" if similarity >= CLOSE_NAME else "no" if similarity < DISTANT_NAME else ""
        found.append(Chip(gettext("Name similarity: %(percent)d of 100") % {"percent": similarity}, kind))
    if by := evidence.get("by"):
        found.append(Chip(gettext("Decided by %(name)s") % {"name": by}))
    return tuple(found)


def consequences(allocations: Sequence[Allocation]) -> dict[UUID, list[Consequence]]:
    """What each booking brought about: everything that ended at the very moment it was booked."""
    followed: dict[UUID, list[Consequence]] = {allocation.pk: [] for allocation in allocations}
    by_claim: dict[tuple[UUID, datetime], UUID] = {
        (a.claim_id, a.allocated_at): a.pk for a in allocations if a.claim_id is not None
    }
    if not by_claim:
        return followed
    claim_ids = {claim_id for claim_id, _ in by_claim}
    _claims_paid(allocations, followed, claim_ids)
    for claim_id, at, consequence in (
        *_holds_lifted(claim_ids),
        *_reminders_ended(claim_ids),
        *_orders_ended(claim_ids),
        *_told(claim_ids),
    ):
        if (allocation_id := by_claim.get((claim_id, at))) is not None:
            followed[allocation_id].append(consequence)
    return followed


Ended = tuple[UUID, datetime, Consequence]


def _claims_paid(
    allocations: Sequence[Allocation], followed: dict[UUID, list[Consequence]], claim_ids: set[UUID]
) -> None:
    """The last payment of a claim settles it; after an earlier one something was left."""
    last = dict(
        Allocation.objects.filter(claim_id__in=claim_ids).values_list("claim_id").annotate(last=Max("allocated_at"))
    )
    for allocation in allocations:
        claim = allocation.claim
        if claim is None:
            followed[allocation.pk].append(Consequence(gettext("Kept as the customer's credit")))
        elif claim.balance.state is ClaimState.SETTLED and last[claim.pk] == allocation.allocated_at:
            text = gettext("Invoice %(invoice)s is paid") % {"invoice": claim.title}
            followed[allocation.pk].append(Consequence(text))


def _holds_lifted(claim_ids: set[UUID]) -> Iterable[Ended]:
    reasons = HoldReason.objects.select_related("hold").filter(
        claim_id__in=claim_ids, ended_at__isnull=False, hold__state=HoldState.LIFTED.value
    )
    for reason in reasons:
        if reason.ended_at is not None and reason.hold.lifted_at == reason.ended_at:
            text = gettext("Hold %(reference)s lifted") % {"reference": reason.hold.reference}
            yield reason.claim_id, reason.ended_at, Consequence(text)


def _reminders_ended(claim_ids: set[UUID]) -> Iterable[Ended]:
    for procedure in Procedure.objects.filter(claim_id__in=claim_ids, ended_at__isnull=False):
        assert procedure.ended_at is not None
        yield procedure.claim_id, procedure.ended_at, Consequence(gettext("Reminders ended"))


def _orders_ended(claim_ids: set[UUID]) -> Iterable[Ended]:
    orders = CollectionOrder.objects.select_related("collector").filter(
        claim_id__in=claim_ids, state=OrderState.SETTLED.value
    )
    for order in orders:
        assert order.ended_at is not None
        facts = {"reference": order.reference, "collector": order.collector.name}
        text = gettext("Collection order %(reference)s closed, %(collector)s is told") % facts
        yield order.claim_id, order.ended_at, Consequence(text)


def _told(claim_ids: set[UUID]) -> Iterable[Ended]:
    """The message to the customer that his invoice is paid."""
    keys = {f"settled:{claim_id}": claim_id for claim_id in claim_ids}
    for message in Message.objects.filter(key__in=keys):
        text = gettext("%(name)s is told") % {"name": message.to_name}
        url = reverse("desk:message", args=[message.pk])
        yield keys[message.key], message.queued_at, Consequence(text, url)
