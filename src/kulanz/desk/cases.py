"""Cases: the list by what was promised, one case with its timeline, and the work on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.contrib import messages
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from kulanz.cases.api import (
    EVENT_NAMES,
    INTERNAL_EVENTS,
    TOPIC_NAMES,
    Case,
    CaseEvent,
    CaseState,
    EventKind,
    Promise,
    PromiseState,
    Topic,
    answer,
    close,
    event_words,
    find_case,
    keep_promise,
    make_promise,
    note,
    open_cases,
    take,
)
from kulanz.desk.forms import AnswerForm, CloseForm, NoteForm, PromiseForm
from kulanz.desk.frame import at_desk, desk_page
from kulanz.desk.paging import Pager, page_of
from kulanz.desk.words import Badge, case_badge
from kulanz.infra.models import Upload
from kulanz.kernel import clock
from kulanz.kernel.references import grouped
from kulanz.kernel.refusals import NotFound
from kulanz.parties.api import Permission, act_of, user_of

SHOW = ("open", "mine", "closed")
THEIRS = frozenset({EventKind.OPENED, EventKind.WRITTEN})


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One line of the list."""

    case: Case
    reference: str
    topic: str
    badge: Badge
    next_due_on: date | None
    late: bool


@dataclass(frozen=True, slots=True)
class ListPage:
    """Cases, the earliest promise first."""

    rows: tuple[CaseRow, ...]
    pager: Pager
    show: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """One entry of the timeline."""

    at: datetime
    title: str
    by: str
    words: str
    upload: Upload | None
    theirs: bool
    internal: bool


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """Something we said we would do."""

    promise: Promise
    what: str
    owner: str
    badge: Badge
    open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Forms:
    """The forms of a case; one of them may come back with what is wrong in it."""

    answer: AnswerForm = field(default_factory=AnswerForm)
    note: NoteForm = field(default_factory=NoteForm)
    promise: PromiseForm | None = None
    close: CloseForm = field(default_factory=CloseForm)


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    """One case."""

    case: Case
    reference: str
    topic: str
    badge: Badge
    events: tuple[EventRow, ...]
    promises: tuple[PromiseRow, ...]
    forms: Forms
    closed: bool
    mine: bool


@at_desk(Permission.WORK_CASES)
def cases(request: HttpRequest) -> HttpResponseBase:
    """What waits for somebody."""
    asked = request.GET.get("show", "open")
    show = asked if asked in SHOW else "open"
    rows, pager = page_of(request, _chosen(request, show))
    today = clock.today()
    return desk_page(request, "cases.html", ListPage(tuple(case_row(case, today) for case in rows), pager, show))


def _chosen(request: HttpRequest, show: str) -> QuerySet[Case]:
    if show == "closed":
        closed = Case.objects.select_related("account", "account__person", "owner").filter(state=CaseState.CLOSED.value)
        return closed.order_by(F("closed_at").desc(nulls_last=True))
    return open_cases().filter(owner=user_of(request)) if show == "mine" else open_cases()


def case_row(case: Case, today: date) -> CaseRow:
    """`case` from `open_cases` carries the day of its earliest promise; a closed one has none to wait for."""
    due_on: date | None = getattr(case, "next_due_on", None)
    topic = gettext(TOPIC_NAMES[Topic(case.topic)])
    late = due_on is not None and due_on < today
    return CaseRow(case, grouped(case.reference), topic, case_badge(case), due_on, late)


@at_desk(Permission.WORK_CASES)
def case(request: HttpRequest, reference: str) -> HttpResponseBase:
    """One case."""
    return _page(request, find_case(reference))


def _page(request: HttpRequest, found: Case, *, forms: Forms | None = None) -> HttpResponse:
    user = user_of(request)
    given = forms or Forms()
    if given.promise is None:
        promise = PromiseForm(clock.today(), initial={"owner": str(user)})
        given = Forms(answer=given.answer, note=given.note, promise=promise, close=given.close)
    page = CasePage(
        case=found,
        reference=grouped(found.reference),
        topic=gettext(TOPIC_NAMES[Topic(found.topic)]),
        badge=case_badge(found),
        events=tuple(_event_row(event) for event in found.events.all()),
        promises=tuple(_promise_row(p) for p in sorted(found.promises.all(), key=lambda p: (p.due_on, p.made_at))),
        forms=given,
        closed=found.state == CaseState.CLOSED.value,
        mine=found.owner_id == user.pk,
    )
    return desk_page(request, "case.html", page, status=200 if forms is None else 422)


def _event_row(event: CaseEvent) -> EventRow:
    kind = EventKind(event.kind)
    return EventRow(
        at=event.at,
        title=gettext(EVENT_NAMES[kind]),
        by=event.by,
        words=event_words(event),
        upload=event.upload,
        theirs=kind in THEIRS,
        internal=kind in INTERNAL_EVENTS,
    )


def _promise_row(promise: Promise) -> PromiseRow:
    state = PromiseState(promise.state)
    badges = {
        PromiseState.OPEN: Badge(gettext("open"), "info"),
        PromiseState.KEPT: Badge(gettext("kept"), "success"),
        PromiseState.BROKEN: Badge(gettext("not kept in time"), "stop"),
    }
    return PromiseRow(
        promise, gettext(promise.what), gettext(promise.owner), badges[state], state is not PromiseState.KEPT
    )


@at_desk(Permission.WORK_CASES)
@require_POST
def answer_case(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Write to the customer."""
    found = find_case(reference)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, found, forms=Forms(answer=form))
    answer(act_of(request, "answered"), found, form.cleaned_data["words"])
    messages.success(request, gettext("The answer is on its way."))
    return redirect("desk:case", found.reference)


@at_desk(Permission.WORK_CASES)
@require_POST
def note_case(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Write for colleagues."""
    found = find_case(reference)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _page(request, found, forms=Forms(note=form))
    note(act_of(request, "noted"), found, form.cleaned_data["words"])
    return redirect("desk:case", found.reference)


@at_desk(Permission.WORK_CASES)
@require_POST
def promise_case(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Promise something by a day."""
    found = find_case(reference)
    form = PromiseForm(clock.today(), request.POST)
    if not form.is_valid():
        return _page(request, found, forms=Forms(promise=form))
    facts = form.cleaned_data
    act = act_of(request, "promised")
    make_promise(act, found, what=facts["what"], due_on=facts["due_on"], owner=facts["owner"])
    messages.success(request, gettext("The promise stands on the timeline."))
    return redirect("desk:case", found.reference)


@at_desk(Permission.WORK_CASES)
@require_POST
def keep(request: HttpRequest, reference: str, promise_id: UUID) -> HttpResponseBase:
    """Done what we said."""
    found = find_case(reference)
    promise = next((p for p in found.promises.all() if p.pk == promise_id), None)
    if promise is None:
        raise NotFound(reference=str(promise_id))
    keep_promise(act_of(request, "kept the promise"), promise)
    messages.success(request, gettext("Promise kept."))
    return redirect("desk:case", found.reference)


@at_desk(Permission.WORK_CASES)
@require_POST
def take_case(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Make it one's own."""
    found = find_case(reference)
    take(act_of(request, "took it over"), found, user_of(request))
    return redirect("desk:case", found.reference)


@at_desk(Permission.WORK_CASES)
@require_POST
def close_case(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Done."""
    found = find_case(reference)
    form = CloseForm(request.POST)
    if not form.is_valid():
        return _page(request, found, forms=Forms(close=form))
    close(act_of(request, form.cleaned_data["why"]), found)
    messages.success(request, gettext("The case is closed."))
    return redirect("desk:case", found.reference)
