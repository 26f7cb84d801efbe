"""Whatever a machine asks, the answer is one that the description of the interface names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import sampled_from
from schemathesis import GenerationMode
from tests import builders as b

from kulanz.machines.keys import create_key
from kulanz.wiring.wsgi import application

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.rooms.api.urls")]

OPERATIONS = ["account_holds", "account_story", "list_claims", "claim_story", "list_deliveries"]


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """A real WSGI request closes its connection at the end; here it is the test's, with the test's transaction."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@dataclass(frozen=True)
class Shop:
    """A key, and references of things that are there."""

    headers: dict[str, str]
    references: tuple[str, ...]


@pytest.fixture
def shop() -> Shop:
    account = b.a_customer()
    claim = b.an_invoice(account)
    b.a_payment_hold(claim, on="2026-06-01")
    key = create_key(b.dana("2026-01-05"), b.a_shop(), "shop")
    return Shop({"Authorization": f"Bearer {key}"}, (account.number, claim.reference, claim.title))


def test_every_operation_is_under_this_contract() -> None:
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app=application)
    named = [found.ok().definition.raw["operationId"] for found in schema.get_all_operations()]
    assert sorted(named) == sorted(OPERATIONS)


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_no_request_makes_an_answer_outside_the_description(
    operation_id: str, mode: GenerationMode, shop: Shop
) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app=application)
    operation = schema.find_operation_by_id(operation_id)

    @settings(
        max_examples=20,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        database=None,
    )
    @given(case=operation.as_strategy(generation_mode=mode), reference=sampled_from((None, *shop.references)))
    def ask(case: Any, reference: str | None) -> None:
        if reference is not None and mode is GenerationMode.POSITIVE and "ref" in case.path_parameters:
            case.path_parameters["ref"] = reference
        case.call_and_validate(headers=shop.headers)

    ask()
