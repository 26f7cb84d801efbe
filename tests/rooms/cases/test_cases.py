"""Concerns become cases once; the most urgent stand first."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests import builders as b

from kulanz.cases import desk_work
from kulanz.cases.api import Case, CaseEvent, Concern, SentAlready, Topic, open_case, open_cases
from kulanz.contact.api import Message

pytestmark = pytest.mark.django_db


def a_concern(key: str = "form:1", topic: Topic = Topic.OTHER) -> Concern:
    return Concern(
        brand=b.a_shop(),
        topic=topic,
        words="Please look.",
        name="Erika Muster",
        email="erika@example.org",
        language="en",
        key=key,
    )


def test_the_same_form_arriving_twice_at_once_is_one_case(monkeypatch: pytest.MonkeyPatch) -> None:
    case = open_case(b.system("2026-11-17"), a_concern())
    look = desk_work._case_by_key
    answers = iter([None])
    monkeypatch.setattr(desk_work, "_case_by_key", lambda concern: next(answers, look(concern)))

    assert open_case(b.system("2026-11-17"), a_concern()) == case

    assert Case.objects.count() == CaseEvent.objects.filter(kind="opened").count() == 1
    assert Message.objects.filter(kind="case_opened").count() == 1


def test_the_same_key_with_other_words_is_refused_not_dropped() -> None:
    open_case(b.system("2026-11-17"), a_concern())
    with pytest.raises(SentAlready):
        open_case(b.system("2026-11-17"), replace(a_concern(), words="Something else."))


def test_who_is_billed_for_what_he_never_ordered_stands_first() -> None:
    open_case(b.system("2026-11-10"), a_concern("form:1"))
    open_case(b.system("2026-11-17"), a_concern("form:2", Topic.NOT_MINE))
    assert [case.topic for case in open_cases()] == ["not_mine", "other"]
