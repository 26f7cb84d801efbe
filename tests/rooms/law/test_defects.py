"""Defects and delivery: who proves, until when, what follows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kulanz.law.api import (
    ImpossibleFacts,
    OlderLaw,
    Rescission,
    RiskBearer,
    Unordered,
    cure_info_required,
    defect_kind,
    defect_limitation,
    presumption_end,
    price_reduction,
    rescission_now,
    risk_bearer,
    unordered,
    warranty_shortening_ok,
)

DELIVERED = date(2026, 8, 10)
DAYS = st.dates(date(2022, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        ({}, "none"),
        ({"wear": True}, "none"),
        ({"wear": True, "wrong_item": True}, "434(5)"),
        ({"missing_quantity": True, "wrong_item": True}, "434(5)"),
        ({"not_as_agreed": True}, "434(2)"),
        ({"unusual_quality": True}, "434(3)"),
        ({"accessories_missing": True}, "434(3)"),
        ({"assembly_fault": True}, "434(4)"),
        ({"not_reparable": True, "contract": date(2026, 7, 30)}, "none"),
        ({"not_reparable": True, "contract": date(2026, 7, 31)}, "434(3)"),
        ({"not_reparable": True, "b2c": False, "contract": date(2027, 12, 31)}, "none"),
        ({"not_reparable": True, "b2c": False, "contract": date(2028, 1, 1)}, "434(3)"),
    ],
)
def test_which_kind_of_defect_it_is(facts: dict[str, Any], kind: str) -> None:
    assert defect_kind(**facts).result == kind


def test_contracts_before_the_present_law_are_not_guessed() -> None:
    assert defect_kind(wrong_item=True, contract=date(2022, 1, 1)).result == "434(5)"
    with pytest.raises(OlderLaw) as refused:
        defect_kind(wrong_item=True, contract=date(2021, 12, 31))
    assert refused.value.error_name == "LookupError"


@pytest.mark.parametrize(
    ("contract", "b2c", "required"),
    [(date(2026, 7, 30), True, False), (date(2026, 7, 31), True, True), (date(2026, 7, 31), False, False)],
)
def test_information_before_cure_is_owed_to_consumers_since_31_july_2026(
    contract: date, b2c: bool, required: bool
) -> None:
    assert cure_info_required(contract=contract, b2c=b2c).result is required


GROUNDS = ["reasonable_time_elapsed", "cure_tried_and_defect", "serious_defect", "refused", "obviously_refusing"]


@pytest.mark.parametrize("ground", GROUNDS)
def test_each_ground_alone_allows_rescission_but_not_for_a_minor_defect(ground: str) -> None:
    assert rescission_now(**{ground: True}).result is Rescission.YES
    assert rescission_now(**{ground: True}, minor=True).result is Rescission.REDUCTION_ONLY


def test_without_a_ground_even_a_minor_defect_waits() -> None:
    assert rescission_now(minor=True).result is Rescission.WAIT


@pytest.mark.parametrize(
    ("facts", "end"),
    [
        ({"delivered": date(2028, 2, 29)}, date(2029, 2, 28)),
        ({"delivered": date(2027, 2, 28)}, date(2028, 2, 28)),
        ({"delivered": date(2021, 12, 31)}, date(2022, 6, 30)),
        ({"delivered": date(2022, 1, 1)}, date(2023, 1, 1)),
        ({"delivered": date(2022, 1, 5), "contract": date(2021, 12, 31)}, date(2022, 7, 5)),
        ({"delivered": date(2026, 8, 31), "live_animal": True}, date(2027, 2, 28)),
        ({"delivered": DELIVERED, "permanent_digital_elements": True}, date(2028, 8, 10)),
        (
            {"delivered": DELIVERED, "permanent_digital_elements": True, "supplied_until": date(2031, 1, 1)},
            date(2031, 1, 1),
        ),
    ],
)
def test_until_when_a_defect_is_presumed_to_have_been_there(facts: dict[str, Any], end: date) -> None:
    assert presumption_end(**facts).result == end


@pytest.mark.parametrize(
    ("facts", "end", "rule"),
    [
        ({}, date(2028, 8, 10), "DEF-05"),
        ({"repaired": True}, date(2029, 8, 10), "DEF-06"),
        ({"repaired": True, "contract": date(2026, 7, 30)}, date(2028, 8, 10), "DEF-05"),
        ({"repaired": True, "contract": date(2026, 7, 31)}, date(2029, 8, 10), "DEF-06"),
        ({"repaired": True, "b2c": False}, date(2028, 8, 10), "DEF-05"),
        ({"repaired": True, "used_shortened_years": Decimal(1)}, date(2028, 8, 10), "DEF-06"),
        ({"used_shortened_years": Decimal("0.5")}, date(2028, 8, 10), "DEF-05"),
        ({"used_shortened_years": Decimal("1.5")}, date(2028, 2, 10), "DEF-10"),
        ({"defect_showed": date(2028, 4, 10)}, date(2028, 8, 10), "DEF-05"),
        ({"defect_showed": date(2028, 8, 10)}, date(2028, 12, 10), "DEF-05"),
        ({"defect_showed": date(2028, 8, 11)}, date(2028, 8, 10), "DEF-05"),
        ({"returned_after_cure": date(2028, 6, 10)}, date(2028, 8, 10), "DEF-05"),
        ({"returned_after_cure": date(2028, 7, 31)}, date(2028, 9, 30), "DEF-05"),
        ({"returned_after_cure": date(2028, 7, 31), "b2c": False}, date(2028, 8, 10), "DEF-05"),
        ({"digital_supply_ended": date(2028, 1, 31)}, date(2029, 1, 31), "DEF-05"),
    ],
)
def test_until_when_rights_from_a_defect_live(facts: dict[str, Any], end: date, rule: str) -> None:
    answer = defect_limitation(**{"delivered": DELIVERED, "shift": False, **facts})
    assert (answer.result, answer.rule) == (end, rule)


def test_the_end_moves_to_a_working_day_and_in_doubt_to_the_later_one() -> None:
    delivered = date(2026, 1, 6)
    assert defect_limitation(delivered=delivered, subdiv="NW").result == date(2028, 1, 6)
    assert defect_limitation(delivered=delivered, subdiv="BY").result == date(2028, 1, 7)
    assert defect_limitation(delivered=delivered).result == date(2028, 1, 7)


@given(DAYS, st.booleans(), st.one_of(st.none(), DAYS), st.one_of(st.none(), DAYS))
def test_a_consumer_never_has_less_than_two_years(
    delivered: date, repaired: bool, returned: date | None, showed: date | None
) -> None:
    plainly = defect_limitation(delivered=delivered, subdiv="NW").result
    facts = {"repaired": repaired, "returned_after_cure": returned, "defect_showed": showed}
    assert defect_limitation(delivered=delivered, subdiv="NW", **facts).result >= plainly > delivered


@pytest.mark.parametrize(
    ("price", "ok", "real", "expected"),
    [
        ("99.90", "120", "120", ["99.90", "0.00"]),
        ("99.90", "120", "130", ["99.90", "0.00"]),
        ("99.90", "120", "0", ["0.00", "99.90"]),
        ("0.01", "3", "1", ["0.00", "0.01"]),
        ("100", "3", "2", ["66.67", "33.33"]),
        ("0.05", "2", "1", ["0.03", "0.02"]),  # half a cent is rounded up
    ],
)
def test_the_price_is_reduced_as_the_value_is(price: str, ok: str, real: str, expected: list[str]) -> None:
    answer = price_reduction(price=Decimal(price), value_ok=Decimal(ok), value_real=Decimal(real))
    assert [str(amount) for amount in answer.result] == expected


@given(st.decimals(0, 10_000, places=2), st.decimals("0.01", 10_000, places=2), st.decimals(0, 10_000, places=2))
def test_no_cent_is_lost_in_a_price_reduction(price: Decimal, ok: Decimal, real: Decimal) -> None:
    reduced, back = price_reduction(price=price, value_ok=ok, value_real=real).result
    assert reduced + back == price
    assert 0 <= reduced <= price


@pytest.mark.parametrize("values", [("1", "0", "1"), ("-1", "1", "1"), ("1", "1", "-1")])
def test_impossible_values_are_refused(values: tuple[str, str, str]) -> None:
    price, ok, real = (Decimal(value) for value in values)
    with pytest.raises(ImpossibleFacts):
        price_reduction(price=price, value_ok=ok, value_real=real)


@pytest.mark.parametrize(
    ("used", "years", "told", "agreed", "valid"),
    [
        (True, "1", True, True, True),
        (True, "1", False, True, False),
        (True, "0.9", True, True, False),
        (False, "1", True, True, False),
        (False, "1.9", True, True, False),
        (False, "2", False, False, True),
        (True, "2", False, False, True),
    ],
)
def test_whether_the_two_years_may_be_shortened(used: bool, years: str, told: bool, agreed: bool, valid: bool) -> None:
    answer = warranty_shortening_ok(used=used, years=Decimal(years), told_separately=told, agreed_separately=agreed)
    assert answer.result is valid


# --- delivery ---


@pytest.mark.parametrize(
    ("facts", "bearer"),
    [
        ({}, RiskBearer.SELLER),
        ({"b2c": False}, RiskBearer.BUYER),
        ({"b2c": False, "with_carrier": False}, RiskBearer.SELLER),
        ({"b2c": False, "handed_over": True}, RiskBearer.BUYER),
        ({"carrier_chosen_by_buyer_not_named_by_seller": True}, RiskBearer.BUYER),
        ({"carrier_chosen_by_buyer_not_named_by_seller": True, "with_carrier": False}, RiskBearer.SELLER),
    ],
)
def test_who_bears_the_risk_of_transport(facts: dict[str, bool], bearer: RiskBearer) -> None:
    assert risk_bearer(**facts).result is bearer


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"meant_for_other": True}, Unordered.NO_CLAIM_NO_DEMAND),
        ({"recipient_could_know": True}, Unordered.NO_CLAIM_NO_DEMAND),
        ({"sent_by_error": True, "recipient_could_know": True}, Unordered.STATUTORY_RETURN_CLAIM_ONLY),
    ],
)
def test_what_may_be_asked_for_goods_nobody_ordered(facts: dict[str, bool], expected: Unordered) -> None:
    assert unordered(**facts).result is expected
