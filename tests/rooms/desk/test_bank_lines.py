"""What finance does with one line: accept and go on, split it, put it aside, take it up again."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from tests import builders as b
from tests.rooms.desk.pages import text

from kulanz.ledger.api import (
    Allocation,
    BankLine,
    Claim,
    Part,
    SetAside,
    Suggestion,
    match,
    set_aside,
    split_by_hand,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def this_morning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KULANZ_NOW", "2026-11-20T08:30")


def lines(*payments: tuple[str, str], on: str = "2026-11-20") -> list[BankLine]:
    """From somebody we do not know: a reference with another amount is only suggested then."""
    file = b.a_bank_file(*payments, on=on, payer="Erna Fremd", payer_iban=None)
    return sorted(b.bank_lines(file), key=lambda line: line.pk)


def test_the_list_says_how_long_each_payment_waits_and_how_much_lies_there(finance: Client) -> None:
    lines(("15.00", "no idea"), on="2026-11-20")
    lines(("20.00", "no idea either"), on="2026-10-01")
    page = text(finance.get("/desk/bank/"))
    assert "came in today" in page
    assert "waiting for 50 days" in page
    assert "up to 7 days 1 €15.00" in page
    assert "31 to 90 days 1 €20.00" in page


def test_who_accepts_in_the_list_goes_on_with_its_next_line(finance: Client) -> None:
    claim = b.an_invoice(b.a_customer(), "120.50")
    first, second = lines(("100.00", claim.title), ("15.00", "no idea"))
    match(b.dana("2026-11-20"))
    suggestion = Suggestion.objects.get(bank_line=first)
    accept = reverse("desk:bank_accept", args=[first.pk, suggestion.pk])
    response = finance.post(accept, {"from": "list"})
    assert response["Location"] == f"/desk/bank/#line-{second.pk}"
    assert Allocation.objects.get().claim == claim


def test_after_the_last_line_the_list_begins_anew(finance: Client) -> None:
    claim = b.an_invoice(b.a_customer(), "120.50")
    [line] = lines(("100.00", claim.title))
    match(b.dana("2026-11-20"))
    accept = reverse("desk:bank_accept", args=[line.pk, Suggestion.objects.get().pk])
    assert finance.post(accept, {"from": "list"})["Location"] == "/desk/bank/"


def test_a_payment_is_split_over_two_invoices_and_the_rest_kept(finance: Client) -> None:
    account = b.a_customer()
    first, second = b.an_invoice(account, "100.00"), b.an_invoice(account, "50.00")
    [line] = lines(("160.00", "both"))
    page = reverse("desk:bank_split", args=[line.pk])
    assert "Split €160.00" in text(finance.get(page))
    answers = {"claim_1": first.title, "claim_2": second.title, "amount_2": "50,00", "keep_rest": "on"}
    response = finance.post(page, answers, follow=True)
    assert "Kept as the customer's credit" in text(response)
    assert sorted(Allocation.objects.values_list("amount_cents", flat=True)) == [1_000, 5_000, 10_000]


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"claim_1": "RE-NOPE"}, "There is nothing here under “RE-NOPE”"),
        ({"claim_1": "{claim}", "amount_1": "1.000"}, "“1.000” can be read in two ways."),
        ({"claim_1": "{claim}", "amount_1": "lots"}, "Please write an amount such as 12.50 or 12,50."),
        ({"amount_3": "5.00"}, "Which invoice is this amount for?"),
        ({"claim_1": "{claim}", "claim_2": "{claim}"}, "is named twice"),
        ({"claim_1": "{claim}", "amount_1": "200.00"}, "Only €160.00 of this bank line is still unexplained"),
        ({}, "Please name at least one invoice."),
    ],
)
def test_a_wrong_row_books_nothing_and_says_why(finance: Client, answers: dict[str, str], said: str) -> None:
    claim = b.an_invoice(b.a_customer(), "300.00")
    [line] = lines(("160.00", "both"))
    filled = {name: value.format(claim=claim.title) for name, value in answers.items()}
    response = finance.post(reverse("desk:bank_split", args=[line.pk]), filled)
    assert response.status_code == 422
    assert said in text(response)
    assert Allocation.objects.count() == 0


def test_a_payment_is_put_aside_and_taken_up_again(finance: Client) -> None:
    first, second = lines(("15.00", "no idea"), ("16.00", "no idea"))
    response = finance.post(
        reverse("desk:bank_put_aside", args=[first.pk]), {"why": "the bank is asked", "until": "2026-11-27"}
    )
    assert response["Location"] == f"/desk/bank/#line-{second.pk}"
    assert f'id="line-{first.pk}"' not in finance.get("/desk/bank/").content.decode()
    aside = text(finance.get("/desk/bank/aside/"))
    assert "Put aside until 2026-11-27 by Dana Vogt: the bank is asked" in aside
    finance.post(reverse("desk:bank_take_up", args=[first.pk]))
    assert "Nothing is put aside." in text(finance.get("/desk/bank/aside/"))


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"why": "", "until": "2026-11-27"}, "This field is required."),
        ({"why": "x", "until": "2026-11-20"}, "until a day between tomorrow and 90 days from now"),
    ],
)
def test_putting_aside_needs_a_reason_and_a_day_to_come(finance: Client, answers: dict[str, str], said: str) -> None:
    [line] = lines(("15.00", "no idea"))
    response = finance.post(reverse("desk:bank_put_aside", args=[line.pk]), answers)
    assert response.status_code == 422
    assert said in text(response)
    assert SetAside.objects.count() == 0


def test_agents_do_none_of_it(agent: Client) -> None:
    [line] = lines(("15.00", "no idea"))
    for name in ("desk:bank_split", "desk:bank_put_aside", "desk:bank_take_up"):
        assert agent.post(reverse(name, args=[line.pk]), {}).status_code == 403
    assert agent.get("/desk/bank/aside/").status_code == 403


# --- what the list and the line say ---


def split(line: BankLine, claim: Claim) -> None:
    split_by_hand(b.dana("2026-11-20"), line, [Part(claim)])


@pytest.mark.parametrize(
    ("name", "answers", "said"),
    [
        ("bank_assign", {"claim": "{other}"}, "Only €0.00 of this bank line is still unexplained"),
        ("bank_assign", {"claim": "RE-NOPE"}, "There is nothing here under “RE-NOPE”"),
        ("bank_put_aside", {"why": "x", "until": "2026-11-27"}, "there is nothing left to put aside"),
        ("bank_split", {"claim_1": "{other}"}, "Only €0.00 of this bank line is still unexplained"),
    ],
)
def test_who_comes_too_late_is_told_why_nothing_was_booked(
    finance: Client, name: str, answers: dict[str, str], said: str
) -> None:
    claim, other = b.an_invoice(b.a_customer(), "100.00"), b.an_invoice(b.a_customer(), "100.00")
    [line] = lines(("100.00", "x"))
    split(line, claim)
    filled = {key: value.format(other=other.title) for key, value in answers.items()}
    response = finance.post(reverse(f"desk:{name}", args=[line.pk]), filled)
    assert response.status_code == 422
    assert said in text(response)
    assert Allocation.objects.count() == 1


def test_a_suggestion_whose_claim_was_paid_meanwhile_is_not_shown_and_says_so_when_accepted(finance: Client) -> None:
    claim = b.an_invoice(b.a_customer(), "100.00")
    short, whole = lines(("60.00", claim.title), ("100.00", "?"))
    match(b.dana("2026-11-20"), line_ids=[short.pk])
    suggestion = Suggestion.objects.get(bank_line=short)
    split(whole, claim)
    assert "Yes, this is it" not in text(finance.get("/desk/bank/"))
    response = finance.post(reverse("desk:bank_accept", args=[short.pk, suggestion.pk]), {"from": "list"})
    assert response.status_code == 422
    assert f"Nothing is outstanding on {claim.title} any more." in text(response)


def aside(line: BankLine, until: str) -> None:
    set_aside(b.dana("2026-11-20"), line, until=date.fromisoformat(until), why="the bank is asked")


def test_what_was_put_aside_is_put_aside_again_with_another_day(finance: Client) -> None:
    [line] = lines(("15.00", "no idea"))
    aside(line, "2026-11-27")
    page = reverse("desk:bank_line", args=[line.pk])
    assert "Take it up again" in text(finance.get(page))
    put = reverse("desk:bank_put_aside", args=[line.pk])
    assert finance.post(put, {"why": "still asked", "until": "2026-12-04"}).status_code == 302
    assert SetAside.objects.get(ended_at=None).until == date(2026, 12, 4)
    refused = finance.post(put, {"why": "too long", "until": "2029-12-04"})
    assert "until a day between tomorrow and 90 days from now" in text(refused)


def test_when_its_day_has_come_it_is_put_aside_again_and_not_taken_up(
    finance: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    [line] = lines(("15.00", "no idea"))
    aside(line, "2026-11-27")
    monkeypatch.setenv("KULANZ_NOW", "2026-11-27T08:30")
    response = finance.get(reverse("desk:bank_line", args=[line.pk]))
    assert "Take it up again" not in text(response)
    assert "It was put aside until 2026-11-27 by Dana Vogt: the bank is asked" in text(response)
    assert 'name="why"' in response.content.decode()


def test_taking_up_what_nobody_put_aside_says_so(finance: Client) -> None:
    [line] = lines(("15.00", "no idea"))
    answer = text(finance.post(reverse("desk:bank_take_up", args=[line.pk]), follow=True))
    assert "This payment had not been put aside. Nothing was changed." in answer
    assert "It stands on the list again" not in answer


def test_work_goes_on_in_the_list_it_was_begun_in(finance: Client) -> None:
    first, second, third = lines(("15.00", "?"), ("16.00", "?"), ("17.00", "?"))
    aside(first, "2026-11-27")
    aside(second, "2026-11-28")
    link = f'href="{reverse("desk:bank_line", args=[first.pk])}?from=aside#aside"'
    assert link in finance.get("/desk/bank/aside/").content.decode()
    page = finance.get(reverse("desk:bank_line", args=[first.pk]) + "?from=aside").content.decode()
    assert '<input type="hidden" name="from" value="aside">' in page
    put = reverse("desk:bank_put_aside", args=[first.pk])
    response = finance.post(put, {"why": "x", "until": "2026-12-04", "from": "aside"})
    assert response["Location"] == f"/desk/bank/aside/#line-{second.pk}"
    put = reverse("desk:bank_put_aside", args=[third.pk])
    assert finance.post(put, {"why": "x", "until": "2026-12-05", "from": "list"})["Location"] == "/desk/bank/"


def test_on_a_later_page_work_goes_on_on_that_page(finance: Client) -> None:
    many = lines(*((f"1.{cents:02}", "?") for cents in range(1, 71)))
    put = reverse("desk:bank_put_aside", args=[many[60].pk])
    location = finance.post(put, {"why": "x", "until": "2026-11-27", "from": "list"})["Location"]
    assert location == f"/desk/bank/?page=2#line-{many[61].pk}"
    assert f'id="line-{many[61].pk}"' in finance.get(location.partition("#")[0]).content.decode()
    put = reverse("desk:bank_put_aside", args=[many[49].pk])
    location = finance.post(put, {"why": "x", "until": "2026-11-27", "from": "list"})["Location"]
    assert location == f"/desk/bank/#line-{many[50].pk}"


def test_the_first_page_says_how_many_payments_are_put_aside(finance: Client) -> None:
    assert "Every payment is explained." in text(finance.get("/desk/"))
    [line] = lines(("15.00", "no idea"))
    aside(line, "2026-11-27")
    page = text(finance.get("/desk/"))
    assert "Nothing needs an eye today. 1 payment is put aside." in page
    assert "Every payment is explained." not in page
