"""Today: what waits for a person, and only what this person may do. And who did what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from tests import builders as b
from tests.rooms.desk.pages import text

from kulanz.cases.api import Concern, Topic, break_overdue_promises, open_case
from kulanz.holds.api import Effect, Hold, HoldState, confirm_security_hold, place_security_hold
from kulanz.ledger.api import DisputeKind, match, raise_dispute
from kulanz.parties.api import Role

pytestmark = pytest.mark.django_db


def a_busy_morning() -> None:
    """One thing for everybody."""
    b.bank_lines(b.a_bank_file(("15.00", "no idea")))
    match(b.dana("2026-11-20"))
    b.handed_over(b.an_invoice(b.a_customer("Petra Proposal")), on="2026-11-01")
    disputed = b.an_invoice(b.a_customer("Dieter Dispute"))
    raise_dispute(b.customer_act(disputed.account, "2026-11-02"), disputed, kind=DisputeKind.ALREADY_PAID)
    place_security_hold(
        b.cem("2026-11-19", "takeover"),
        b.a_customer("Sigrid Security"),
        effect=Effect.NO_ORDERS,
        words="x",
        ends_on=date(2026, 12, 1),
        review_on=date(2026, 11, 25),
    )
    concern = Concern(
        brand=b.a_shop(),
        topic=Topic.REFUND,
        words="x",
        name="Karl Case",
        email="karl@example.org",
        language="de",
        key="k",
    )
    open_case(b.system("2026-11-10"), concern)
    break_overdue_promises(b.system("2026-11-18"))


@pytest.mark.parametrize(
    ("role", "titles"),
    [
        (Role.AGENT, ["Objections to decide 1", "Promises we did not keep in time 1", "Open cases 1"]),
        (
            Role.FINANCE,
            [
                "Payments nobody has understood yet 1",
                "Objections to decide 1",
                "Holds proposed by a rule 1",
                "Security holds that need a second person 1",
                "Holds to be looked at again 0",
                "Promises we did not keep in time 1",
                "Open cases 1",
                "Messages that did not go out, or perhaps did 0",
            ],
        ),
        (Role.ADMIN, ["Messages that did not go out, or perhaps did 0", "What the shop could not be told 0"]),
    ],
)
def test_each_role_sees_its_own_queues(sign_in: Callable[..., Client], role: Role, titles: list[str]) -> None:
    a_busy_morning()
    response = sign_in(role).get("/desk/")
    page = text(response)
    for title in titles:
        assert title in page
    assert response.content.decode().count("panel--flush") == len(titles)


def test_a_hold_comes_back_to_a_person_on_its_review_day(
    sign_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    a_busy_morning()
    confirm_security_hold(b.dana("2026-11-20"), Hold.objects.get(account__person__name="Sigrid Security"))
    monkeypatch.setenv("KULANZ_NOW", "2026-11-24T10:00")
    assert "Holds to be looked at again 0" in text(sign_in(Role.FINANCE).get("/desk/"))
    monkeypatch.setenv("KULANZ_NOW", "2026-11-25T10:00")
    assert "Holds to be looked at again 1" in text(sign_in(Role.FINANCE).get("/desk/"))


@pytest.mark.parametrize(
    ("role", "rooms"),
    [
        (Role.AGENT, ["Today", "Customers", "Cases", "Objections", "Orders", "Outbox"]),
        (Role.FINANCE, ["Today", "Customers", "Cases", "Objections", "Bank", "Holds", "Orders", "Outbox"]),
        (Role.WAREHOUSE, ["Today", "Orders"]),
        (Role.ADMIN, ["Today", "Outbox", "Access", "Audit"]),
    ],
)
def test_the_navigation_leads_only_where_the_role_may_go(
    sign_in: Callable[..., Client], role: Role, rooms: list[str]
) -> None:
    request = sign_in(role).get("/desk/").wsgi_request
    assert [item.label for item in request.kulanz_navigation] == rooms
    assert [item.label for item in request.kulanz_navigation if item.current] == ["Today"]


def test_the_gallery_stands_inside_the_desk(agent: Client) -> None:
    assert "Gallery: the desk" in text(agent.get("/desk/gallery"))


def test_proposals_are_released_or_declined_with_a_reason(finance: Client, agent: Client) -> None:
    for name in ("Petra Eins", "Petra Zwei"):
        b.handed_over(b.an_invoice(b.a_customer(name)), on="2026-11-01")
    page = text(finance.get("/desk/holds/"))
    assert "It restricts nobody until you place it." in page
    assert "First reminder notice, 12 October 2026" in page
    first, second = Hold.objects.order_by("proposed_at", "id")

    assert agent.post(f"/desk/holds/{first.reference}/release/").status_code == 403
    finance.post(f"/desk/holds/{first.reference}/release/")
    assert "Please write the reason." in text(finance.post(f"/desk/holds/{second.reference}/decline/", follow=True))
    finance.post(f"/desk/holds/{second.reference}/decline/", {"why": "He is in hospital."})

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.released_by) == (HoldState.ACTIVE.value, "Dana Vogt")
    assert (second.state, second.lifted_because) == (HoldState.DECLINED.value, "He is in hospital.")
    assert finance.post(f"/desk/holds/{first.reference}/release/").status_code == 409


def test_many_holds_ask_no_more_questions_than_one(finance: Client, queries_of: Callable[[Client, str], int]) -> None:
    b.handed_over(b.an_invoice(b.a_customer()), on="2026-11-01")
    b.a_payment_hold(b.an_invoice(b.a_customer()), on="2026-06-01")
    few = queries_of(finance, "/desk/holds/")
    for _ in range(4):
        b.handed_over(b.an_invoice(b.a_customer()), on="2026-11-01")
        b.a_payment_hold(b.an_invoice(b.a_customer()), on="2026-06-01")
    assert queries_of(finance, "/desk/holds/") == few
    assert "for 172 days" in text(finance.get("/desk/holds/"))


def test_the_audit_says_who_did_what_and_is_filtered_by_customer(admin: Client, agent: Client) -> None:
    claim = b.an_invoice(b.a_customer(number="K77"))
    b.a_payment_hold(claim, on="2026-06-01")
    b.handed_over(b.an_invoice(b.a_customer(number="K78")), on="2026-11-01")
    page = text(admin.get("/desk/audit/?account=K77"))
    assert "Dana Vogt" in page
    assert "holds.review rule" in page
    assert "K78" not in page
    assert "K78" in text(admin.get("/desk/audit/"))
    assert "There is no account NOPE." in text(admin.get("/desk/audit/?account=NOPE"))
    assert agent.get("/desk/audit/").status_code == 403
