"""Every committed sample is read with the figures known for it, or refused for the reason in the table.

The figures were computed by other readers than ours (see samples/SOURCES.md for the files' origin).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

from kulanz.kernel.money import Money
from kulanz.ledger.bank_formats.camt import read, sniff
from kulanz.ledger.bank_formats.refusals import UnreadableBankFile
from kulanz.ledger.bank_formats.statement import Statement, balanced

SAMPLES = Path(__file__).parent / "samples"


@dataclass(frozen=True)
class Expected:
    opening: str | None
    closing: str | None
    entries: int
    booked_sum: str
    holds: bool | None


HALF_SWEDISH = Expected("18.15", "-27.00", 1, "8.85", holds=False)

READ = {
    "camt053.v2.all-balance-types.xml": [Expected("1.01", "4.04", 1, "8.850", holds=False)],
    "camt053.v2.five.decimals.xml": [Expected("18.150", "27.050", 1, "8.850", holds=False)],
    "camt053.v2.minimal.ultimate.xml": [HALF_SWEDISH],
    "camt053.v2.minimal.xml": [HALF_SWEDISH],
    "camt053.v2.multi.statement.xml": [
        Expected("18.15", "27.00", 1, "8.85", holds=True),
        Expected("27.00", "20.00", 1, "-7.00", holds=True),
    ],
    "camt053.v2.with-account-name.xml": [Expected(None, None, 1, "8.85", holds=None)],
    "camt053.v2.with-party-ids.xml": [HALF_SWEDISH],
    "camt053.v3.xml": [HALF_SWEDISH],
    "camt053.v4.xml": [HALF_SWEDISH],
    "camt053.v8.xml": [HALF_SWEDISH],
    "camt052.v1.xml": [Expected(None, None, 1, "-200000", holds=None)],
    "camt052.v2.other-account.xml": [Expected(None, None, 1, "-200000", holds=None)],
    "camt052.v2.with-account-name.xml": [Expected(None, None, 1, "-200000", holds=None)],
    "camt052.v2.xml": [Expected(None, None, 1, "-200000", holds=None)],
    "camt052.v4.xml": [Expected(None, None, 0, "0", holds=None)],
    "camt052.v6.Amt-zero.xml": [Expected(None, None, 0, "0", holds=None)],
    "camt052.v6.xml": [Expected(None, None, 0, "0", holds=None)],
    "camt052.v8.xml": [Expected(None, None, 1, "-200000", holds=None)],
    "camt054.v2.with-account-name.xml": [Expected(None, None, 1, "-200000", holds=None)],
    "camt054.v2.xml": [Expected(None, None, 1, "-200000", holds=None)],
    "camt054.v4.xml": [Expected(None, None, 1, "-200000", holds=None)],
    "camt054.v8-with-UETR.xml": [Expected(None, None, 1, "-200000", holds=None)],
    "camt054.v8-with-financial-institution.xml": [Expected(None, None, 1, "-200000", holds=None)],
    "camt054.v8.xml": [Expected(None, None, 1, "-200000", holds=None)],
    "camt53.only-Dt-with-DtTm.xml": [Expected("5442.09000", None, 0, "0", holds=None)],
}

REFUSED = {
    "camt053.v2.wrong.xml": ("whole file", "there is no statement inside"),
}


def statements_of(name: str) -> list[Statement]:
    with (SAMPLES / name).open("rb") as file:
        return list(read(file))


def decimal(money: Money | None) -> Decimal | None:
    return None if money is None else money.decimal


@pytest.mark.parametrize("name", sorted(READ))
def test_sample_is_read_with_the_known_figures(name: str) -> None:
    found = [
        (
            decimal(statement.opening),
            decimal(statement.closing),
            len(statement.entries),
            sum((entry.amount.decimal for entry in statement.entries), Decimal(0)),
            balanced(statement),
        )
        for statement in statements_of(name)
    ]
    assert found == [
        (
            None if expected.opening is None else Decimal(expected.opening),
            None if expected.closing is None else Decimal(expected.closing),
            expected.entries,
            Decimal(expected.booked_sum),
            expected.holds,
        )
        for expected in READ[name]
    ]


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_sample_is_refused_with_place_and_reason(name: str) -> None:
    with pytest.raises(UnreadableBankFile) as refusal:
        statements_of(name)
    assert (refusal.value.file, refusal.value.where, refusal.value.reason) == (name, *REFUSED[name])


def test_every_committed_sample_stands_in_a_table() -> None:
    assert {path.name for path in SAMPLES.glob("*.xml")} == {*READ, *REFUSED}


@pytest.mark.parametrize("name", sorted([*READ, *REFUSED]))
def test_every_sample_is_recognised_as_a_message_of_a_bank(name: str) -> None:
    assert sniff((SAMPLES / name).read_bytes()[:4096])


def test_reports_and_notifications_are_interim_and_statements_are_not() -> None:
    kinds = {name: {(s.format, s.interim) for s in statements_of(name)} for name in sorted(READ)}
    assert {name[:7]: kind for name, kind in kinds.items()} == {
        "camt052": {("camt.052", True)},
        "camt053": {("", False)},
        "camt054": {("camt.054", True)},
        "camt53.": {("", False)},
    }


def test_version_1_tells_the_number_of_payments_without_a_block_around_it() -> None:
    (statement,) = statements_of("camt052.v1.xml")
    assert [detail.details_incomplete for detail in statement.entries[0].details] == [True]


def test_opening_and_closing_in_different_currencies_are_reported() -> None:
    (statement,) = statements_of("camt053.v8.xml")
    assert statement.notes == ("The balance CLBD is in SEK, the account in EUR.",)


def test_version_2_and_version_8_tell_the_same_payer() -> None:
    for name in ("camt053.v2.minimal.xml", "camt053.v4.xml", "camt053.v8.xml"):
        (statement,) = statements_of(name)
        (detail,) = statement.entries[0].details
        assert (detail.counterparty_name, detail.counterparty_iban) == ("NAME NAME", "NL56AGDH9619008421")
        assert detail.creditor_reference == "4654654654654654"


def test_single_detail_of_another_amount_is_flagged_and_the_entry_counts() -> None:
    (statement,) = statements_of("camt053.v3.xml")
    (detail,) = statement.entries[0].details
    assert (detail.amount, detail.details_incomplete) == (Money(885), True)


def test_party_behind_the_payer_is_told_apart_from_the_payer() -> None:
    (statement,) = statements_of("camt053.v2.minimal.ultimate.xml")
    (detail,) = statement.entries[0].details
    assert (detail.counterparty_name, detail.ultimate_name) == (None, "DEBTOR NAME NM")
