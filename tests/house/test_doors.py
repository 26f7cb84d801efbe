"""Every route asks for permission, and the table of roles is what the doors really do."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.exceptions import NoReverseMatch
from tests import builders

from kulanz.parties.api import PUBLIC, Permission, Role, create_login, permissions_of

FOREIGN = ("allauth", "django", "ninja", "mfa", "account")
# Routes that are public by nature and not ours to decorate.
UNDECORATED = {"set_language", "healthz", "readyz"}


def _views(patterns: list[URLPattern | URLResolver], namespace: str = "") -> Iterator[tuple[str, object, URLPattern]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _views(pattern.url_patterns, inner)
        elif pattern.name:
            yield f"{namespace}{pattern.name}", pattern.callback, pattern


def _ours() -> dict[str, tuple[object, URLPattern]]:
    return {
        name: (view, pattern)
        for name, view, pattern in _views(get_resolver().url_patterns)
        if str(getattr(view, "__module__", "")).startswith("kulanz.") and name not in UNDECORATED
    }


def test_every_view_of_ours_says_what_it_asks_for() -> None:
    silent = [name for name, (view, _) in _ours().items() if not hasattr(view, "permission")]
    assert silent == []


def _path(name: str, pattern: URLPattern) -> str | None:
    """The address with something that certainly is not there for every part."""
    arguments: dict[str, object] = {}
    for part, converter in pattern.pattern.converters.items():
        kind = type(converter).__name__
        arguments[part] = UUID(int=1) if kind == "UUIDConverter" else 1 if kind == "IntConverter" else "nothing-here"
    try:
        return reverse(name, kwargs=arguments)
    except NoReverseMatch:
        return None


def test_more_than_thirty_views_are_walked() -> None:
    assert len(_ours()) > 30


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_exactly_the_doors_of_its_table(role: Role, client: Client) -> None:
    """A view that a role may not open answers 403; one it may open never does."""
    builders.a_shop()
    user = create_login(builders.system("2026-01-02"), email="x@example.org", name="X", password=None, roles=[role])
    client.force_login(user)
    mistakes = []
    for name, (view, pattern) in _ours().items():
        path = _path(name, pattern)
        permission = getattr(view, "permission", None)
        if path is None or permission == PUBLIC:
            continue
        status = client.get(path).status_code
        allowed = permission in permissions_of([role])
        if (status == 403) == allowed or status >= 500:
            mistakes.append((name, status, str(permission)))
    assert mistakes == []


@pytest.mark.django_db
def test_without_a_login_every_guarded_view_leads_to_the_login(client: Client) -> None:
    builders.a_shop()
    strays = []
    for name, (view, pattern) in _ours().items():
        path = _path(name, pattern)
        if path is None or getattr(view, "permission", PUBLIC) == PUBLIC:
            continue
        response = client.get(path)
        if response.status_code != 302 or not response.headers["Location"].startswith(reverse("account_login")):
            strays.append((name, response.status_code))
    assert strays == []


def test_every_permission_is_asked_for_somewhere() -> None:
    """A permission nobody asks for is a promise nobody keeps. Those for parts of a page are asked in the view."""
    asked = {getattr(view, "permission", None) for view, _ in _ours().values()}
    assert set(Permission) - asked == set()
