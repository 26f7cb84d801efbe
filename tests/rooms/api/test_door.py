"""What the shop's systems may ask, what they are told, and how they are told no."""

from __future__ import annotations

import json
import logging
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from syrupy.assertion import SnapshotAssertion
from tests import builders as b

from kulanz.api import door
from kulanz.api.answers import Ways
from kulanz.explain.api import account_sentence, claims_behind
from kulanz.holds.api import Effect, Way, active_holds, place_own_wish_hold, place_security_hold
from kulanz.kernel import clock
from kulanz.kernel.money import Money
from kulanz.ledger.api import DisputeKind, InvoiceDraft, credit_claim, issue_invoices, match, raise_dispute
from kulanz.machines.keys import create_key, key_of, revoke_key
from kulanz.parties.api import Brand, BrandFacts, Person, establish_brand, open_account

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.rooms.api.urls")]

PROBLEM = "application/problem+json"


@pytest.fixture
def key() -> str:
    return create_key(b.dana("2026-01-05"), b.a_shop(), "shop")


@pytest.fixture
def ask(key: str) -> Client:
    """A client with a key that asks for English."""
    return Client(headers={"Authorization": f"Bearer {key}", "Accept-Language": "en"})


def another_shop() -> Brand:
    facts = BrandFacts(
        code="birkenhof",
        name="Birkenhof",
        legal_name="Birkenhof Versand GmbH",
        street="Birkenweg 2",
        postcode="04109",
        city="Leipzig",
        email="service@birkenhof.example",
    )
    return establish_brand(b.system("2026-01-02"), facts)


def problem(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == PROBLEM
    document: dict[str, Any] = json.loads(answer.content)
    assert set(document) == {"type", "title", "status", "detail", "code", "fields", "errors"}
    assert document["status"] == status
    return document


# --- what may this account do, and why? ---


def test_an_account_without_a_hold_may_do_everything(ask: Client) -> None:
    account = b.a_customer()
    answer = ask.get(f"/api/v1/accounts/{account.number}/holds")
    assert answer.status_code == 200
    assert answer.json() == {
        "account": account.number,
        "sentence": "No hold is on this account and nothing is open.",
        "may": {way.value: True for way in Way},
        "holds": [],
    }
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_payment_hold_names_its_claim_and_what_lifts_it(ask: Client) -> None:
    account = b.a_customer()
    claim = b.an_invoice(account, "120.50", issued="2026-03-01", due="2026-03-15")
    hold = b.a_payment_hold(claim, on="2026-06-01")
    answer = ask.get(f"/api/v1/accounts/{account.number}/holds").json()
    sentence = account_sentence([hold], [])
    closed = {way for way, may in answer["may"].items() if not may}
    assert answer["sentence"] == sentence
    assert closed < {"order", "pay_by_invoice", "pay_after_delivery"}
    assert "pay_by_invoice" in closed
    [told] = answer["holds"]
    assert [told.pop("lifts")[0][:51]] == ["It ends by itself at the moment the payment is book"]
    assert told == {
        "reference": hold.reference,
        "kind": "payment",
        "effect": hold.effect,
        "since": "2026-06-01",
        "sentence": sentence,
        "claims": [
            {
                "reference": claim.reference,
                "invoice": claim.title,
                "invoice_date": "2026-03-01",
                "due": "2026-03-15",
                "amount": {"amount": "120.50", "currency": "EUR"},
                "open": {"amount": "120.50", "currency": "EUR"},
            }
        ],
    }


def test_the_payment_ends_the_hold_and_the_answer_says_so(ask: Client) -> None:
    account = b.a_customer()
    claim = b.an_invoice(account)
    b.a_payment_hold(claim, on="2026-06-01")
    b.bank_lines(b.a_bank_file(("120.50", f"Rechnung {claim.title}")))
    match(b.dana("2026-11-20"))
    answer = ask.get(f"/api/v1/accounts/{account.number}/holds").json()
    assert answer["holds"] == []
    assert answer["may"] == {way.value: True for way in Way}


def test_under_every_effect_the_statutory_ways_stay_open(ask: Client) -> None:
    for effect in Effect:
        account = b.a_customer()
        place_own_wish_hold(b.cem("2026-06-01"), account, effect=effect, words="I asked for it.")
        may = ask.get(f"/api/v1/accounts/{account.number}/holds").json()["may"]
        assert [
            way
            for way in (
                "withdrawal",
                "complaint",
                "return",
                "refund",
                "cancellation",
                "objection",
                "data_export",
            )
            if not may[way]
        ] == []
        assert not may["pay_by_invoice"]


def test_every_way_of_the_house_has_its_answer() -> None:
    names = {field.serialization_alias or name for name, field in Ways.model_fields.items()}
    assert names == {way.value for way in Way}


def test_sentences_come_in_the_language_asked_for_and_in_german_otherwise(key: str) -> None:
    account = b.a_customer()
    claim = b.an_invoice(account)
    b.a_payment_hold(claim, on="2026-06-01")
    [hold] = active_holds(account.pk, on=clock.today())
    address = f"/api/v1/accounts/{account.number}/holds"
    for asked, language in (("en-GB,en;q=0.8", "en"), ("de-AT", "de"), ("fr", "de"), (None, "de")):
        headers = {"Authorization": f"Bearer {key}"} | ({"Accept-Language": asked} if asked else {})
        answer = Client(headers=headers).get(address)
        with translation.override(language):
            assert answer.json()["sentence"] == account_sentence([hold], [])
        assert answer.headers["Content-Language"] == language


def test_the_number_of_queries_does_not_grow_with_holds_and_claims(
    ask: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KULANZ_NOW", "2026-06-02T10:00")
    little, much = b.a_customer(), b.a_customer()
    b.a_payment_hold(b.an_invoice(little), on="2026-06-01")
    for _ in range(3):
        b.handed_over(b.an_invoice(much), on="2026-06-01")
    b.a_payment_hold(b.an_invoice(much), on="2026-06-01")
    place_security_hold(
        b.cem("2026-06-01"),
        much,
        effect=Effect.NO_ORDERS,
        words="A stranger ordered in your name.",
        ends_on=date(2026, 7, 1),
        review_on=date(2026, 6, 15),
    )
    counted = []
    for account in (little, much):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert ask.get(f"/api/v1/accounts/{account.number}/holds").status_code == 200
        counted.append(len(queries))
    assert counted[0] == counted[1]
    assert counted[0] <= 6
    [first, second] = ask.get(f"/api/v1/accounts/{much.number}/holds").json()["holds"]
    assert sorted([len(first["claims"]), len(second["claims"])]) == [0, 4]


def test_the_sentence_is_the_one_everybody_reads(ask: Client) -> None:
    account = b.a_customer()
    for _ in range(2):
        b.handed_over(b.an_invoice(account), on="2026-06-01")
    b.a_payment_hold(b.an_invoice(account), on="2026-06-01")
    [hold] = active_holds(account.pk, on=clock.today())
    told = ask.get(f"/api/v1/accounts/{account.number}/holds").json()["holds"][0]
    assert [c["reference"] for c in told["claims"]] == [claim.reference for claim in claims_behind(hold)]
    assert told["sentence"] == account_sentence([hold], [])


def test_a_number_with_a_slash_in_it_is_found_too(ask: Client) -> None:
    account = b.a_customer(number="2026/A 7")
    claim = b.an_invoice(account, number="RE/2026/7")
    assert ask.get("/api/v1/accounts/2026%2FA%207/holds").json()["account"] == account.number
    assert ask.get("/api/v1/accounts/2026%2FA%207").json()["account"] == account.number
    assert ask.get("/api/v1/claims/RE%2F2026%2F7").json()["reference"] == claim.reference


# --- accounts and claims ---


def test_the_story_of_an_account(ask: Client) -> None:
    account = b.a_customer()
    claim = b.an_invoice(account, issued="2026-03-01")
    story = ask.get(f"/api/v1/accounts/{account.number}").json()
    assert story["account"] == account.number
    assert story["sentence"] == "No hold is on this account. Open: €120.50 on one invoice."
    assert [step["step"] for step in story["next_steps"]] == ["pay", "object", "add_proof", "ask"]
    assert story["facts"] == [
        {
            "on": "2026-03-01",
            "title": f"Invoice {claim.title}",
            "text": "Due on 15 March 2026.",
            "amount": {"amount": "120.50", "currency": "EUR"},
            "reference": claim.reference,
        }
    ]


def test_a_claim_is_found_by_its_reference_or_its_invoice_number_and_adds_up(ask: Client) -> None:
    account = b.a_customer()
    claim = b.an_invoice(account, "120.50")
    credit_claim(b.dana("2026-04-01"), claim, Money(2050), key=f"credit:{claim.pk}")
    told = ask.get(f"/api/v1/claims/{claim.reference}").json()
    assert ask.get(f"/api/v1/claims/{claim.title}").json() == told
    amounts = {name: told[name]["amount"] for name in ("amount", "open", "paid", "credited", "written_off", "reversed")}
    assert amounts == {
        "amount": "120.50",
        "open": "100.00",
        "paid": "0.00",
        "credited": "20.50",
        "written_off": "0.00",
        "reversed": "0.00",
    }
    assert told["state"] == "part_paid"
    assert told["account"] == account.number
    assert [step["step"] for step in told["next_steps"]] == ["pay", "object", "add_proof", "ask"]


def test_claims_are_listed_by_account_and_state_page_by_page(ask: Client) -> None:
    account = b.a_customer()
    claims = [b.an_invoice(account) for _ in range(5)]
    raise_dispute(b.customer_act(account, "2026-04-01"), claims[0], kind=DisputeKind.ALREADY_PAID, words="")
    b.an_invoice(b.a_customer())
    address = f"/api/v1/claims?account={account.number}&limit=2"
    seen: list[str] = []
    pages, cursor = 0, ""
    while cursor is not None:
        page = ask.get(address + (f"&cursor={cursor}" if cursor else "")).json()
        seen += [row["reference"] for row in page["claims"]]
        pages, cursor = pages + 1, page["next"]
    assert pages == 3
    assert seen == [claim.reference for claim in reversed(claims)]
    disputed = ask.get(f"/api/v1/claims?account={account.number}&state=disputed").json()
    assert [row["reference"] for row in disputed["claims"]] == [claims[0].reference]
    assert disputed["next"] is None
    assert ask.get("/api/v1/claims?account=nobody").json() == {"claims": [], "next": None}


# --- no ---


def test_without_a_living_key_nothing_is_told(key: str) -> None:
    account = b.a_customer()
    address = f"/api/v1/accounts/{account.number}/holds"
    for headers in ({}, {"Authorization": "Bearer kz_wrong"}, {"Authorization": f"Basic {key}"}):
        answer = Client(headers={"Accept-Language": "en", **headers}).get(address)
        assert problem(answer, 401)["code"] == "key_missing"
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="kulanz"'


def test_a_revoked_key_opens_nothing(ask: Client, key: str) -> None:
    account = b.a_customer()
    address = f"/api/v1/accounts/{account.number}/holds"
    assert ask.get(address).status_code == 200
    living = key_of(key)
    assert living is not None
    revoke_key(b.dana("2026-02-01"), living)
    problem(ask.get(address), 401)


def test_foreign_unknown_and_house_accounts_look_the_same(ask: Client) -> None:
    theirs = open_account(
        b.system("2026-01-02"),
        brand=another_shop(),
        number="F1",
        person=Person(name="Franz Fremd", city="Ulm"),
    )
    foreign = b.an_invoice(theirs, number="FREMD-1")
    for number in (theirs.number, "nobody", "HOUSE"):
        for address in (f"/api/v1/accounts/{number}/holds", f"/api/v1/accounts/{number}"):
            told = problem(ask.get(address), 404)
            assert told["code"] == "not_found"
            assert told["fields"] == {"reference": number}
            assert told["detail"] == f"There is nothing here under “{number}”. Check the reference and try again."
    for reference in (foreign.reference, foreign.title, "RF00NOTHING"):
        assert problem(ask.get(f"/api/v1/claims/{reference}"), 404)["code"] == "not_found"
    assert ask.get(f"/api/v1/claims?account={theirs.number}").json() == {"claims": [], "next": None}


def test_two_shops_may_use_the_same_invoice_number(ask: Client) -> None:
    theirs = open_account(
        b.system("2026-01-02"),
        brand=another_shop(),
        number="F2",
        person=Person(name="Franz Fremd", city="Ulm"),
    )
    b.an_invoice(theirs, "1.00", number="GLEICH-1")
    ours = b.an_invoice(b.a_customer(), "2.00")
    twin = InvoiceDraft(
        number="GLEICH-1",
        account_id=ours.account_id,
        total=Money(300),
        issued_on=date(2026, 3, 1),
        due_on=date(2026, 3, 15),
    )
    issue_invoices(b.system("2026-03-01"), b.a_shop(), [twin])
    assert ask.get("/api/v1/claims/GLEICH-1").json()["amount"]["amount"] == "3.00"


def test_no_is_said_in_the_language_asked_for(key: str) -> None:
    answer = Client(headers={"Authorization": f"Bearer {key}", "Accept-Language": "de"}).get("/api/v1/accounts/nobody")
    with translation.override("de"):
        assert problem(answer, 404)["title"] == translation.gettext("We could not find this")


def test_an_unreadable_request_is_told_what_is_wrong_and_where(ask: Client) -> None:
    told = problem(ask.get("/api/v1/claims?limit=1000&state=sleeping&cursor=x"), 422)
    assert told["code"] == "request_invalid"
    assert sorted(error["where"] for error in told["errors"]) == [
        "query.cursor",
        "query.limit",
        "query.state",
    ]
    problem(ask.get("/api/v1/accounts/%00"), 422)
    slip = problem(ask.get("/api/v1/claims?acount=K1&state=open&state=settled"), 422)
    assert slip["errors"] == [
        {"where": "query.acount", "what": "unknown parameter"},
        {"where": "query.state", "what": "given more than once"},
    ]


def test_wrong_addresses_and_methods_are_problems_too(ask: Client) -> None:
    for address in ("/api/v1/", "/api/v1/nowhere", "/api/v1/accounts/"):
        assert problem(ask.get(address), 404)["code"] == "not_found"
    strict = Client(headers={"Accept-Language": "en"}, enforce_csrf_checks=True)
    problem(strict.post("/api/v1/nowhere"), 404)
    answer = strict.post("/api/v1/claims")
    assert problem(answer, 405)["detail"] == "This address answers to GET only."
    assert answer.headers["Allow"] == "GET"


def test_a_bug_is_a_clean_problem_and_an_alarm(
    ask: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr(door, "explain_account", broken)
    with caplog.at_level(logging.ERROR, logger="kulanz.api"):
        answer = ask.get(f"/api/v1/accounts/{b.a_customer().number}")
    assert problem(answer, 500)["code"] == "bug"
    assert b"secret inside" not in answer.content
    assert b"Traceback" not in answer.content
    [alarm] = [record for record in caplog.records if record.name == "kulanz.api"]
    assert alarm.exc_info is not None
    assert str(alarm.exc_info[1]) == "secret inside"


# --- a number that means more than one invoice ---


def test_a_number_that_reads_like_two_invoices_opens_neither_unless_it_is_written_exactly(ask: Client) -> None:
    hers = b.an_invoice(b.a_customer("Frau Anders"), "100.00", number="A-1")
    b.an_invoice(b.a_customer("Herr Brandt"), "50.00", number="A1")
    assert ask.get("/api/v1/claims/A-1").json()["account"] == hers.account.number
    assert ask.get("/api/v1/claims/A1").json()["amount"] == {"amount": "50.00", "currency": "EUR"}
    document = problem(ask.get("/api/v1/claims/a 1"), 404)
    assert (document["code"], document["fields"]) == ("several_claims", {"reference": "a 1"})
    assert "is the number of more than one invoice" in document["detail"]


def test_the_like_number_of_another_brand_makes_nothing_ambiguous(ask: Client) -> None:
    ours = b.an_invoice(b.a_customer(), "100.00", number="B-1")
    theirs = open_account(
        b.system("2026-01-02"), brand=another_shop(), number="X1", person=b.a_customer("Herr Brandt").holder
    )
    b.an_invoice(theirs, "50.00", number="B1")
    assert ask.get("/api/v1/claims/b 1").json()["reference"] == ours.reference


# --- the document ---


def test_the_description_of_the_interface(snapshot: SnapshotAssertion) -> None:
    answer = Client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert json.dumps(answer.json(), indent=2, ensure_ascii=False) == snapshot


def test_no_page_of_documentation_is_served() -> None:
    problem(Client().get("/api/v1/docs"), 404)
