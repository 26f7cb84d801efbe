"""Money nobody has understood yet: what stands on the list, what is put aside, and for how long it lies there."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, transaction
from tests import builders as b

from kulanz.kernel.money import Money
from kulanz.kernel.refusals import Refusal
from kulanz.ledger.api import (
    BankLine,
    NotAsideThatLong,
    NothingToPutAside,
    ReasonForAsideMissing,
    SetAside,
    living_asides,
    match,
    needs_an_eye,
    put_aside,
    set_aside,
    suspense_by_age,
    take_up_again,
)

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)


def a_riddle(amount: str = "15.00", on: str = "2026-11-20") -> BankLine:
    [line] = b.bank_lines(b.a_bank_file((amount, "no idea"), on=on))
    return line


def aside(line: BankLine, until: str = "2026-11-27", why: str = "the customer is asked") -> SetAside:
    return set_aside(b.dana(TODAY), line, until=date.fromisoformat(until), why=why)


def test_what_is_put_aside_leaves_the_list_until_its_day() -> None:
    line = a_riddle()
    aside(line)
    assert list(needs_an_eye(TODAY)) == []
    assert list(put_aside(TODAY)) == [line]
    assert list(needs_an_eye(date(2026, 11, 26))) == []
    assert list(needs_an_eye(date(2026, 11, 27))) == [line]
    assert list(put_aside(date(2026, 11, 27))) == []


def test_it_says_who_put_it_aside_and_what_it_waits_for() -> None:
    line = a_riddle()
    aside(line)
    found = living_asides([line.pk])[line.pk]
    assert (found.set_by, found.why, found.until) == ("Dana Vogt", "the customer is asked", date(2026, 11, 27))


def test_put_aside_again_the_new_day_counts() -> None:
    line = a_riddle()
    aside(line)
    aside(line, until="2026-12-01", why="asked once more")
    assert [row.why for row in SetAside.objects.filter(bank_line=line, ended_at=None)] == ["asked once more"]
    assert list(needs_an_eye(date(2026, 11, 30))) == []


def test_taken_up_again_it_stands_on_the_list_at_once() -> None:
    line = a_riddle()
    aside(line)
    take_up_again(b.dana(TODAY), line)
    take_up_again(b.dana(TODAY), line)
    assert list(needs_an_eye(TODAY)) == [line]
    assert living_asides([line.pk]) == {}


def test_a_rule_that_finds_the_claim_books_it_all_the_same() -> None:
    claim = b.an_invoice(b.a_customer(), "120.50")
    [line] = b.bank_lines(b.a_bank_file(("120.50", claim.title)))
    aside(line)
    match(b.dana(TODAY))
    line.refresh_from_db()
    assert not line.unexplained
    assert list(put_aside(TODAY)) == []


@pytest.mark.parametrize(
    ("until", "why", "refusal"),
    [
        ("2026-11-20", "x", NotAsideThatLong),
        ("2026-11-19", "x", NotAsideThatLong),
        ("2027-02-19", "x", NotAsideThatLong),
        ("2026-11-27", "  ", ReasonForAsideMissing),
    ],
)
def test_a_payment_is_put_aside_for_a_reason_until_a_day_that_comes(
    until: str, why: str, refusal: type[Refusal]
) -> None:
    line = a_riddle()
    with pytest.raises(refusal):
        aside(line, until, why)
    assert list(needs_an_eye(TODAY)) == [line]


def test_the_ninetieth_day_is_the_last() -> None:
    line = a_riddle()
    assert aside(line, "2027-02-18").until == date(2027, 2, 18)


def test_what_is_explained_is_not_put_aside() -> None:
    claim = b.an_invoice(b.a_customer(), "120.50")
    [line] = b.bank_lines(b.a_bank_file(("120.50", claim.title)))
    match(b.dana(TODAY))
    with pytest.raises(NothingToPutAside):
        aside(line)


def test_the_database_keeps_one_living_aside_per_line_with_its_words() -> None:
    line = a_riddle()
    row = aside(line)
    again = SetAside(bank_line=line, until=TODAY, why="x", set_at=row.set_at, set_by="x")
    for wrong in (
        lambda: again.save(),
        lambda: SetAside.objects.filter(pk=row.pk).update(why="something else"),
        lambda: row.delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            wrong()
    assert SetAside.objects.get(bank_line=line).why == "the customer is asked"


def test_money_in_suspense_is_told_by_age() -> None:
    for amount, day in (
        ("10.00", "2026-11-20"),
        ("5.00", "2026-11-13"),
        ("7.00", "2026-11-12"),
        ("9.00", "2026-08-21"),
    ):
        a_riddle(amount, day)
    a_riddle("3.00", "2026-08-20")
    told = [(age.from_days, age.to_days, age.lines, age.amounts) for age in suspense_by_age(TODAY)]
    assert told == [
        (0, 7, 2, (Money(1_500, "EUR"),)),
        (8, 30, 1, (Money(700, "EUR"),)),
        (91, None, 2, (Money(1_200, "EUR"),)),
    ]
