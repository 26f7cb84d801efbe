"""An expected no is a page: what happened, in the reader's words, with the right status."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import cast

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils.translation import override

from kulanz.kernel.money import Money
from kulanz.kernel.refusals import NotFound, Refusal, SomebodyWasFaster
from kulanz.kernel.states import ImpossibleMove
from kulanz.kernel.text import Phrase
from kulanz.ui.refusals import answer_refusals, say, say_phrase, status_of


class TooLate(Refusal):
    """A refusal with an amount and a day."""

    code = "too_late"
    sentence = "The objection to %(amount)s came after %(due_on)s."


REFUSAL = TooLate(amount=Money(123456), due_on=date(2026, 11, 21))


def answer(request: HttpRequest, refusal: Exception) -> HttpResponse | None:
    def never(request: HttpRequest) -> HttpResponse:
        raise AssertionError

    with override("en"):
        return answer_refusals(never).process_exception(request, refusal)


def page(request: HttpRequest, refusal: Exception) -> tuple[int, str]:
    response = answer(request, refusal)
    assert response is not None
    return response.status_code, response.content.decode()


def test_the_sentence_is_said_with_amounts_and_days_of_the_language() -> None:
    with override("de"):
        assert say(REFUSAL) == "The objection to 1.234,56\u00a0€ came after 21. November 2026."
    with override("en"):
        assert say(REFUSAL) == "The objection to €1,234.56 came after 21 November 2026."


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (NotFound(reference="K7MX"), 404),
        (SomebodyWasFaster(), 409),
        (ImpossibleMove(old="open", new="closed"), 409),
        (REFUSAL, 422),
    ],
)
def test_each_refusal_has_its_status(refusal: Refusal, status: int) -> None:
    assert status_of(refusal) == status


def test_a_customer_gets_a_page_of_the_portal() -> None:
    status, html = page(RequestFactory().get("/objection/"), REFUSAL)
    assert status == 422
    assert '<body class="portal">' in html
    assert "The objection to €1,234.56 came after 21 November 2026." in html
    assert "Nothing has been changed." in html
    assert "too_late" in html


def test_staff_get_a_page_of_the_desk() -> None:
    status, html = page(RequestFactory().get("/desk/claims/"), NotFound(reference="<b>"))
    assert status == 404
    assert '<body class="desk"' in html
    assert "&lt;b&gt;" in html


def test_the_way_back_leads_only_into_our_own_house() -> None:
    ours = RequestFactory().post("/objection/", headers={"referer": "http://testserver/bills/?page=2"})
    foreign = RequestFactory().post("/objection/", headers={"referer": "http://example.org/bills/"})
    assert 'href="/bills/?page=2"' in page(ours, REFUSAL)[1]
    assert "example.org" not in page(foreign, REFUSAL)[1]


def test_a_part_of_a_page_is_answered_with_a_notice() -> None:
    response = answer(RequestFactory().post("/desk/claims/", headers={"hx-request": "true"}), SomebodyWasFaster())
    assert response is not None
    assert response.status_code == 409
    assert response.headers["HX-Retarget"] == "#announcements"
    assert response.content.decode().startswith('<div class="notice notice--stop">')


def test_the_api_answers_its_own_refusals() -> None:
    assert answer(RequestFactory().get("/api/claims"), REFUSAL) is None


def test_a_bug_is_not_dressed_up_as_a_refusal() -> None:
    assert answer(RequestFactory().get("/"), cast("Exception", KeyError("claim"))) is None


def test_a_phrase_is_said_with_its_facts_as_the_reader_writes_them() -> None:
    phrase = Phrase(
        "%(rate)s on %(amount)s since %(day)s", rate=Decimal("6.52"), amount=Money(123456), day=date(2026, 7, 1)
    )
    with override("de"):
        assert say_phrase(phrase) == "6,52 on 1.234,56\u00a0€ since 1. Juli 2026"
    with override("en"):
        assert say_phrase(phrase) == "6.52 on €1,234.56 since 1 July 2026"
