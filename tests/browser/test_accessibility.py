"""WCAG 2.2 AA by axe-core: no serious or critical finding on any page, in both languages, on phone and desktop."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from tests.browser.conftest import DESKTOP, PHONE, Visitor

pytestmark = pytest.mark.browser

HE, INVOICE = "13491", "536761"
PAGES = {
    "stranger": ["/", "/contact/", "/contact/not_mine/", "/login/login/"],
    "customer": [
        f"/account/{HE}/",
        f"/account/{HE}/claims/{INVOICE}/",
        f"/account/{HE}/claims/{INVOICE}/object/",
        f"/account/{HE}/payments/",
        f"/account/{HE}/orders/",
    ],
    "agent": ["/desk/", f"/desk/customers/{HE}/", "/desk/cases/", "/desk/disputes/", "/desk/customers/?q=rein"],
    "finance": ["/desk/", "/desk/bank/", "/desk/holds/", "/desk/outbox/"],
    "warehouse": ["/desk/orders/", f"/desk/orders/{INVOICE}/"],
    "agency": ["/agency/"],
    "admin": ["/desk/access/", "/desk/audit/"],
}


@pytest.mark.parametrize("who", PAGES)
def test_no_page_shuts_anybody_out(visitor: Visitor, who: str) -> None:
    if who != "stranger":
        visitor.signs_in(who)
    findings = []
    for path in PAGES[who]:
        for size in (PHONE, DESKTOP):
            visitor.page.set_viewport_size(size)  # type: ignore[arg-type]
            page = visitor.opens(path)
            wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1")
            if wide:
                findings.append((path, size["width"], "scrolls sideways"))
            results = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
            findings += [
                (path, size["width"], violation["id"], violation["nodes"][0]["html"][:120])
                for violation in results.response["violations"]
                if violation["impact"] in {"serious", "critical"}
            ]
    assert findings == []
