"""Verbs about cases: a concern comes in, is answered, promised about, closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import BooleanField, ExpressionWrapper, Min, Prefetch, Q, QuerySet
from django.utils.translation import gettext, override

from kulanz.cases.models import Case, CaseEvent, Promise
from kulanz.cases.rules import answer_by
from kulanz.cases.states import CASE, PROMISE, TOPIC_NAMES, CaseState, EventKind, PromiseState, Topic
from kulanz.contact.api import Draft, Sheet, queue
from kulanz.infra.audit import Note, record
from kulanz.infra.ids import new_id
from kulanz.infra.models import Upload
from kulanz.infra.moves import move
from kulanz.infra.uploads import MAX_FILES, too_many_files
from kulanz.kernel.acts import Act
from kulanz.kernel.references import grouped, new_code, normalise
from kulanz.kernel.refusals import NotFound, Refusal
from kulanz.kernel.text import N_
from kulanz.parties.api import Account, Brand, User
from kulanz.ui import formats

TEAM = N_("customer service")


class NothingSaid(Refusal):
    """An empty message."""

    code = "nothing_said"
    sentence = N_("Please write in a few words what it is about.")


class SentAlready(Refusal):
    """The key of a form belongs to what was sent with it; other words need another form."""

    code = "sent_already"
    sentence = N_("This form was sent already, with other words: your reference is %(reference)s.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """What a person tells us. `key` is the form's own: submitting twice opens one case."""

    brand: Brand
    topic: Topic
    words: str
    name: str
    email: str
    language: str
    key: str
    account: Account | None = None
    about: str = ""


@transaction.atomic
def open_case(act: Act, concern: Concern, *, upload: Upload | None = None) -> Case:
    """A concern becomes a case with a reference and an answer promised by a day; the person is told both.

    The same form submitted twice returns the first case, also when both arrive at once. Raises NothingSaid,
    SentAlready.
    """
    if not concern.words.strip():
        raise NothingSaid
    known = _case_by_key(concern)
    if known is not None:
        return known
    try:
        with transaction.atomic():
            return _open(act, concern, upload)
    except IntegrityError:
        # The same form, a moment ago: its key is taken, and what it opened can be seen now.
        known = _case_by_key(concern)
        if known is None:
            raise
        return known


def _case_by_key(concern: Concern) -> Case | None:
    known = CaseEvent.objects.select_related("case").filter(key=concern.key).first()
    if known is None:
        return None
    if known.words != concern.words.strip():
        raise SentAlready(reference=grouped(known.case.reference))
    return known.case


def _open(act: Act, concern: Concern, upload: Upload | None) -> Case:
    case = Case.objects.create(
        id=new_id(),
        reference="V" + new_code(7),
        brand=concern.brand,
        account=concern.account,
        topic=concern.topic.value,
        name=concern.name,
        email=concern.email,
        language=concern.language,
        about=concern.about[:60],
        opened_at=act.at,
    )
    _tell(act, case, EventKind.OPENED, concern.words.strip(), key=concern.key)
    if upload is not None:
        add_file(act, case, upload)
    promise = make_promise(act, case, what=N_("We answer your concern"), due_on=answer_by(act.on), owner=TEAM)
    queue(act, [_confirmation(case, promise)])
    record(act, [Note("opened", "cases.case", case.pk, case.account_id, {"topic": case.topic})])
    return case


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """Something in a customer's affairs that a person has to look at, though nobody has written.

    `words` may be read by the customer, `note` by colleagues only. `key` is the reason's own: one reason opens one
    case. `what` is what we do by `due_on` (a message id), `owner` the person or team that does it.
    """

    account: Account
    topic: Topic
    words: str
    note: str
    what: str
    due_on: date
    owner: str
    key: str


@transaction.atomic
def open_matter(act: Act, matter: Matter) -> Case:
    """A piece of work for a person that follows from a fact. Nobody is written to: who has to be told is told by
    whoever states the fact. The same reason again returns the first case."""
    known = CaseEvent.objects.select_related("case").filter(key=matter.key).first()
    if known is not None:
        return known.case
    person = matter.account.holder
    case = Case.objects.create(
        id=new_id(),
        reference="V" + new_code(7),
        brand=matter.account.brand,
        account=matter.account,
        topic=matter.topic.value,
        name=person.name,
        email=person.email,
        language=person.language,
        opened_at=act.at,
    )
    _tell(act, case, EventKind.OPENED, matter.words, key=matter.key)
    _tell(act, case, EventKind.NOTED, matter.note)
    make_promise(act, case, what=matter.what, due_on=matter.due_on, owner=matter.owner)
    record(act, [Note("opened", "cases.case", case.pk, case.account_id, {"topic": case.topic})])
    return case


def _tell(
    act: Act,
    case: Case,
    kind: EventKind,
    words: str = "",
    *,
    key: str | None = None,
    upload: Upload | None = None,
) -> CaseEvent:
    return CaseEvent.objects.create(
        id=new_id(),
        case=case,
        account_id=case.account_id,
        at=act.at,
        kind=kind.value,
        by=act.by.name,
        words=words,
        key=key,
        upload=upload,
    )


def _draft(case: Case, *, key: str, kind: str, sheet: Sheet, to_name: str) -> Draft:
    person = case.account.person if case.account is not None else None
    return Draft(
        key=key,
        kind=kind,
        brand=case.brand,
        to_name=to_name,
        email=case.email or (person.email if person else ""),
        address_lines=person.address_lines if person else (case.name,),
        language=case.language,
        sheet=sheet,
        account_id=case.account_id,
        case_id=case.pk,
    )


def _confirmation(case: Case, promise: Promise) -> Draft:
    """To somebody without an account it says nothing he typed: anybody may have typed it, and any address."""
    known = case.account_id is not None
    with override(case.language):
        facts = {"reference": grouped(case.reference), "by": formats.day(promise.due_on, case.language)}
        sheet = Sheet(
            subject=gettext("We have your message: %(reference)s") % facts,
            paragraphs=(
                gettext("Hello %(name)s,") % {"name": case.name} if known else gettext("Hello,"),
                gettext("Your concern has arrived. A person answers you by %(by)s.") % facts,
                gettext("It is about: %(topic)s. Your reference is %(reference)s.")
                % (facts | {"topic": gettext(TOPIC_NAMES[Topic(case.topic)])}),
            ),
            reference_lines=((gettext("Case"), grouped(case.reference)),),
        )
    return _draft(
        case,
        key=f"case-opened:{case.pk}",
        kind="case_opened",
        sheet=sheet,
        to_name=case.name if known else case.email,
    )


@transaction.atomic
def make_promise(act: Act, case: Case, *, what: str, due_on: date, owner: str) -> Promise:
    """We say we will do something by a day. `owner` is a person or a team; a promise without one is impossible."""
    promise = Promise.objects.create(
        id=new_id(),
        case=case,
        account_id=case.account_id,
        what=what,
        due_on=due_on,
        owner=owner,
        made_at=act.at,
    )
    _tell(act, case, EventKind.PROMISED, f"{what}\n{due_on.isoformat()}")
    return promise


@transaction.atomic
def keep_promise(act: Act, promise: Promise) -> None:
    """Done what we said."""
    old = PromiseState(promise.state)
    move(act, promise, PROMISE, old=old, new=PromiseState.KEPT, account_id=promise.account_id, ended_at=act.at)
    _tell(act, promise.case, EventKind.PROMISE_KEPT, promise.what)


@transaction.atomic
def answer(act: Act, case: Case, words: str) -> None:
    """A person answers: the mail is queued, the timeline shows it, the promised answer is kept. Raises NothingSaid."""
    if not words.strip():
        raise NothingSaid
    event = _tell(act, case, EventKind.ANSWERED, words.strip())
    with override(case.language):
        sheet = Sheet(
            subject=gettext("Answer to your concern %(reference)s") % {"reference": grouped(case.reference)},
            paragraphs=(gettext("Hello %(name)s,") % {"name": case.name}, *words.strip().split("\n\n")),
            reference_lines=((gettext("Case"), grouped(case.reference)),),
            links=((gettext("Write to us"), f"{settings.CONFIG.public_url}/contact/"),),
        )
    queue(act, [_draft(case, key=f"answer:{event.pk}", kind="case_answer", sheet=sheet, to_name=case.name)])
    first = case.promises.filter(state=PromiseState.OPEN.value, owner=TEAM).order_by("made_at").first()
    if first is not None:
        keep_promise(act, first)
    record(act, [Note("answered", "cases.case", case.pk, case.account_id)])


@transaction.atomic
def note(act: Act, case: Case, words: str) -> None:
    """For colleagues only. Raises NothingSaid."""
    if not words.strip():
        raise NothingSaid
    _tell(act, case, EventKind.NOTED, words.strip())


@transaction.atomic
def add_file(act: Act, case: Case, upload: Upload) -> None:
    """A file joins the timeline. Raises TooManyFiles."""
    Case.objects.select_for_update(no_key=True).get(pk=case.pk)
    if not may_add_file(case):
        raise too_many_files(upload.name)
    _tell(act, case, EventKind.FILE_ADDED, upload.name, upload=upload)


def may_add_file(case: Case) -> bool:
    """Whether one more file has room; asked before the file is kept."""
    return CaseEvent.objects.filter(case=case, kind=EventKind.FILE_ADDED.value).count() < MAX_FILES


@transaction.atomic
def take(act: Act, case: Case, user: User) -> None:
    """A person makes the case his own."""
    Case.objects.filter(pk=case.pk).update(owner=user)
    _tell(act, case, EventKind.TAKEN, str(user))
    record(act, [Note("taken", "cases.case", case.pk, case.account_id)])


@transaction.atomic
def close(act: Act, case: Case) -> None:
    """Done. Promises still open stay on the list: closing a case breaks no promise silently."""
    move(
        act,
        case,
        CASE,
        old=CaseState(case.state),
        new=CaseState.CLOSED,
        account_id=case.account_id,
        closed_at=act.at,
    )
    _tell(act, case, EventKind.CLOSED, act.why)


@transaction.atomic
def break_overdue_promises(act: Act) -> list[UUID]:
    """Promises whose day has passed: the timeline says so and the desk shows them first."""
    overdue = list(
        Promise.objects.select_related("case")
        .filter(state=PromiseState.OPEN.value, due_on__lt=act.on)
        .order_by("due_on")
    )
    for promise in overdue:
        move(act, promise, PROMISE, old=PromiseState.OPEN, new=PromiseState.BROKEN, ended_at=act.at)
        _tell(act, promise.case, EventKind.PROMISE_BROKEN, promise.what)
    return [promise.pk for promise in overdue]


def open_cases() -> QuerySet[Case]:
    """What is not closed: who is billed for what he never ordered first, then by the earliest promise."""
    not_mine = ExpressionWrapper(Q(topic=Topic.NOT_MINE.value), output_field=BooleanField())
    return (
        Case.objects.select_related("account", "account__person", "owner")
        .exclude(state=CaseState.CLOSED.value)
        .annotate(next_due_on=Min("promises__due_on", filter=~Q(promises__state=PromiseState.KEPT.value)))
        .order_by(not_mine.desc(), "next_due_on", "opened_at")
    )


def find_case(reference: str) -> Case:
    """By its reference in any spelling, with its timeline. Raises NotFound."""
    case = (
        Case.objects.select_related("account__person", "brand", "owner")
        .prefetch_related(
            Prefetch("events", queryset=CaseEvent.objects.select_related("upload").order_by("at", "id")),
            "promises",
        )
        .filter(reference=normalise(reference))
        .first()
    )
    if case is None:
        raise NotFound(reference=reference)
    return case


def cases_of(account_id: UUID) -> QuerySet[Case]:
    """Newest first."""
    return Case.objects.filter(account_id=account_id).prefetch_related("events", "promises").order_by("-opened_at")
