"""People at the desk, each with a browser of his own, on the morning of 20 November 2026."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests import builders as b

from kulanz.parties.api import Role

SignIn = Callable[..., Client]


@pytest.fixture(autouse=True)
def this_morning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KULANZ_NOW", "2026-11-20T10:00")


@pytest.fixture
def sign_in(db: None) -> SignIn:
    """A browser signed in with one role, reading English."""
    b.a_shop()

    def signed_in(role: Role, name: str = "Cem Aydin") -> Client:
        client = Client()
        client.cookies["kulanz_language"] = "en"
        client.force_login(b.a_login(role, name=name))
        return client

    return signed_in


@pytest.fixture
def agent(sign_in: SignIn) -> Client:
    return sign_in(Role.AGENT)


@pytest.fixture
def finance(sign_in: SignIn) -> Client:
    return sign_in(Role.FINANCE, "Dana Vogt")


@pytest.fixture
def warehouse(sign_in: SignIn) -> Client:
    return sign_in(Role.WAREHOUSE, "Willi Kern")


@pytest.fixture
def admin(sign_in: SignIn) -> Client:
    return sign_in(Role.ADMIN, "Ada Min")


@pytest.fixture
def queries_of() -> Callable[[Client, str], int]:
    """How many queries a page asks, once whatever is remembered between requests has been remembered."""

    def count(client: Client, path: str) -> int:
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            response = client.get(path)
        assert response.status_code == 200
        return len(captured)

    return count
