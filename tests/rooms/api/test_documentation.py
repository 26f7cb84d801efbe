"""The samples in docs/api.md are real answers."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests import builders as b

from kulanz.machines.api import create_key

pytestmark = pytest.mark.django_db
DOCUMENT = Path(__file__).parents[3] / "docs" / "api.md"


@pytest.fixture(autouse=True)
def in_summer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KULANZ_NOW", "2026-06-02T10:00")


def samples() -> list[dict[str, Any]]:
    """Every JSON block of the document, in order."""
    return [json.loads(block) for block in re.findall(r"```json\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)]


def ask(path: str) -> Any:
    key = create_key(b.dana("2026-01-05"), b.a_shop(), "shop")
    client = Client(headers={"Authorization": f"Bearer {key}", "Accept-Language": "en"})
    return client.get(f"/api/v1/{path}").json()


def test_what_may_this_account_do_and_why() -> None:
    claim = b.an_invoice(b.a_customer(number="K10001"), number="RE10002")
    hold = b.a_payment_hold(claim, on="2026-06-01")
    expected = samples()[0]
    expected["holds"][0]["reference"] = hold.reference  # the one thing that is different every time
    assert ask("accounts/K10001/holds") == expected


def test_nothing_there_is_a_problem_document() -> None:
    assert ask("accounts/K99999") == samples()[1]
