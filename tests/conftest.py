"""Fixtures of all tests: a database that keeps its rows (no table is ever emptied), a pinned clock, languages."""

from __future__ import annotations

import os
from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection, connections
from django.test.utils import override_settings, setup_databases
from django.utils import translation
from hypothesis import HealthCheck, settings
from psycopg import sql
from psycopg.conninfo import make_conninfo
from pytest_django.plugin import DjangoDbBlocker

from tests import plugin

# The same examples on every machine: a failure found once is found again. The long profile searches further.
settings.register_profile("short", derandomize=True, deadline=None, max_examples=60)
settings.register_profile("long", deadline=None, max_examples=1_000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "short"))


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> None:
    """The test database, made once per run, also for tests that carry no `django_db` mark.

    It is not torn down: the server it lies on is this run's own and goes with it.
    """
    plugin.server()
    with django_db_blocker.unblock():
        setup_databases(verbosity=0, interactive=False, aliases={"default"})


@pytest.fixture(scope="session")
def database_for_commits(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> str:
    """A copy of the empty test database. What is committed there is seen by no test that rolls back."""
    with django_db_blocker.unblock():
        empty = str(connection.settings_dict["NAME"])
        copy = f"{empty}_commits"
        _leave()
        with psycopg.connect(_elsewhere(), autocommit=True) as maintenance:
            maintenance.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(copy), sql.Identifier(empty))
            )
    return copy


@pytest.fixture
def committed_db(database_for_commits: str, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Real commits, for tests with two connections and for triggers that fire at commit.

    Nothing is emptied afterwards (the books refuse it): such tests open accounts of their own and look only at them.
    """
    usual = connection.settings_dict["NAME"]
    with django_db_blocker.unblock():
        _leave()
        connection.settings_dict["NAME"] = database_for_commits
        try:
            yield
        finally:
            _leave()
            connection.settings_dict["NAME"] = usual


def _leave() -> None:
    """Close every connection to the database we are about to change."""
    connections.close_all()
    connection.close_pool()


def _elsewhere() -> str:
    """How to reach the server, by a database that always exists."""
    parts = connection.get_connection_params()
    known = {name: parts[name] for name in ("host", "port", "user", "password") if parts.get(name)}
    return make_conninfo(dbname="postgres", **known)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Sentences are compared in English unless a test says otherwise."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def fast_passwords() -> Iterator[None]:
    """Hashing slowly is for real passwords."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield
