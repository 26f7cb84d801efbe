"""The login: password, second step, passkey and a forgotten password, walked in real Chromium."""

from __future__ import annotations

import base64
import email
import hashlib
import hmac
import re
import secrets
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from email.message import EmailMessage
from email.policy import default as modern
from pathlib import Path
from typing import TypeVar

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from tests.browser.conftest import DESKTOP, PHONE, SampleShop, Visitor

pytestmark = pytest.mark.browser

T = TypeVar("T")
PASSWORD = "a-long-enough-password"
NEW_PASSWORD = "another-long-password"
HE = "13491"
# Where staff is led after signing in.
HOME = "/desk/"


@dataclass(frozen=True, slots=True)
class Login:
    """A login of this test alone: nobody else is locked out by its wrong passwords."""

    email: str
    password: str = PASSWORD


def _a_login(shop: SampleShop, role: str = "warehouse", *more: str) -> Login:
    login = Login(f"{secrets.token_hex(6)}@example.org")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "kulanz.cli", "user", "add", login.email, "--name", "Erika Muster"),
            *("--role", role, *more, "--password-stdin"),
        ],
        env=shop.environment,
        input=login.password + "\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return login


def _types_in(visitor: Visitor, login: Login, password: str | None = None) -> Page:
    """Fill in the login page, whatever comes of it."""
    page = visitor.opens("/login/login/")
    page.locator("#id_login").fill(login.email)
    page.locator("#id_password").fill(password or login.password)
    return _presses(page)


def _presses(page: Page) -> Page:
    """The button of the form that is the matter of this page."""
    page.locator("main form.form button[type=submit]").first.click()
    page.wait_for_load_state()
    return page


def _signs_out(visitor: Visitor) -> None:
    visitor.opens("/login/logout/")
    _presses(visitor.page)


def _shows_it_is_him(visitor: Visitor, path: str, login: Login) -> Page:
    """A page that protects the login asks for the password first, and then comes back."""
    page = visitor.opens(path)
    assert "/login/reauthenticate/" in page.url
    page.locator("input[name=password]").fill(login.password)
    _presses(page)
    assert page.url == visitor.shop.url + path
    return page


def _one_time_code(secret: str) -> str:
    """What an authenticator app shows now (RFC 6238)."""
    moment = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.new(base64.b32decode(secret), moment, hashlib.sha1).digest()
    (number,) = struct.unpack_from(">I", digest, digest[-1] & 15)
    return f"{(number & 0x7FFFFFFF) % 1_000_000:06}"


def _enters_code_of_app(page: Page, secret: str) -> Page:
    """As a person does: if the half minute ran out in between, the next code."""
    here = page.url
    for _ in range(2):
        page.locator("input[name=code]").fill(_one_time_code(secret))
        _presses(page)
        if page.url != here:
            break
    assert page.url != here
    return page


def _eventually(look: Callable[[], T | None]) -> T:
    """What the worker does in its own time."""
    deadline, pause = time.monotonic() + 30, threading.Event()
    while (found := look()) is None:
        assert time.monotonic() < deadline, "it did not happen"
        pause.wait(0.1)
    return found


def _folder(shop: SampleShop) -> Path:
    return Path(shop.environment["KULANZ_DATA_DIR"])


def _mail_to(shop: SampleShop, address: str) -> EmailMessage | None:
    for path in sorted((_folder(shop) / "mail").glob("*.eml"), reverse=True):
        message = email.message_from_bytes(path.read_bytes(), policy=modern)
        assert isinstance(message, EmailMessage)
        if address in str(message["To"]):
            return message
    return None


def _text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def _errors(page: Page) -> str:
    return page.locator(".error-summary").inner_text()


def test_the_right_password_leads_in_and_the_button_leads_out(visitor: Visitor, sample_shop: SampleShop) -> None:
    login = _a_login(sample_shop)
    page = _types_in(visitor, login)
    assert page.url == sample_shop.url + HOME

    (cookie,) = [c for c in page.context.cookies() if c["name"] == "sessionid"]
    assert cookie["httpOnly"] is True
    assert cookie["sameSite"] == "Lax"
    assert cookie["expires"] == -1, "it ends with the browser"

    # A link that somebody else made you follow signs nobody out.
    visitor.opens("/login/logout/")
    assert visitor.opens("/desk/orders/").url == sample_shop.url + "/desk/orders/"

    page.locator("details.menu:visible > summary").first.click()
    page.locator("form[action='/login/logout/']:visible button").first.click()
    page.wait_for_load_state()
    assert page.url == sample_shop.url + "/"
    assert "/login/login/?next=" in visitor.opens("/desk/orders/").url


def test_the_menu_leads_to_password_and_security(visitor: Visitor, sample_shop: SampleShop) -> None:
    _types_in(visitor, _a_login(sample_shop, "customer", "--account", HE))
    for size in (DESKTOP, PHONE):
        visitor.page.set_viewport_size(size)  # type: ignore[arg-type]
        for path in ("/login/password/change/", "/login/2fa/"):
            page = visitor.opens(f"/account/{HE}/")
            page.locator("details.menu:visible > summary").first.click()
            page.locator(f"a.menu__link[href='{path}']:visible").first.click()
            page.wait_for_load_state()
            assert page.url == sample_shop.url + path
            expect(page.locator(f".tabs a[href='{path}'][aria-current=page]")).to_be_visible()
            page.locator("a.back").click()
            page.wait_for_load_state()
            assert page.url == f"{sample_shop.url}/account/{HE}/"


def test_a_wrong_password_and_an_unknown_address_get_the_same_kind_answer(
    visitor: Visitor, sample_shop: SampleShop, language: str
) -> None:
    login = _a_login(sample_shop)
    wrong = _errors(_types_in(visitor, login, "not-this-one-at-all"))
    unknown = _errors(_types_in(visitor, Login(f"nobody-{language}@example.org")))
    assert wrong == unknown
    if language == "en":
        assert "The e-mail address or the password is not right. Check both, or choose a new password." in wrong


@pytest.mark.parametrize("language", ["en"])
def test_after_five_wrong_tries_even_the_right_password_has_to_wait(visitor: Visitor, sample_shop: SampleShop) -> None:
    login, other = _a_login(sample_shop), _a_login(sample_shop)
    for attempt in range(5):
        page = _types_in(visitor, login, f"wrong-number-{attempt}")
        assert "is not right" in _errors(page)
    # The two processes of the web server count together: without that, this one would still be let in.
    for _ in range(4):
        page = _types_in(visitor, login)
        assert "There were too many wrong attempts. Wait five minutes, then try again." in _errors(page)
    # Only this login waits, nobody else.
    assert _types_in(visitor, other).url == sample_shop.url + HOME


def test_a_code_from_an_app_is_asked_for_after_the_password(visitor: Visitor, sample_shop: SampleShop) -> None:
    login = _a_login(sample_shop)
    _types_in(visitor, login)
    page = _shows_it_is_him(visitor, "/login/2fa/totp/activate/", login)
    secret = page.locator("#authenticator_secret").get_attribute("data-copy-text")
    assert secret is not None
    _enters_code_of_app(page, secret)

    codes = page.locator("#recovery_codes li").all_inner_texts()
    assert len(codes) == 10
    assert all(re.fullmatch(r"\d{8}", code) for code in codes)
    _eventually(lambda: _mail_to(sample_shop, login.email))
    _signs_out(visitor)

    # The password alone opens nothing.
    page = _types_in(visitor, login)
    assert page.url == sample_shop.url + "/login/2fa/authenticate/"
    assert visitor.page.request.get(sample_shop.url + "/desk/orders/").url.startswith(sample_shop.url + "/login/")
    page.goto(sample_shop.url + "/login/2fa/authenticate/")
    page.locator("input[name=code]").fill("12345")
    _presses(page)
    expect(page.locator(".error-summary")).to_be_visible()
    _enters_code_of_app(page, secret)
    assert page.url == sample_shop.url + HOME
    _signs_out(visitor)

    # A recovery code works once.
    page = _types_in(visitor, login)
    page.locator("input[name=code]").fill(codes[0])
    assert _presses(page).url == sample_shop.url + HOME
    _signs_out(visitor)
    page = _types_in(visitor, login)
    page.locator("input[name=code]").fill(codes[0])
    _presses(page)
    expect(page.locator(".error-summary")).to_be_visible()
    page.locator("button[form=logout-from-stage]").click()
    page.wait_for_load_state()
    assert page.url == sample_shop.url + "/login/login/"


def test_a_passkey_signs_in_without_a_password(visitor: Visitor, sample_shop: SampleShop) -> None:
    # A passkey belongs to a name; browsers make none for an address of numbers.
    visitor.shop = replace(sample_shop, url=sample_shop.url.replace("127.0.0.1", "localhost"))
    login = _a_login(sample_shop)
    device = visitor.page.context.new_cdp_session(visitor.page)
    device.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    _types_in(visitor, login)
    page = _shows_it_is_him(visitor, "/login/2fa/webauthn/add/", login)
    page.locator("input[name=name]").fill("Erika's phone")
    page.locator("input[name=passwordless]").check(force=True)
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url(lambda url: not url.endswith("/add/"))
    assert visitor.opens("/login/2fa/webauthn/").locator("main h2").all_inner_texts() == ["Erika's phone"]
    _signs_out(visitor)

    page = visitor.opens("/login/login/")
    page.locator("#passkey_login").click()
    page.wait_for_url(visitor.shop.url + HOME)


def test_a_forgotten_password_is_replaced_by_a_link_in_a_mail(
    visitor: Visitor, sample_shop: SampleShop, language: str
) -> None:
    login = _a_login(sample_shop)
    unknown = f"stranger-{language}@example.org"
    answers = []
    for address in (login.email, unknown):
        page = visitor.opens("/login/password/reset/")
        page.locator("input[name=email]").fill(address)
        _presses(page)
        answers.append((page.url, page.locator("main").inner_text()))
    assert answers[0] == answers[1], "the page tells nobody who has a login"

    message = _eventually(lambda: _mail_to(sample_shop, login.email))
    assert message["Content-Language"] == language
    (link,) = re.findall(rf"{sample_shop.url}/login/password/reset/key/\S+", _text_of(message))
    refusal = _eventually(lambda: _mail_to(sample_shop, unknown))
    assert "/key/" not in _text_of(refusal)

    page.goto(link)
    # The token leaves the address bar at once, before the page could tell anybody.
    token = link.rstrip("/").rsplit("-", 1)[1]
    assert token not in page.url
    page.locator("input[name=password1]").fill(NEW_PASSWORD)
    page.locator("input[name=password2]").fill(NEW_PASSWORD)
    _presses(page)
    assert page.url == sample_shop.url + "/login/password/reset/key/done/"

    expect(_types_in(visitor, login).locator(".error-summary")).to_be_visible()
    assert _types_in(visitor, login, NEW_PASSWORD).url == sample_shop.url + HOME
    _signs_out(visitor)

    # Once.
    page.goto(link)
    assert page.locator("input[name=password1]").count() == 0
    expect(page.locator("main a[href='/login/password/reset/']")).to_be_visible()
    logs = [*(_folder(sample_shop) / "log").glob("*.log"), _folder(sample_shop) / "demo.log"]
    assert len(logs) >= 3
    assert [path.name for path in logs if token in path.read_text(errors="replace")] == []


def test_changing_the_password_ends_the_other_sessions(visitor: Visitor, sample_shop: SampleShop) -> None:
    login = _a_login(sample_shop)
    _types_in(visitor, login)
    browser = visitor.page.context.browser
    assert browser is not None
    elsewhere = Visitor(sample_shop, browser.new_context(locale="de-DE").new_page())
    _types_in(elsewhere, login)

    page = visitor.opens("/login/password/change/")
    page.locator("input[name=oldpassword]").fill(login.password)
    page.locator("input[name=password1]").fill(NEW_PASSWORD)
    page.locator("input[name=password2]").fill(NEW_PASSWORD)
    _presses(page)
    expect(page.locator(".notice--success")).to_be_visible()

    assert visitor.opens("/desk/orders/").url == sample_shop.url + "/desk/orders/"
    assert "/login/login/" in elsewhere.opens("/desk/orders/").url
    elsewhere.page.context.close()


PAGES_BEFORE = ["/login/login/", "/login/signup/", "/login/password/reset/", "/login/password/reset/done/"]
PAGES_BEFORE += ["/login/password/reset/key/abc-def/", "/login/password/reset/key/done/", "/login/inactive/"]
PAGES_INSIDE = ["/login/password/change/", "/login/email/", "/login/logout/", "/login/2fa/", "/login/reauthenticate/"]
PAGES_INSIDE += ["/login/2fa/totp/activate/", "/login/2fa/webauthn/", "/login/2fa/webauthn/add/"]


def test_no_page_of_the_login_shuts_anybody_out(visitor: Visitor, sample_shop: SampleShop) -> None:
    findings = _findings(visitor, PAGES_BEFORE)
    login = _a_login(sample_shop)
    _types_in(visitor, login)
    _shows_it_is_him(visitor, "/login/2fa/totp/activate/", login)
    assert findings + _findings(visitor, PAGES_INSIDE) == []


def _findings(visitor: Visitor, paths: list[str]) -> list[tuple[object, ...]]:
    """Serious and critical findings of axe-core, and pages wider than a phone."""
    findings: list[tuple[object, ...]] = []
    for path in paths:
        page = visitor.opens(path)
        assert page.locator("main h1").count() == 1, path
        for size in (PHONE, DESKTOP):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"):
                findings.append((path, size["width"], "scrolls sideways"))
        results = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
        findings += [
            (path, violation["id"], violation["nodes"][0]["html"][:120])
            for violation in results.response["violations"]
            if violation["impact"] in {"serious", "critical"}
        ]
    return findings
