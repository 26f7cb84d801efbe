"""The journeys of the foundation, walked in real Chromium."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.conftest import DESKTOP, PHONE, SampleShop, Visitor

pytestmark = pytest.mark.browser

HE, SHE, INVOICE = "13491", "13305", "536761"


@pytest.fixture
def visitors(sample_shop: SampleShop, browser: Browser) -> Iterator[dict[str, Visitor]]:
    """Several people at once, each with a browser of his own."""
    people = {}
    for who, locale, size in (
        ("he", "de-DE", PHONE),
        ("she", "de-DE", PHONE),
        ("dana", "de-DE", DESKTOP),
        ("cem", "en-GB", DESKTOP),
    ):
        page = browser.new_context(locale=locale, viewport=size).new_page()  # type: ignore[arg-type]
        page.set_default_timeout(15_000)
        people[who] = Visitor(sample_shop, page)
    yield people
    for visitor in people.values():
        visitor.page.context.close()


def _hold_sentence(page: Page) -> str:
    return page.locator(".hold-notice__sentence").first.inner_text().replace("\N{NO-BREAK SPACE}", " ")


def test_the_family_account_from_block_to_release(visitors: dict[str, Visitor], sample_shop: SampleShop) -> None:
    he, she, dana, cem = (visitors[name] for name in ("he", "she", "dana", "cem"))

    # He reads which invoice, of when, over how much; and what he can do.
    he.signs_in("customer")
    page = he.opens(f"/account/{HE}/")
    sentence = _hold_sentence(page)
    assert INVOICE in sentence
    assert "98,90 €" in sentence
    assert page.locator(".hold-notice .timeline__entry").count() >= 5
    page = he.opens(f"/account/{HE}/claims/{INVOICE}/")
    expect(page.locator(".qr__code svg")).to_be_visible()
    expect(page.locator("#pay-reference")).to_have_text(re.compile(rf"RF\d\d{INVOICE}"))

    # The same sentence in English, after one click on the language.
    he.opens(f"/account/{HE}/")
    he.page.locator("form[action*=language] button").first.click()
    he.page.wait_for_load_state()
    english = _hold_sentence(he.page)
    assert "€98.90" in english
    assert INVOICE in english

    # Her account has no hold at all.
    she.signs_in("partner")
    page = she.opens(f"/account/{SHE}/")
    assert page.locator(".hold-notice").count() == 0

    # The agent reads the sentence the customer reads.
    cem.signs_in("agent")
    page = cem.opens(f"/desk/customers/{HE}/")
    assert english in page.locator("main").inner_text().replace("\N{NO-BREAK SPACE}", " ")

    # Finance drops in the forgotten statement: checked, matched with its evidence, booked.
    dana.signs_in("finance")
    page = dana.opens("/desk/bank/")
    page.locator("input[type=file]").set_input_files(sample_shop.bank_files / "1-forgotten-statement.xml")
    page.locator("form:has(input[type=file]) button[type=submit]").click()
    page.wait_for_load_state()
    assert INVOICE in page.locator("main").inner_text()
    state = sample_shop.kulanz("explain", INVOICE, "--lang", "en")
    assert state["sentence"].endswith("is settled; nothing is open.")

    # He is free, and has been told; the agent sees it.
    page = he.opens(f"/account/{HE}/")
    assert page.locator(".hold-notice").count() == 0
    page = dana.opens("/desk/outbox/")
    assert page.locator("main").inner_text().count("Thomas Reinhardt") >= 2

    # The same file again books nothing.
    before = sample_shop.kulanz("claims", "--customer", HE)
    page = dana.opens("/desk/bank/")
    page.locator("input[type=file]").set_input_files(sample_shop.bank_files / "1-forgotten-statement.xml")
    page.locator("form:has(input[type=file]) button[type=submit]").click()
    page.wait_for_load_state()
    assert sample_shop.kulanz("claims", "--customer", HE) == before
    assert sample_shop.kulanz("verify")["ok"] is True


def test_a_stranger_says_he_never_ordered_it_and_gets_a_reference(visitor: Visitor) -> None:
    page = visitor.opens("/")
    page.locator("a[href$='/contact/not_mine/']").click()
    page.locator("textarea[name=words]").fill("Ich habe nie bei Ihnen bestellt.")
    page.locator("input[name=name]").fill("Erika Muster")
    page.locator("input[name=email]").fill("erika@example.org")
    page.locator("main form button[type=submit]").click()
    expect(page.locator(".confirmation__reference")).to_have_text(re.compile(r"^V[0-9A-Z]{3}-[0-9A-Z]{4}-[0-9A-Z]$"))


def test_a_form_left_empty_says_what_is_missing(visitor: Visitor) -> None:
    page = visitor.opens("/contact/other/")
    page.locator("main form button[type=submit]").click()
    expect(page.locator(".error-summary")).to_be_visible()
    assert page.locator(".error-summary a").count() == 3


def test_objecting_takes_two_steps_and_stops_everything(
    visitor: Visitor, sample_shop: SampleShop, language: str
) -> None:
    overdue = [c for c in sample_shop.kulanz("claims", "--state", "open")["claims"] if c["debtor"] not in {HE, SHE}]
    claim = overdue[0 if language == "de" else 1]
    email, password = f"{language}-{claim['debtor']}@example.org".lower(), "a-long-enough-password"
    _login_for(sample_shop, email, password, claim["debtor"])

    visitor.signs_in_with(email, password)
    page = visitor.opens(f"/account/{claim['debtor']}/claims/{claim['reference']}/object/")
    page.locator("input[value=already_paid]").check(force=True)
    page.locator("main form button[type=submit]").click()
    page.locator("textarea[name=words]").fill("Am 3. Mai überwiesen.")
    page.locator("main form button[type=submit]").click()
    expect(page.locator(".confirmation__reference")).to_have_text(re.compile(r"^E[0-9A-Z]{8}$"))
    disputed = sample_shop.kulanz("claims", "--customer", claim["debtor"], "--state", "disputed")["claims"]
    assert claim["reference"] in [c["reference"] for c in disputed]


def _login_for(shop: SampleShop, email: str, password: str, account: str) -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "kulanz.cli", "user", "add", email, "--name", "Test Person"),
            *("--role", "customer", "--account", account, "--password-stdin"),
        ],
        env=shop.environment,
        input=password + "\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_agency_sees_its_orders_and_nothing_else(visitor: Visitor) -> None:
    visitor.signs_in("agency")
    page = visitor.opens("/agency/")
    assert page.locator("tbody tr").count() >= 5
    assert visitor.page.request.get(visitor.shop.url + "/desk/").status == 403
    assert visitor.page.request.get(visitor.shop.url + f"/account/{HE}/").status == 403


def test_the_warehouse_sees_orders_without_money_matters(visitor: Visitor) -> None:
    visitor.signs_in("warehouse")
    page = visitor.opens(f"/desk/orders/{INVOICE}/")
    assert "OWL DOORSTOP" in page.locator("main").inner_text()
    assert visitor.page.request.get(visitor.shop.url + f"/desk/customers/{HE}/").status == 403
    assert visitor.page.request.get(visitor.shop.url + "/desk/bank/").status == 403
