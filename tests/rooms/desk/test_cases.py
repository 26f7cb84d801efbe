"""Working on a case: answering, noting, promising, closing; its files are its own."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from tests import builders as b
from tests.rooms.desk.pages import text
from tests.rooms.desk.uploads import a_picture

from kulanz.cases.api import Case, CaseState, Concern, Promise, PromiseState, Topic, add_file, open_case
from kulanz.contact.api import Message
from kulanz.kernel.references import grouped

pytestmark = pytest.mark.django_db


def a_case(*, day: str = "2026-11-17", name: str = "Erika Muster") -> Case:
    concern = Concern(
        brand=b.a_shop(),
        topic=Topic.NOT_MINE,
        words="I never ordered this.\nPlease look.",
        name=name,
        email="erika@example.org",
        language="en",
        key=f"{name} {day}",
    )
    return open_case(b.system(day), concern)


def url(name: str, case: Case) -> str:
    return reverse(f"desk:{name}", args=[case.reference])


def test_a_case_is_found_by_its_reference_in_any_spelling(agent: Client) -> None:
    case = a_case()
    for asked in (case.reference, grouped(case.reference).lower()):
        assert agent.get("/desk/customers/", {"q": asked}).headers["Location"] == url("case", case)


def test_an_answer_is_queued_and_keeps_the_promise(agent: Client) -> None:
    case = a_case()
    response = agent.post(url("answer_case", case), {"words": "Nothing more will be sent to you."}, follow=True)
    assert "Nothing more will be sent to you." in text(response)
    assert Message.objects.filter(kind="case_answer", case_id=case.pk).count() == 1
    assert Promise.objects.get(case=case).state == PromiseState.KEPT.value


def test_an_empty_answer_is_not_sent(agent: Client) -> None:
    case = a_case()
    response = agent.post(url("answer_case", case), {"words": "  "})
    assert response.status_code == 422
    assert Message.objects.filter(kind="case_answer").count() == 0


def test_a_note_is_for_colleagues(agent: Client) -> None:
    case = a_case()
    page = text(agent.post(url("note_case", case), {"words": "Called twice."}, follow=True))
    assert "for colleagues only Internal note Called twice." in page
    assert Message.objects.filter(kind="case_answer").count() == 0


def test_a_promise_has_a_day_and_an_owner_and_is_kept_by_a_click(agent: Client) -> None:
    case = a_case()
    facts = {"what": "Call back", "due_on": "2026-11-23", "owner": "Cem Aydin"}
    agent.post(url("promise_case", case), facts)
    promise = Promise.objects.get(what="Call back")
    assert (promise.due_on, promise.owner) == (date(2026, 11, 23), "Cem Aydin")

    agent.post(reverse("desk:keep_promise", args=[case.reference, promise.pk]))
    promise.refresh_from_db()
    assert promise.state == PromiseState.KEPT.value


@pytest.mark.parametrize("wrong", [{"due_on": "2026-11-19"}, {"owner": ""}, {"what": ""}])
def test_a_promise_in_the_past_or_without_an_owner_is_none(agent: Client, wrong: dict[str, str]) -> None:
    case = a_case()
    facts = {"what": "Call back", "due_on": "2026-11-23", "owner": "Cem Aydin"}
    assert agent.post(url("promise_case", case), facts | wrong).status_code == 422
    assert Promise.objects.filter(case=case).count() == 1


def test_a_promise_is_kept_only_in_its_own_case(agent: Client) -> None:
    case, other = a_case(), a_case(name="Other")
    promise = Promise.objects.get(case=case)
    assert agent.post(reverse("desk:keep_promise", args=[other.reference, promise.pk])).status_code == 404
    promise.refresh_from_db()
    assert promise.state == PromiseState.OPEN.value


def test_a_case_is_taken_listed_as_mine_and_closed(agent: Client) -> None:
    case = a_case()
    assert grouped(case.reference) not in text(agent.get("/desk/cases/?show=mine"))
    agent.post(url("take_case", case))
    assert grouped(case.reference) in text(agent.get("/desk/cases/?show=mine"))

    assert agent.post(url("close_case", case), {"why": ""}).status_code == 422
    agent.post(url("close_case", case), {"why": "It was a mix-up."})

    case.refresh_from_db()
    assert case.state == CaseState.CLOSED.value
    assert grouped(case.reference) not in text(agent.get("/desk/cases/"))
    assert grouped(case.reference) in text(agent.get("/desk/cases/?show=closed"))


def test_a_file_is_a_download_and_only_with_its_own_case(agent: Client, warehouse: Client) -> None:
    case, other = a_case(), a_case(name="Other")
    upload = a_picture("brief.png")
    add_file(b.system("2026-11-17"), case, upload)
    mine = reverse("desk:case_file", args=[case.reference, upload.pk])

    response = agent.get(mine)

    assert response.status_code == 200
    assert response.headers["Content-Disposition"] == 'attachment; filename="brief.png"'
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert agent.get(reverse("desk:case_file", args=[other.reference, upload.pk])).status_code == 404
    assert warehouse.get(mine).status_code == 403


def test_an_unknown_case_is_not_found(agent: Client) -> None:
    assert agent.get("/desk/cases/V2345678/").status_code == 404


def test_a_promise_left_open_in_a_closed_case_stays_on_the_overview(agent: Client) -> None:
    case = a_case()
    assert "closed cases" not in text(agent.get(reverse("desk:overview")))
    agent.post(url("close_case", case), {"why": "It was a mix-up."})
    page = text(agent.get(reverse("desk:overview")))
    assert "Promises still open in closed cases 1 We answer your concern" in page
    assert grouped(case.reference) in page
    agent.post(reverse("desk:keep_promise", args=[case.reference, Promise.objects.get(case=case).pk]))
    assert "closed cases" not in text(agent.get(reverse("desk:overview")))
