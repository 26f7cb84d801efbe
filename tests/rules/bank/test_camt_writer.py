"""What we write, we read again as it was; what the standard does not allow, we do not write."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, datetime
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rules.bank.documents import OWN_IBAN

from kulanz.kernel.money import Money
from kulanz.ledger.bank_formats.camt import read, sniff, write, write_long
from kulanz.ledger.bank_formats.statement import Detail, Entry, Statement, balanced

Version = Literal["02", "08"]
VERSIONS: list[Version] = ["02", "08"]
DAY = date(2026, 11, 20)

WORDS = st.lists(
    st.text(st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp", "Cn")), min_size=1, max_size=30),
    min_size=1,
    max_size=8,
).map(lambda words: " ".join("".join(words).split()) or "x")
TEXTS = WORDS.map(lambda text: text[:140].strip())
NAMES = WORDS.map(lambda text: text[:70].strip()).filter(lambda name: name not in {"NOTPROVIDED", "NOTAVAILABLE"})
REFERENCES = st.from_regex(r"[A-Z0-9]{1,30}", fullmatch=True)
DAYS = st.dates(date(1990, 1, 1), date(2099, 12, 31))
CENTS = st.integers(0, 10**14)
IBANS = st.from_regex(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", fullmatch=True).filter(lambda iban: iban != OWN_IBAN)


@st.composite
def details(draw: st.DrawFn, amount: Money) -> Detail:
    iban = draw(st.none() | IBANS)
    money = CENTS.map(lambda cents: Money(cents, amount.currency))
    return Detail(
        amount=amount,
        counterparty_name=draw(st.none() | NAMES),
        counterparty_iban=iban,
        counterparty_other_id=None if iban else draw(st.none() | REFERENCES),
        ultimate_name=draw(st.none() | NAMES),
        end_to_end_id=draw(st.none() | REFERENCES),
        mandate_id=draw(st.none() | REFERENCES),
        creditor_reference=draw(st.none() | REFERENCES),
        remittance=" ".join(draw(st.lists(TEXTS, max_size=4))),
        return_code=draw(st.none() | st.sampled_from(["MS03", "AC01", "BANKEIGEN"])),
        original_amount=draw(st.none() | money),
        charges=draw(st.none() | money | money.map(lambda charged: -charged)),
        additional_text=draw(st.just("") | TEXTS),
    )


@st.composite
def entries(draw: st.DrawFn, position: int, currency: str, version: Version) -> Entry:
    direction = draw(st.sampled_from([1, -1]))
    parts = draw(st.lists(st.integers(1, 10**10), min_size=1, max_size=4))
    if version == "08" and len(parts) > 2:
        parts[-1] = -parts[-1]
    amounts = [Money(direction * cents, currency) for cents in parts]
    whole = Money.total(amounts, currency)
    found = tuple([draw(details(amount)) for amount in amounts])
    if len(found) == 1 and draw(st.booleans()):
        found = (replace(found[0], details_incomplete=True),)
    return Entry(
        position=position,
        amount=whole,
        booked_on=draw(st.none() | DAYS),
        value_on=draw(st.none() | DAYS),
        bank_reference=draw(st.none() | REFERENCES),
        reversal=draw(st.booleans()),
        details=found,
    )


@st.composite
def statements(draw: st.DrawFn, version: Version) -> Statement:
    currency = draw(st.sampled_from(["EUR", "JPY", "KWD", "CHF"]))
    booked = tuple([draw(entries(n + 1, currency, version)) for n in range(draw(st.integers(0, 3)))])
    opening = Money(draw(CENTS), currency) if draw(st.booleans()) else -Money(draw(CENTS), currency)
    closing = Money.total([opening, *(entry.amount for entry in booked)], currency)
    period = sorted(draw(st.tuples(DAYS, DAYS))) if draw(st.booleans()) else [None, None]
    iban = draw(st.none() | st.just(OWN_IBAN))
    return Statement(
        account_iban=iban,
        account_other_id=None if iban else draw(REFERENCES),
        currency=currency,
        statement_id=draw(REFERENCES),
        sequence=draw(st.none() | st.from_regex(r"[0-9]{1,18}", fullmatch=True)),
        from_on=period[0],
        to_on=period[1],
        opening=opening,
        opening_on=draw(DAYS),
        closing=closing,
        closing_on=draw(DAYS),
        entries=booked,
    )


@pytest.mark.parametrize("version", VERSIONS)
def test_written_statements_are_read_as_they_were(version: Version) -> None:
    @settings(max_examples=50, deadline=None)
    @given(st.lists(statements(version), min_size=1, max_size=2))
    def round_trip(written: list[Statement]) -> None:
        content = write(written, version)
        assert sniff(content[:4096])
        assert [replace(found, made_on=None) for found in read(io.BytesIO(content))] == written
        assert all(balanced(statement) for statement in written)

    round_trip()


def payment(cents: int, **facts: str) -> Detail:
    return Detail(amount=Money(cents), **facts)  # type: ignore[arg-type]  # only texts are given here


def statement_of(*parts: Detail) -> Statement:
    whole = Money.total(part.amount for part in parts)
    entry = Entry(1, whole, DAY, DAY, "20261120-1", reversal=False, details=parts)
    return Statement(OWN_IBAN, None, "EUR", "253", "12", DAY, DAY, Money(0), DAY, whole, DAY, entries=(entry,))


def test_long_remittance_is_broken_between_words_and_comes_back_whole() -> None:
    text = " ".join(f"R-{number:06d}" for number in range(60))
    content = write([statement_of(payment(100, remittance=text))])
    lines = [part.split(b"</Ustrd>")[0] for part in content.split(b"<Ustrd>")[1:]]
    (found,) = read(io.BytesIO(content))
    assert max(len(line) for line in lines) <= 140
    assert found.entries[0].details[0].remittance == text


def test_the_same_statement_gives_the_same_bytes() -> None:
    statement = statement_of(payment(100))
    assert write([statement]) == write([statement])
    assert b"<CreDtTm>2026-11-20T00:00:00</CreDtTm>" in write([statement])
    at = datetime(2026, 11, 21, 3, 15)
    assert b"<CreDtTm>2026-11-21T03:15:00</CreDtTm>" in write([statement], created_at=at)


def test_version_2_refuses_a_part_against_its_batch() -> None:
    mixed = statement_of(payment(500), payment(-200), payment(100))
    with pytest.raises(ValueError, match="version 02 cannot say"):
        write([mixed], "02")
    assert replace(next(read(io.BytesIO(write([mixed], "08")))), made_on=None) == mixed


@pytest.mark.parametrize(
    ("lacking", "reason"),
    [
        ({"opening": None, "closing": None}, "a statement needs a balance"),
        ({"opening_on": None}, "a balance needs its day"),
        ({"account_iban": None}, "a statement needs an account"),
    ],
)
def test_what_the_standard_requires_must_be_there(lacking: dict[str, None], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        write([replace(statement_of(payment(100)), **lacking)])  # type: ignore[arg-type]  # on purpose
    with pytest.raises(ValueError, match="a message needs a statement"):
        write([])


def test_a_long_statement_is_written_as_a_short_one_would_be() -> None:
    short = statement_of(payment(500, remittance="A"), payment(700, remittance="B"))
    file = io.BytesIO()
    write_long(file, short, short.entries, created_at=datetime(2026, 11, 20))
    assert file.getvalue() == write([short])
