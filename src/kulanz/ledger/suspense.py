"""Money nobody has understood yet: what needs an eye today, what a person has put aside until a day, and for how long
it has been lying there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from kulanz.infra.audit import Note, record
from kulanz.kernel.acts import Act
from kulanz.kernel.money import Money
from kulanz.kernel.refusals import Refusal
from kulanz.kernel.text import N_
from kulanz.ledger.line_locks import locked_lines
from kulanz.ledger.models import BankLine, SetAside

LONGEST_ASIDE = timedelta(days=90)


class NothingToPutAside(Refusal):
    """All of the line is explained."""

    code = "nothing_to_put_aside"
    sentence = N_("This payment is explained; there is nothing left to put aside.")


class NotAsideThatLong(Refusal):
    """A day in the past helps nobody; a day far away hides other people's money."""

    code = "not_aside_that_long"
    sentence = N_("A payment can be put aside until a day between tomorrow and %(days)s days from now.")


class ReasonForAsideMissing(Refusal):
    """Whoever finds it again wants to know what it waits for."""

    code = "reason_for_aside_missing"
    sentence = N_("Please write what this payment waits for.")


@dataclass(frozen=True, slots=True)
class Age:
    """Money in suspense that came in between two and so many days ago: how many lines, how much per currency."""

    from_days: int
    to_days: int | None
    lines: int
    amounts: tuple[Money, ...]


_AGES: tuple[tuple[int, int | None], ...] = ((0, 7), (8, 30), (31, 90), (91, None))


def in_suspense() -> QuerySet[BankLine]:
    """Money in of which something is not explained, oldest first."""
    return (
        BankLine.objects.select_related("bank_account")
        .filter(amount_cents__gt=0, bank_account__on_trial=False)
        .exclude(allocated_cents=F("amount_cents"))
        .order_by("booked_on", "id")
    )


def needs_an_eye(on: date) -> QuerySet[BankLine]:
    """The morning's work: what nobody has understood yet and nobody has put aside until a later day."""
    return in_suspense().exclude(_aside(on))


def put_aside(on: date) -> QuerySet[BankLine]:
    """What a person put aside and whose day has not come. The line knows its `aside`."""
    return in_suspense().filter(_aside(on))


def _aside(on: date) -> Exists:
    return Exists(SetAside.objects.filter(bank_line=OuterRef("pk"), ended_at=None, until__gt=on))


def living_asides(line_ids: Iterable[UUID]) -> dict[UUID, SetAside]:
    """Who put these lines aside, until when and why."""
    rows = SetAside.objects.filter(bank_line_id__in=list(line_ids), ended_at=None)
    return {row.bank_line_id: row for row in rows}


def suspense_by_age(on: date) -> tuple[Age, ...]:
    """How long money has been lying unexplained, in one query per bracket. Empty brackets are left out."""
    return tuple(age for age in (_age(on, *bracket) for bracket in _AGES) if age.lines)


def _age(on: date, from_days: int, to_days: int | None) -> Age:
    came_in = Q(booked_on__lte=on - timedelta(days=from_days))
    if not from_days:
        came_in = Q()  # a bank may book on a day that is still to come
    if to_days is not None:
        came_in &= Q(booked_on__gte=on - timedelta(days=to_days))
    left = F("amount_cents") - F("allocated_cents")
    sums = in_suspense().order_by("currency").filter(came_in).values("currency").annotate(left=Sum(left), n=Count("pk"))
    rows = list(sums)
    amounts = tuple(Money(row["left"], row["currency"]) for row in rows)
    return Age(from_days, to_days, sum(row["n"] for row in rows), amounts)


@transaction.atomic
def set_aside(act: Act, line: BankLine, *, until: date, why: str) -> SetAside:
    """A person cannot tell today and says what it waits for. On that day it stands on the list again; a rule that
    finds the claim before then books it all the same.

    Raises ReasonForAsideMissing, NotAsideThatLong or NothingToPutAside. Put aside again, the new day counts.
    """
    if not why.strip():
        raise ReasonForAsideMissing
    if not act.on < until <= act.on + LONGEST_ASIDE:
        raise NotAsideThatLong(days=LONGEST_ASIDE.days)
    [locked] = locked_lines([line.pk])
    if locked.amount_cents <= 0 or not locked.unexplained:
        raise NothingToPutAside
    SetAside.objects.filter(bank_line=line, ended_at=None).update(ended_at=act.at)
    aside = SetAside.objects.create(bank_line=line, until=until, why=why.strip(), set_at=act.at, set_by=act.by.name)
    facts = {"until": until.isoformat(), "why": why.strip()}
    record(act, [Note("payment put aside", "ledger.bankline", line.pk, line.account_id, facts)])
    return aside


@transaction.atomic
def take_up_again(act: Act, line: BankLine) -> bool:
    """It stands among what needs an eye again. Returns whether somebody had put it aside; otherwise nothing changes."""
    locked_lines([line.pk])
    ended = SetAside.objects.filter(bank_line=line, ended_at=None).update(ended_at=act.at)
    if ended:
        record(act, [Note("payment taken up again", "ledger.bankline", line.pk, line.account_id)])
    return bool(ended)
