"""Finance in the morning: the list of payments nobody has understood yet, worked through by keyboard alone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from tests.browser.conftest import SampleShop, Visitor

from kulanz.demo.bank_files import Payment, bank_file

pytestmark = pytest.mark.browser

LINES = 6
# Older than anything in the sample shop, and the later test the older: its lines stand first in the list.
DAYS = {"list-de": 8, "list-en": 7, "held-de": 6, "held-en": 5, "unseen-de": 4, "unseen-en": 3}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def _payments(shop: SampleShop, folder: Path, test: str, language: str) -> None:
    """Payments that name an invoice and pay too little: each becomes a suggestion, and a person decides."""
    on = date(2000, 1, DAYS[f"{test}-{language}"])
    claims = [c for c in shop.kulanz("claims", "--state", "open")["claims"] if Decimal(c["open"]["amount"]) > 20]
    newest = claims[::-1][100 : 100 + LINES]
    file = folder / "morning.xml"
    payments = [Payment(on, 1_000, f"Payer {c['invoice']}", "DE89370400440532013000", c["invoice"]) for c in newest]
    file.write_bytes(bank_file(f"morning-{on.day}", 0, payments))
    assert shop.kulanz("import", "bank", str(file))["files"][0]["new"] == LINES
    assert shop.kulanz("match")["suggested"] >= LINES


def _list(visitor: Visitor) -> Page:
    visitor.signs_in("finance")
    return visitor.opens("/desk/bank/")


def _rows(page: Page) -> list[str]:
    return [str(row) for row in page.locator("[data-row]").evaluate_all("rows => rows.map(row => row.id)")]


def _focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id"))


def _start(page: Page) -> None:
    """With the second Tab of the page, past “Skip to the content”."""
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")


def _landed_on(page: Page, row: str) -> None:
    page.wait_for_url(f"**/desk/bank/#{row}")
    expect(page.locator(f"#{row}")).to_be_focused()


def _is_booked(visitor: Visitor, row: str) -> bool:
    """A line that is booked has no form to put it aside any more."""
    page = visitor.opens(f"/desk/bank/lines/{row.removeprefix('line-')}/")
    return page.locator("input[name=why]").count() == 0


def _findings(page: Page) -> list[tuple[str, str, str]]:
    results = Axe().run(page, options={"runOnly": TAGS})
    return [
        (page.url, violation["id"], violation["nodes"][0]["html"][:120])
        for violation in results.response["violations"]
        if violation["impact"] in {"serious", "critical"}
    ]


def test_the_list_is_worked_through_by_keyboard_alone(
    visitor: Visitor, sample_shop: SampleShop, tmp_path: Path, language: str
) -> None:
    _payments(sample_shop, tmp_path, "list", language)
    page = _list(visitor)
    rows = _rows(page)
    findings = _findings(page)

    # A letter outside the list does nothing, whatever it would do in it.
    for letter in ("j", "k", "1", "o"):
        page.keyboard.press(letter)
    assert page.url.endswith("/desk/bank/")
    assert page.evaluate("document.activeElement === document.body")

    _start(page)
    assert _focused(page) == rows[0]
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert _focused(page) == rows[2]
    page.keyboard.press("k")
    assert _focused(page) == rows[1]

    # 1 accepts the first suggestion and goes on with the next line.
    page.keyboard.press("1")
    _landed_on(page, rows[2])
    assert _rows(page)[:2] == [rows[0], rows[2]]

    for letter, ends in (("s", "/split/"), ("p", "#aside"), ("o", "?from=list")):
        visitor.opens("/desk/bank/")
        _start(page)
        page.keyboard.press(letter)
        page.wait_for_url(f"**{ends}")
        findings += _findings(page)

    # Put aside by keyboard: the reason is typed, no letter of it is a command, and the next line has the focus.
    visitor.opens("/desk/bank/")
    _start(page)
    page.keyboard.press("p")
    page.wait_for_url("**#aside")
    page.locator("input[name=why]").focus()
    page.keyboard.type("jks1op")
    page.keyboard.press("Enter")
    _landed_on(page, rows[2])
    page = visitor.opens("/desk/bank/aside/")
    assert "jks1op" in page.locator("main").inner_text()
    findings += _findings(page)
    assert findings == []


def test_a_held_key_books_one_payment_only(
    visitor: Visitor, sample_shop: SampleShop, tmp_path: Path, language: str
) -> None:
    _payments(sample_shop, tmp_path, "held", language)
    page = _list(visitor)
    rows = _rows(page)
    _start(page)
    page.keyboard.down("1")
    _landed_on(page, rows[1])
    for _ in range(5):
        page.keyboard.down("1")
    page.keyboard.up("1")
    assert page.url.endswith(f"/desk/bank/#{rows[1]}")
    booked = [_is_booked(visitor, row) for row in rows[:3]]
    assert booked == [True, False, False]


def test_a_payment_nobody_has_seen_yet_is_not_booked_by_a_second_press(
    visitor: Visitor, sample_shop: SampleShop, tmp_path: Path, language: str
) -> None:
    _payments(sample_shop, tmp_path, "unseen", language)
    # Time stands still: the moment of quiet after which digits count again never comes by itself.
    visitor.page.add_init_script("window.setTimeout = () => 0")
    page = _list(visitor)
    rows = _rows(page)
    _start(page)
    page.keyboard.press("1")
    _landed_on(page, rows[1])
    page.keyboard.down("1")
    assert page.locator(f"#{rows[1]} form[data-sent]").count() == 0
    page.keyboard.up("1")
    page.keyboard.press("1")
    _landed_on(page, rows[2])
