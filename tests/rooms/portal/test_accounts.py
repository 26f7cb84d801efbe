"""The login as the house sees it: mails by the outbox, no sign-up, everybody to his own door, sessions that end."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.core.cache import cache, caches
from django.test import Client
from django.urls import reverse
from tests import builders

from kulanz.contact.api import Message
from kulanz.parties.api import Role, User, create_login

pytestmark = pytest.mark.django_db

PASSWORD = "a-long-enough-password"


@pytest.fixture(autouse=True)
def _nobody_has_guessed_yet() -> None:
    cache.clear()


def _login(role: Role = Role.AGENT, email: str = "erika@login.example") -> User:
    account = builders.a_customer()
    return create_login(
        builders.system("2026-01-02"),
        email=email,
        name="Erika Muster",
        password=PASSWORD,
        roles=[role],
        accounts=[account] if role is Role.CUSTOMER else [],
    )


def _asks_for_a_new_password(client: Client, email: str, language: str = "en") -> tuple[str, str]:
    client.cookies["kulanz_language"] = language
    answer = client.post(reverse("account_reset_password"), {"email": email}, follow=True)
    # Every page carries a number of its own against forged forms.
    return answer.request["PATH_INFO"], re.sub(
        r'(name="csrfmiddlewaretoken" value=)"\w+"', r"\1", answer.content.decode()
    )


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_password_link_is_one_mail_in_the_language_of_the_page(client: Client, language: str) -> None:
    user = _login()
    _asks_for_a_new_password(client, user.email, language)
    message = Message.objects.get(to_address=user.email)
    assert (message.kind, message.channel, message.language) == ("login", "mail", language)
    assert message.to_name == "Erika Muster"
    ((_, address),) = message.sheet["links"]
    assert re.fullmatch(rf"{settings.CONFIG.public_url}/login/password/reset/key/[^/]+/", address)
    # The link stands in the mail once, as a link, and in no sentence that might be quoted in an answer.
    assert not any(address in paragraph for paragraph in message.sheet["paragraphs"])
    assert message.sheet["paragraphs"][0] == ("Guten Tag Erika Muster," if language == "de" else "Hello Erika Muster,")


def test_the_link_is_the_operators_address_whatever_the_request_says(client: Client) -> None:
    user = _login()
    client.post(reverse("account_reset_password"), {"email": user.email}, headers={"host": "localhost"})
    ((_, address),) = Message.objects.get(to_address=user.email).sheet["links"]
    assert address.startswith(settings.CONFIG.public_url + "/")


def test_an_unknown_address_gets_the_same_page_and_no_link(client: Client) -> None:
    known, unknown = _login().email, "nobody@login.example"
    assert _asks_for_a_new_password(client, known) == _asks_for_a_new_password(client, unknown)
    message = Message.objects.get(to_address=unknown)
    assert message.to_name == unknown
    assert message.sheet["subject"] == "There is no login with this address"
    assert message.sheet["links"] == [["Write to us", f"{settings.CONFIG.public_url}/contact/"]]


def test_a_closed_login_gets_no_link(client: Client) -> None:
    user = _login()
    User.objects.filter(pk=user.pk).update(is_active=False)
    _asks_for_a_new_password(client, user.email)
    assert Message.objects.get(to_address=user.email).sheet["subject"] == "There is no login with this address"


def test_nobody_is_flooded_with_password_links(client: Client) -> None:
    user = _login()
    for _ in range(3):
        assert _asks_for_a_new_password(client, user.email)[0] == reverse("account_reset_password_done")
    answer = client.post(reverse("account_reset_password"), {"email": user.email})
    assert answer.status_code == 429
    assert "Please wait a moment" in answer.content.decode()
    assert Message.objects.filter(to_address=user.email).count() == 3


def test_whoever_changes_a_password_is_told_by_mail(client: Client) -> None:
    user = _login()
    client.force_login(user)
    client.cookies["kulanz_language"] = "en"
    new = "another-long-password"
    client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new})
    message = Message.objects.get(to_address=user.email)
    assert message.sheet["subject"] == "Your password was changed"
    assert message.sheet["paragraphs"][:2] == ["Hello Erika Muster,", "Your password was changed."]
    # What the outbox keeps for ever does not hold where somebody sat.
    assert "127.0.0.1" not in " ".join(message.sheet["paragraphs"])


def test_signing_up_is_refused_kindly(client: Client) -> None:
    builders.a_shop()
    client.cookies["kulanz_language"] = "en"
    before = User.objects.count()
    given = {"email": "new@login.example", "password1": PASSWORD, "password2": PASSWORD}
    for answer in (client.get(reverse("account_signup")), client.post(reverse("account_signup"), given)):
        assert answer.status_code == 200
        assert "You do not need to register" in answer.content.decode()
    assert User.objects.count() == before


@pytest.mark.parametrize("role", list(Role))
def test_home_leads_every_role_to_its_door(client: Client, role: Role) -> None:
    client.force_login(_login(role))
    door = {Role.CUSTOMER: "portal:accounts", Role.AGENCY: "agency:orders"}.get(role, "desk:overview")
    answer = client.get(reverse("home"))
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse(door))
    assert client.get(answer.headers["Location"], follow=True).status_code == 200


def test_home_asks_a_stranger_to_sign_in_and_a_login_without_role_to_the_start(client: Client) -> None:
    assert client.get(reverse("home")).headers["Location"] == f"{reverse('account_login')}?next=/home/"
    client.force_login(User.objects.create_user("nothing@login.example", "Nobody", None))
    assert client.get(reverse("home")).headers["Location"] == reverse("portal:start")


def test_signing_in_changes_the_session_key_and_sets_a_guarded_cookie(client: Client) -> None:
    user = _login()
    # Somebody who was given a session by another person must not share it after signing in.
    session = client.session
    session["basket"] = "before"
    session.save()
    before = session.session_key
    client.cookies[settings.SESSION_COOKIE_NAME] = before or ""
    answer = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert answer.status_code == 302
    cookie = answer.cookies[settings.SESSION_COOKIE_NAME]
    assert cookie.value != before
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", "")
    assert client.session.get_expiry_age() == 12 * 60 * 60
    assert client.session.get_expire_at_browser_close() is True


def test_signing_out_needs_the_button(client: Client) -> None:
    client.force_login(_login())
    assert client.get(reverse("account_logout")).status_code == 200
    assert client.get(reverse("desk:overview")).status_code == 200
    assert client.post(reverse("account_logout")).headers["Location"] == reverse("portal:start")
    assert client.get(reverse("desk:overview")).status_code == 302


def test_wrong_passwords_are_counted_where_all_processes_look() -> None:
    assert settings.CACHES["default"]["BACKEND"] == "django.core.cache.backends.db.DatabaseCache"
    assert caches["default"].add("guessed", "once", timeout=60) is True
    assert caches["default"].add("guessed", "twice", timeout=60) is False


def test_the_sixth_wrong_password_and_then_the_right_one_are_refused(client: Client) -> None:
    user = _login()
    client.cookies["kulanz_language"] = "en"
    for attempt in range(5):
        answer = client.post(reverse("account_login"), {"login": user.email, "password": f"wrong-{attempt}"})
        assert "is not right" in answer.content.decode()
    answer = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert "There were too many wrong attempts." in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_looking_at_the_own_address_does_not_close_the_way_to_a_second_step(client: Client) -> None:
    client.force_login(_login())
    assert client.get(reverse("account_email")).status_code == 200
    assert client.get(reverse("mfa_activate_totp")).headers["Location"].startswith(reverse("account_reauthenticate"))


def test_nobody_changes_the_address_of_a_login_on_a_page(client: Client) -> None:
    user = _login()
    client.force_login(user)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(reverse("account_email"), {"action_add": "", "email": "elsewhere@login.example"})
    user.refresh_from_db()
    assert user.email == "erika@login.example"
    assert not Message.objects.filter(to_address="elsewhere@login.example").exists()
