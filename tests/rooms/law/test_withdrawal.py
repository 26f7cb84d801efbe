"""The withdrawal: until when, whether at all, and what is paid back by whom."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kulanz.law.api import (
    BeyondKnownValues,
    ImpossibleFacts,
    Payer,
    WithdrawalKind,
    WithdrawalRight,
    refund_amount,
    refund_due,
    return_cost_payer,
    value_loss_owed,
    wd_digital_lost,
    wd_function_check,
    wd_right,
    wd_service_lost,
    withdrawal_deadline,
)

DAYS = st.dates(date(2014, 6, 13), date(2060, 12, 31))
RECEIVED = date(2026, 11, 2)


def deadline(*receipts: date | None, **facts: Any) -> date | None:
    return withdrawal_deadline(receipts=receipts, **{"instructed_on": date(2026, 1, 1), "subdiv": "NW", **facts}).result


@pytest.mark.parametrize(
    ("received", "last"),
    [
        (date(2026, 11, 7), date(2026, 11, 23)),  # 21 November is a Saturday
        (date(2026, 12, 17), date(2026, 12, 31)),  # New Year's Eve is a working day
        (date(2026, 12, 18), date(2027, 1, 4)),  # New Year's Day and a weekend
        (date(2028, 2, 15), date(2028, 2, 29)),  # leap day
        (date(2027, 2, 14), date(2027, 3, 1)),  # Sunday
        (date(2027, 3, 12), date(2027, 3, 30)),  # Good Friday to Tuesday after Easter
    ],
)
def test_fourteen_days_after_receipt(received: date, last: date) -> None:
    assert deadline(received) == last


@pytest.mark.parametrize(
    ("facts", "last"),
    [
        ({"subdiv": "BY"}, date(2027, 1, 7)),
        ({"subdiv": "NW"}, date(2027, 1, 6)),
        ({"subdiv": ["NW", "BY"]}, date(2027, 1, 7)),
        ({"subdiv": None}, date(2027, 1, 7)),
    ],
)
def test_where_the_state_is_in_doubt_the_later_day_counts(facts: dict[str, Any], last: date) -> None:
    assert deadline(date(2026, 12, 23), **facts) == last


@pytest.mark.parametrize(
    ("catholic", "last"), [(True, date(2028, 8, 16)), (False, date(2028, 8, 15)), (None, date(2028, 8, 16))]
)
def test_where_the_municipality_is_in_doubt_the_later_day_counts(catholic: bool | None, last: date) -> None:
    assert deadline(date(2028, 8, 1), subdiv="BY", catholic=catholic) == last


@pytest.mark.parametrize("kind", [WithdrawalKind.MULTI, WithdrawalKind.PARTIAL, WithdrawalKind.SINGLE])
def test_with_several_parcels_the_last_one_counts(kind: WithdrawalKind) -> None:
    assert deadline(date(2026, 11, 20), date(2026, 11, 2), kind=kind) == date(2026, 12, 4)


def test_with_regular_deliveries_the_first_one_counts() -> None:
    assert deadline(date(2026, 11, 2), None, kind=WithdrawalKind.REGULAR) == date(2026, 11, 16)


@pytest.mark.parametrize("receipts", [(), (None,), (RECEIVED, None)])
def test_the_period_does_not_begin_before_everything_is_there(receipts: tuple[date | None, ...]) -> None:
    assert deadline(*receipts, kind=WithdrawalKind.MULTI) is None
    assert deadline(*receipts, kind=WithdrawalKind.MULTI, instructed_on=None) is None


@pytest.mark.parametrize("kind", [WithdrawalKind.DIGITAL, WithdrawalKind.UTILITIES, WithdrawalKind.SERVICE])
def test_without_goods_the_period_begins_with_the_contract(kind: WithdrawalKind) -> None:
    assert deadline(kind=kind, contract=RECEIVED) == date(2026, 11, 16)
    with pytest.raises(ImpossibleFacts):
        deadline(kind=kind)


@pytest.mark.parametrize(
    ("instructed", "last", "rule"),
    [
        (date(2026, 6, 29), date(2026, 7, 14), "WD-01"),
        (date(2026, 6, 30), date(2026, 7, 14), "WD-01"),
        (date(2026, 7, 1), date(2026, 7, 15), "WD-03"),
        (date(2027, 6, 30), date(2027, 7, 14), "WD-03"),
        (date(2027, 7, 1), date(2027, 7, 14), "WD-03"),  # never beyond twelve months and 14 days
        (date(2028, 1, 1), date(2027, 7, 14), "WD-03"),
        (None, date(2027, 7, 14), "WD-03"),
    ],
)
def test_a_late_instruction_gives_time_but_not_beyond_the_long_stop(
    instructed: date | None, last: date, rule: str
) -> None:
    answer = withdrawal_deadline(receipts=[date(2026, 6, 30)], instructed_on=instructed, subdiv="NW")
    assert (answer.result, answer.rule) == (last, rule)


@pytest.mark.parametrize(
    ("contract", "last"),
    [(date(2026, 6, 18), date(2026, 11, 16)), (date(2026, 6, 19), date(2027, 11, 16))],
)
def test_since_19_june_2026_an_instruction_must_name_the_withdrawal_function(contract: date, last: date) -> None:
    assert deadline(RECEIVED, contract=contract, names_function=False) == last
    assert deadline(RECEIVED, contract=contract, names_function=True) == date(2026, 11, 16)


def test_a_wrong_instruction_is_none() -> None:
    assert deadline(RECEIVED, instruction_ok=False) == deadline(RECEIVED, instructed_on=None) == date(2027, 11, 16)


def test_contracts_before_the_present_law_are_not_guessed() -> None:
    assert deadline(RECEIVED, contract=date(2014, 6, 13)) == date(2026, 11, 16)
    with pytest.raises(BeyondKnownValues):
        deadline(RECEIVED, contract=date(2014, 6, 12))


@given(DAYS, st.integers(-400, 500), st.sampled_from(["NW", "BY", "SN", None]))
def test_more_time_than_fourteen_days_never_more_than_the_long_stop(received: date, later: int, state: Any) -> None:
    instructed = received + timedelta(days=later)
    last = withdrawal_deadline(receipts=[received], instructed_on=instructed, subdiv=state).result
    stop = withdrawal_deadline(receipts=[received], subdiv=state).result
    assert last is not None
    assert stop is not None
    assert received + timedelta(days=14) <= last <= stop


# --- the right itself ---


@pytest.mark.parametrize("number", [1, 2, 5, 7, 8, 9, 10, 11, 12, 13])
def test_these_exclusions_take_the_right_from_the_start(number: int) -> None:
    assert wd_right(number=number).result is WithdrawalRight.EXCLUDED


@pytest.mark.parametrize("number", [3, 4, 6])
def test_these_exclusions_need_an_opened_seal(number: int) -> None:
    assert wd_right(number=number).result is WithdrawalRight.RIGHT
    assert wd_right(number=number, seal_removed=True).result is WithdrawalRight.EXCLUDED


@pytest.mark.parametrize(
    ("facts", "right"),
    [
        ({}, WithdrawalRight.RIGHT),
        ({"number": 4, "mixed": True}, WithdrawalRight.EXCLUDED),
        ({"number": 3, "mixed": True}, WithdrawalRight.RIGHT),
        ({"number": 7, "subscription": True}, WithdrawalRight.RIGHT),
        ({"number": 1, "told": False}, WithdrawalRight.RIGHT),
        ({"number": 1, "b2c": False}, WithdrawalRight.NO_STATUTORY_RIGHT),
    ],
)
def test_whether_there_is_a_right(facts: dict[str, Any], right: WithdrawalRight) -> None:
    assert wd_right(**facts).result is right


@pytest.mark.parametrize("number", [0, 14, -1])
def test_an_exclusion_that_does_not_exist_is_refused(number: int) -> None:
    with pytest.raises(ImpossibleFacts):
        wd_right(number=number)


@pytest.mark.parametrize("missing", ["started", "consent", "knows", "confirmed_312f"])
def test_one_missing_proof_keeps_the_right_to_withdraw_from_digital_content(missing: str) -> None:
    proofs = {"started": True, "consent": True, "knows": True, "confirmed_312f": True}
    assert wd_digital_lost(paid=True, **proofs).result is True
    assert wd_digital_lost(paid=True, **{**proofs, missing: False}).result is False


def test_what_costs_nothing_is_lost_when_it_has_begun_or_is_done() -> None:
    assert wd_digital_lost(paid=False, started=True).result is True
    assert wd_digital_lost(paid=False).result is False
    assert wd_service_lost(paid=False, fully_performed=True).result is True


@pytest.mark.parametrize("missing", ["fully_performed", "consent", "knows"])
def test_one_missing_proof_keeps_the_right_to_withdraw_from_a_service(missing: str) -> None:
    proofs = {"fully_performed": True, "consent": True, "knows": True}
    assert wd_service_lost(**{**proofs, missing: False}).result is False


# --- the refund ---


@pytest.mark.parametrize(
    ("goods", "pickup", "due"),
    [
        (date(2026, 11, 10), False, date(2026, 11, 30)),  # back before the withdrawal arrived
        (date(2026, 11, 30), False, date(2026, 11, 30)),
        (date(2026, 12, 1), False, date(2026, 12, 1)),
        (None, False, None),
        (None, True, date(2026, 11, 30)),
        (date(2026, 12, 24), True, date(2026, 11, 30)),  # whoever collects may not wait
    ],
)
def test_the_refund_may_wait_for_the_goods_and_for_nothing_else(
    goods: date | None, pickup: bool, due: date | None
) -> None:
    answer = refund_due(
        withdrawal_received=date(2026, 11, 16), goods_back_or_proof=goods, pickup_offered=pickup, subdiv="NW"
    )
    assert answer.result == due


def test_a_refund_is_not_put_off_by_a_holiday_that_may_not_be_one() -> None:
    received = date(2026, 12, 23)
    assert refund_due(withdrawal_received=received, goods=False).result == date(2027, 1, 6)
    assert refund_due(withdrawal_received=received, goods=False, subdiv=["BY", "NW"]).result == date(2027, 1, 6)
    assert refund_due(withdrawal_received=received, goods=False, subdiv="BY", catholic=False).result == date(2027, 1, 7)


@pytest.mark.parametrize(
    ("facts", "amount"),
    [
        ({"returned": [0, 1]}, "104.75"),
        ({"returned": [1, 0]}, "104.75"),
        ({"returned": [0]}, "59.90"),
        ({"returned": [0], "remaining_ships_free": True}, "64.85"),
        ({"returned": []}, "0.00"),
        ({"returned": [0, 1], "outbound_paid": Decimal("3.00")}, "102.80"),  # cheaper than the standard
        ({"returned": [0, 1], "value_loss": Decimal("10.005")}, "94.75"),  # half up, once: 94.745
        ({"returned": [0], "value_loss": Decimal("80.00")}, "0.00"),
        ({"returned": [0, 1], "value_loss": Decimal("500.00")}, "4.95"),
    ],
)
def test_what_is_paid_back(facts: dict[str, Any], amount: str) -> None:
    order = {"prices": [Decimal("59.90"), Decimal("39.90")], "outbound_paid": Decimal("4.95")}
    answer = refund_amount(**{**order, "outbound_standard": Decimal("4.95"), **facts})
    assert str(answer.result) == amount


@pytest.mark.parametrize(
    "facts", [{"returned": [2]}, {"returned": [-1]}, {"returned": [0, 0]}, {"returned": [0], "value_loss": Decimal(-1)}]
)
def test_what_was_not_ordered_cannot_be_paid_back(facts: dict[str, Any]) -> None:
    with pytest.raises(ImpossibleFacts):
        refund_amount(prices=[Decimal("59.90"), Decimal("39.90")], **facts)


PRICES = st.lists(st.decimals(0, 2_000, places=2), min_size=1, max_size=6)
AMOUNTS = st.decimals(0, 300, places=2)


@given(PRICES, st.data(), AMOUNTS, AMOUNTS, AMOUNTS)
def test_never_more_is_paid_back_than_was_paid(
    prices: list[Decimal], data: st.DataObject, paid: Decimal, standard: Decimal, loss: Decimal
) -> None:
    returned = data.draw(st.lists(st.integers(0, len(prices) - 1), unique=True))
    result = refund_amount(
        prices=prices, returned=returned, outbound_paid=paid, outbound_standard=standard, value_loss=loss
    ).result
    assert 0 <= result <= sum(prices) + min(paid, standard)


@pytest.mark.parametrize(
    ("facts", "owed"),
    [
        ({"improper_handling": True, "instructed": True}, True),
        ({"improper_handling": False, "instructed": True}, False),
        ({"improper_handling": True}, False),
        ({"improper_handling": True, "instructed": True, "digital": True}, False),
    ],
)
def test_whether_a_loss_of_value_is_owed(facts: dict[str, bool], owed: bool) -> None:
    assert value_loss_owed(**facts).result is owed


@pytest.mark.parametrize(
    ("facts", "payer"),
    [
        ({}, Payer.TRADER),
        ({"informed": True}, Payer.CONSUMER),
        ({"informed": True, "pickup_offered": True}, Payer.TRADER),
        ({"informed": False, "trader_agreed": True}, Payer.TRADER),
    ],
)
def test_who_pays_the_parcel_back(facts: dict[str, bool], payer: Payer) -> None:
    assert return_cost_payer(**facts).result is payer


# --- the electronic function ---

SOUND: dict[str, Any] = {
    "label_ok": True,
    "available_whole_period": True,
    "prominent": True,
    "no_login_wall": True,
    "fields": ["name", "contract", "channel"],
    "confirm_label_ok": True,
    "receipt_durable": True,
    "receipt_has": ["content", "date", "time"],
}


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"label_ok": False}, "label"),
        ({"available_whole_period": False}, "availability"),
        ({"prominent": False}, "prominence"),
        ({"no_login_wall": False}, "access"),
        ({"fields": ["name", "contract"]}, "fields"),
        ({"fields": ["name", "contract", "channel", "phone"]}, "fields"),
        ({"confirm_label_ok": False}, "confirm_label"),
        ({"receipt_durable": False}, "receipt_medium"),
        ({"receipt_has": ["content", "date"]}, "receipt_content"),
    ],
)
def test_each_fault_of_the_withdrawal_function_is_named(changed: dict[str, Any], fault: str) -> None:
    assert wd_function_check(**SOUND).result == []
    assert wd_function_check(**{**SOUND, **changed}).result == [fault]


def test_a_receipt_may_say_more_than_it_must() -> None:
    assert wd_function_check(**{**SOUND, "receipt_has": ["content", "date", "time", "reference"]}).result == []


def test_what_nobody_checked_is_a_fault() -> None:
    assert len(wd_function_check().result) == 8


@pytest.mark.parametrize(("contract", "faults"), [(date(2026, 6, 18), 0), (date(2026, 6, 19), 8)])
def test_older_contracts_need_no_withdrawal_function(contract: date, faults: int) -> None:
    assert len(wd_function_check(contract=contract).result) == faults
