"""Who may do what: logins, roles, keys, endpoints; secrets are shown once."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from tests import builders as b
from tests.rooms.desk.pages import text

from kulanz.infra.models import AuditEntry
from kulanz.machines.keys import key_of
from kulanz.machines.models import ApiKey, Delivery, DeliveryState, Endpoint
from kulanz.parties.api import (
    LastAdmin,
    Permission,
    Role,
    User,
    deactivate_login,
    grant_role,
    reactivate_login,
    revoke_role,
)

pytestmark = pytest.mark.django_db
NEW = {"name": "Neue Kollegin", "email": "neu@lindenhof.example", "roles": ["agent", "finance"]}


def secret_in(content: str) -> str:
    found = re.search(r'id="secret">([^<]+)<', content)
    assert found is not None
    return found.group(1)


def test_a_new_login_shows_its_password_once_and_it_opens_the_desk(admin: Client) -> None:
    response = admin.post(reverse("desk:create_login"), NEW)

    password = secret_in(response.content.decode())
    assert response.headers["Cache-Control"] == "no-store"
    user = User.objects.get(email="neu@lindenhof.example")
    assert user.check_password(password)
    assert user.roles == {Role.AGENT, Role.FINANCE}
    assert password not in admin.get("/desk/access/").content.decode()


def test_an_address_that_is_taken_is_said_beside_the_field(admin: Client) -> None:
    admin.post(reverse("desk:create_login"), NEW)
    response = admin.post(reverse("desk:create_login"), NEW | {"email": "NEU@lindenhof.example"})
    assert response.status_code == 422
    assert "There is already a login for" in text(response)
    assert User.objects.filter(name="Neue Kollegin").count() == 1


def test_nobody_becomes_a_customer_at_the_desk(admin: Client) -> None:
    assert admin.post(reverse("desk:create_login"), NEW | {"roles": ["customer"]}).status_code == 422
    user = b.a_login(Role.AGENT)
    change = reverse("desk:change_role", args=[user.pk])
    assert admin.post(change, {"role": "customer", "grant": "yes"}).status_code == 404


def test_a_role_is_granted_and_revoked_and_both_are_written_down(admin: Client) -> None:
    user = b.a_login(Role.AGENT)
    change = reverse("desk:change_role", args=[user.pk])
    admin.post(change, {"role": "finance", "grant": "yes"})
    assert User.objects.get(pk=user.pk).may(Permission.BOOK_PAYMENTS)
    admin.post(change, {"role": "finance", "grant": "no"})
    assert not User.objects.get(pk=user.pk).may(Permission.BOOK_PAYMENTS)
    whats = AuditEntry.objects.filter(subject_id=user.pk).order_by("id").values_list("what", "actor")
    assert list(whats)[1:] == [("role granted", "Ada Min"), ("role revoked", "Ada Min")]


def test_a_closed_login_is_out_at_once_and_may_come_back(admin: Client, agent: Client) -> None:
    user = User.objects.get(name="Cem Aydin")
    change = reverse("desk:change_active", args=[user.pk])
    assert agent.get("/desk/cases/").status_code == 200
    admin.post(change, {"active": "no"})
    assert agent.get("/desk/cases/").status_code == 302
    admin.post(change, {"active": "yes"})
    assert User.objects.get(pk=user.pk).may(Permission.WORK_CASES)


def test_the_last_administrator_stays(admin: Client) -> None:
    me = User.objects.get(name="Ada Min")
    change = reverse("desk:change_role", args=[me.pk])
    response = admin.post(change, {"role": "admin", "grant": "no"})
    assert response.status_code == 422
    assert "Ada Min is the last administrator who can sign in." in text(response)
    assert User.objects.get(pk=me.pk).may(Permission.MANAGE_ACCESS)


def test_verbs_about_logins_change_nothing_twice() -> None:
    act = b.system("2026-11-20")
    ada, second = b.a_login(Role.ADMIN, name="Ada"), b.a_login(Role.AGENT)
    with pytest.raises(LastAdmin):
        deactivate_login(act, ada)
    for _ in range(2):
        grant_role(act, second, Role.ADMIN)
    for _ in range(2):
        deactivate_login(act, ada)
    with pytest.raises(LastAdmin):
        revoke_role(act, second, Role.ADMIN)
    for _ in range(2):
        reactivate_login(act, ada)
    for _ in range(2):
        revoke_role(act, second, Role.ADMIN)
    of = AuditEntry.objects.exclude(what="login created").filter(subject="parties.user")
    assert list(of.order_by("id").values_list("what", flat=True)) == [
        "role granted",
        "login closed",
        "login opened again",
        "role revoked",
    ]
    assert second.roles == {Role.AGENT}


def test_a_key_is_shown_once_and_opens_nothing_after_it_is_revoked(admin: Client) -> None:
    response = admin.post(reverse("desk:new_key"), {"name": "Checkout"})
    key = secret_in(response.content.decode())
    row = key_of(key)
    assert row is not None
    assert "Checkout" in text(admin.get("/desk/access/machines/"))
    admin.post(reverse("desk:end_key", args=[row.pk]))
    assert key_of(key) is None
    assert ApiKey.objects.count() == 1


def test_an_endpoint_shows_its_secret_once_and_can_be_retired(admin: Client) -> None:
    wrong = admin.post(reverse("desk:new_endpoint"), {"url": "http://shop.example/hooks"})
    assert wrong.status_code == 422
    assert Endpoint.objects.count() == 0
    response = admin.post(reverse("desk:new_endpoint"), {"url": "https://shop.example/hooks"})
    endpoint = Endpoint.objects.get()
    assert secret_in(response.content.decode()) == endpoint.secret
    assert endpoint.secret not in admin.get("/desk/access/machines/").content.decode()
    admin.post(reverse("desk:end_endpoint", args=[endpoint.pk]))
    endpoint.refresh_from_db()
    assert not endpoint.active


def test_what_was_given_up_is_seen_and_told_again(admin: Client) -> None:
    admin.post(reverse("desk:new_endpoint"), {"url": "https://shop.example/hooks"})
    b.a_payment_hold(b.an_invoice(b.a_customer()), on="2026-06-01")
    delivery = Delivery.objects.get(event="hold.placed")
    Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.GIVEN_UP, trouble="HTTP 500")

    assert "HTTP 500" in text(admin.get("/desk/"))
    assert "HTTP 500" in text(admin.get("/desk/access/machines/"))
    admin.post(reverse("desk:tell_again", args=[delivery.pk]))

    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.WAITING


@pytest.mark.parametrize("name", ["desk:end_key", "desk:end_endpoint", "desk:tell_again"])
def test_what_is_not_there_is_not_found(admin: Client, name: str) -> None:
    assert admin.post(reverse(name, args=["0190a000-0000-7000-8000-000000000000"])).status_code == 404
