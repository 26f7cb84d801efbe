"""Finance drops a bank file in: what is certain is booked, with everything that follows; the rest is looked at."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from tests import builders as b
from tests.rooms.desk.pages import text

from kulanz.contact.api import Message
from kulanz.holds.api import HoldState
from kulanz.ledger.api import Allocation, BankLine, BankStatement, ClaimState, Suggestion, Transaction, credit_of
from kulanz.ledger.bank_formats import camt

pytestmark = pytest.mark.django_db
UPLOAD = "/desk/bank/upload/"


def upload(client: Client, content: bytes, name: str = "november.xml") -> HttpResponse:
    file = SimpleUploadedFile(name, content, content_type="application/xml")
    return client.post(UPLOAD, {"statement": file}, follow=True)


def test_the_file_that_pays_the_old_claim_settles_it_and_says_what_followed(finance: Client) -> None:
    claim = b.an_invoice(b.a_customer())
    hold = b.a_payment_hold(claim, on="2026-06-01")

    response = upload(finance, b.a_bank_file(("120.50", f"Rechnung {claim.title}")))

    claim.balance.refresh_from_db()
    hold.refresh_from_db()
    assert claim.balance.state is ClaimState.SETTLED
    assert hold.state == HoldState.LIFTED.value
    page = text(response)
    assert "1 new line. Booked: 1. Need an eye: 0." in page
    assert "€1,000.00 €120.50 €1,120.50 yes 1 / 0" in page
    for fact in (
        "Reference and amount agree (98)",
        "Amount agrees",
        "Name similarity: 100 of 100",
        f"Invoice {claim.title} is paid",
        f"Hold {hold.reference} lifted",
        "Reminders ended",
        "Recht & Billig Inkasso GmbH is told",
        "Frieda Anders is told",
    ):
        assert fact in page
    assert Message.objects.filter(key=f"settled:{claim.pk}").count() == 1


def test_the_same_file_again_books_nothing_and_says_so_even_in_the_same_moment(finance: Client) -> None:
    claim = b.an_invoice(b.a_customer())
    content = b.a_bank_file(("120.50", claim.title), ("20.00", "no idea"))
    upload(finance, content)
    before = Transaction.objects.count(), Allocation.objects.count(), BankLine.objects.count()

    response = upload(finance, content)

    assert (Transaction.objects.count(), Allocation.objects.count(), BankLine.objects.count()) == before
    assert "Nothing new: all 2 lines of this file were known. Nothing was booked." in text(response)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"hello", "november.xml is not a bank file that can be read"),
        (b"\x89PNG\r\n\x1a\n", "november.xml is not a bank file that can be read"),
    ],
)
def test_what_is_no_bank_file_is_refused_on_the_same_page(finance: Client, content: bytes, said: str) -> None:
    response = upload(finance, content)
    assert response.status_code == 422
    assert said in text(response)
    assert 'type="file"' in response.content.decode()
    assert BankStatement.objects.count() == 0


def test_a_file_of_a_foreign_bank_account_is_refused_by_name(finance: Client) -> None:
    content = b.a_bank_file(("10.00", "x")).replace(b.OUR_IBAN.encode(), b"DE75512108001245126199")
    response = upload(finance, content, "foreign.xml")
    assert response.status_code == 422
    assert "foreign.xml: statement" in text(response)
    assert "which is not one of ours" in text(response)
    assert BankStatement.objects.count() == 0


def test_a_statement_that_does_not_add_up_is_refused(finance: Client) -> None:
    content = b.a_bank_file(("10.00", "x")).replace(b">1010.00<", b">1011.00<")
    response = upload(finance, content)
    assert response.status_code == 422
    assert "does not add up" in text(response)
    assert BankLine.objects.count() == 0


def test_a_file_that_is_too_large_is_not_even_read(finance: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kulanz.desk.bank_forms.MAX_BANK_FILE_BYTES", 10)
    response = upload(finance, b.a_bank_file(("10.00", "x")))
    assert response.status_code == 422
    assert "is larger than 100 MB" in text(response)
    assert BankStatement.objects.count() == 0


def test_no_file_at_all_is_a_kind_question(finance: Client) -> None:
    response = finance.post(UPLOAD, {})
    assert response.status_code == 422
    assert "This field is required." in text(response)


def test_agents_neither_see_the_bank_nor_book(agent: Client) -> None:
    assert agent.get("/desk/bank/").status_code == 403
    assert upload(agent, b.a_bank_file(("10.00", "x"))).status_code == 403
    assert BankStatement.objects.count() == 0


def test_a_person_accepts_a_suggestion_and_the_evidence_stays_with_the_booking(finance: Client) -> None:
    claim = b.an_invoice(b.a_customer())
    upload(finance, b.a_bank_file(("100.00", claim.title), payer="Erna Fremd", payer_iban=None))
    suggestion = Suggestion.objects.get(claim=claim)
    assert "Only the reference agrees" in text(finance.get("/desk/bank/"))

    accept = reverse("desk:bank_accept", args=[suggestion.bank_line_id, suggestion.pk])
    response = finance.post(accept, follow=True)

    claim.balance.refresh_from_db()
    assert claim.balance.outstanding_cents == 2050
    allocation = Allocation.objects.get(claim=claim)
    assert allocation.evidence["by"] == "Dana Vogt"
    assert allocation.evidence["amount"] == "lower"
    assert "Decided by Dana Vogt" in text(response)
    assert finance.post(accept).status_code == 409


def test_a_payment_without_any_hint_is_assigned_by_hand_and_the_rest_kept_as_credit(finance: Client) -> None:
    account = b.a_customer()
    claim = b.an_invoice(account, "20.00")
    upload(finance, b.a_bank_file(("25.00", "thank you")))
    line = BankLine.objects.get()

    assign = reverse("desk:bank_assign", args=[line.pk])
    response = finance.post(assign, {"claim": claim.title, "keep_rest": "on"}, follow=True)

    assert "the invoice is paid" in text(response).lower()
    assert "Kept as the customer's credit" in text(response)
    assert [str(amount) for amount in credit_of(account.pk)] == ["5.00 EUR"]


def test_an_unknown_invoice_is_said_beside_the_field(finance: Client) -> None:
    upload(finance, b.a_bank_file(("25.00", "thank you")))
    line = BankLine.objects.get()
    response = finance.post(reverse("desk:bank_assign", args=[line.pk]), {"claim": "RE-NOPE"})
    assert response.status_code == 422
    assert "There is nothing here under “RE-NOPE”" in text(response)
    assert Allocation.objects.count() == 0


def test_a_settled_invoice_takes_no_more(finance: Client) -> None:
    claim = b.an_invoice(b.a_customer(), "20.00")
    upload(finance, b.a_bank_file(("20.00", claim.title), ("25.00", "thank you")))
    line = BankLine.objects.get(allocated_cents=0)
    response = finance.post(reverse("desk:bank_assign", args=[line.pk]), {"claim": claim.title})
    assert response.status_code == 422
    assert Allocation.objects.count() == 1


def test_lists_of_booked_lines_and_statements_are_shown(finance: Client) -> None:
    claim = b.an_invoice(b.a_customer())
    upload(finance, b.a_bank_file(("120.50", claim.title)))
    assert "booked by itself" in text(finance.get("/desk/bank/booked/"))
    assert "november.xml" in text(finance.get("/desk/bank/statements/"))


def test_what_a_person_assigned_is_not_among_what_booked_itself(finance: Client) -> None:
    claim = b.an_invoice(b.a_customer())
    upload(finance, b.a_bank_file(("20.00", "thanks")))
    finance.post(reverse("desk:bank_assign", args=[BankLine.objects.get().pk]), {"claim": claim.title})
    assert "Nothing has been booked yet." in text(finance.get("/desk/bank/booked/"))
    assert "Assigned by hand" in text(finance.get("/desk/bank/booked/?by=all"))


def test_a_file_with_two_statements_shows_both(finance: Client) -> None:
    first, second = (
        next(iter(camt.read(BytesIO(b.a_bank_file((amount, "x"), on=day)), name="x")))
        for amount, day in (("10.00", "2026-11-18"), ("12.00", "2026-11-19"))
    )
    page = text(upload(finance, camt.write([first, second], version="08")))
    assert "2 new lines." in page
    assert first.statement_id in page
    assert second.statement_id in page


def test_fifty_lines_stand_on_a_page_and_more_lines_ask_no_more_questions(
    finance: Client, queries_of: Callable[[Client, str], int]
) -> None:
    claims = [b.an_invoice(b.a_customer(f"Kunde {n}"), "10.00") for n in range(3)]
    upload(finance, b.a_bank_file(*[("9.00", claim.title) for claim in claims]))
    few = queries_of(finance, "/desk/bank/")
    upload(finance, b.a_bank_file(*[("8.00", claims[n % 3].title) for n in range(60)]), "many.xml")
    assert queries_of(finance, "/desk/bank/") == few
    page = finance.get("/desk/bank/")
    assert page.content.decode().count("not booked") == 50
    assert "Page 1" in text(page)
    assert finance.get("/desk/bank/?page=2").content.decode().count("not booked") == 13


def test_many_booked_lines_ask_no_more_questions_than_one(
    finance: Client, queries_of: Callable[[Client, str], int]
) -> None:
    first = b.an_invoice(b.a_customer())
    b.a_payment_hold(first, on="2026-06-01")
    upload(finance, b.a_bank_file(("120.50", first.title)))
    few = queries_of(finance, "/desk/bank/booked/")
    claims = [b.an_invoice(b.a_customer(f"Kunde {n}"), "10.00") for n in range(12)]
    b.a_payment_hold(claims[0], on="2026-06-02")
    upload(finance, b.a_bank_file(*[("10.00", claim.title) for claim in claims]), "many.xml")
    assert queries_of(finance, "/desk/bank/booked/") == few


def test_a_line_that_is_not_there_is_not_found(finance: Client) -> None:
    assert finance.get("/desk/bank/lines/0190a000-0000-7000-8000-000000000000/").status_code == 404
    assert finance.get("/desk/bank/statements/0190a000-0000-7000-8000-000000000000/").status_code == 404


def test_a_line_that_no_rule_may_book_says_why(finance: Client) -> None:
    claim = b.an_invoice(b.a_customer())
    [line] = b.bank_lines(b.a_bank_file(("120.50", claim.title)))
    BankLine.objects.filter(pk=line.pk).update(return_code="AC04")
    assert "returned payment (AC04)" in text(finance.get("/desk/bank/"))
    BankLine.objects.filter(pk=line.pk).update(return_code="", details_incomplete=True)
    assert "details incomplete" in text(finance.get("/desk/bank/"))
