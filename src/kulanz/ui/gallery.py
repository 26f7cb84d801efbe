"""The gallery: every component in both faces and both languages, with the longest German words we could find.

Whoever builds a page looks here first. The sample sentences stand in this file in both languages, because
they are examples of what a translation must fit into, not texts of the product.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

import segno
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from kulanz.kernel.money import Money
from kulanz.ui.formats import is_german
from kulanz.ui.icons import SHAPES

SECTIONS = (
    ("colours", "Colours"),
    ("type", "Type and amounts"),
    ("icons", "Icons"),
    ("buttons", "Buttons"),
    ("notices", "Notices"),
    ("hold", "Hold notice"),
    ("facts", "Facts and amount rows"),
    ("actions", "Ways on"),
    ("tables", "Tables"),
    ("states", "States, evidence, progress"),
    ("timeline", "Timeline"),
    ("talk", "Talk"),
    ("moving", "Tabs, pager, menu"),
    ("toolbar", "Toolbar, list and detail"),
    ("question", "Question page"),
    ("form", "Form fields"),
    ("wrong", "When something is wrong"),
    ("answers", "Check your answers"),
    ("confirmation", "Confirmation"),
    ("empty", "Empty state"),
    ("paper", "QR code, copy, print"),
)


@dataclass(frozen=True, slots=True)
class Sample:
    """The words the specimens are filled with, in one language."""

    reminder: str
    agency: str
    assignment: str
    hold_word: str
    hold_sentence: str
    invoice: str
    invoice_of: str
    amount_open: str
    due: str
    so_far: str
    lifts: str
    can_do: str
    paid: str
    paid_text: str
    not_mine: str
    not_mine_text: str
    pay: str
    pay_text: str
    continue_word: str
    back: str
    change: str
    question: str
    question_hint: str
    unknown: str
    name: str
    reference: str
    next_heading: str
    next_first: str
    next_first_by: str
    next_second: str
    next_second_by: str
    message_theirs: str
    message_mine: str
    empty_title: str
    empty_text: str
    yes: str
    no: str
    partly: str


GERMAN = Sample(
    reminder="Zahlungserinnerungsschreiben",
    agency="Inkassodienstleistungsunternehmen",
    assignment="Forderungsabtretungserklärung",
    hold_word="Kauf auf Rechnung ist zurzeit nicht möglich",
    hold_sentence=(
        "Sie können vorerst nicht auf Rechnung bestellen, weil eine Rechnung vom 3. August 2026 noch offen ist."
    ),
    invoice="Rechnung",
    invoice_of="Rechnung vom",
    amount_open="Noch offen",
    due="Fällig seit",
    so_far="Bisher geschehen",
    lifts=(
        "Sobald die Zahlung bei uns eingeht oder Sie der Forderung widersprechen, gilt diese Einschränkung nicht mehr."
    ),
    can_do="Was Sie jetzt tun können",
    paid="Ich habe schon bezahlt",
    paid_text="Wir prüfen es und halten bis dahin alle Mahnungen an.",
    not_mine="Ich habe das nicht bestellt",
    not_mine_text="Jemand hat vielleicht Ihren Namen benutzt. Sie brauchen dafür keine Belege.",
    pay="Jetzt bezahlen",
    pay_text="Überweisung mit fertig ausgefüllten Angaben.",
    continue_word="Weiter",
    back="Zurück",
    change="Ändern",
    question="Was stimmt mit dem Zahlungserinnerungsschreiben nicht?",
    question_hint="Wir fragen, damit Ihr Anliegen gleich bei der richtigen Person ankommt.",
    unknown="Ich weiß es nicht",
    name="Ihr Name",
    reference="Ihre Vorgangsnummer",
    next_heading="Wie es weitergeht",
    next_first="Eine Mitarbeiterin prüft Ihren Widerspruch gegen die Forderungsabtretungserklärung.",
    next_first_by="bis 25. November 2026",
    next_second="Sie bekommen die Entscheidung mit Begründung per E-Mail.",
    next_second_by="bis 27. November 2026",
    message_theirs="Guten Tag, ich sehe hier zwei Abbuchungen für dieselbe Bestellung. Ist das richtig?",
    message_mine="Nein, eine davon ist zu viel. Die Erstattung über 49,90 € ist veranlasst.",
    empty_title="Noch keine Nachrichten",
    empty_text="Hier steht alles, was wir Ihnen schreiben. Die erste kommt, sobald wir geprüft haben.",
    yes="ja",
    no="nein",
    partly="ähnlich",
)

ENGLISH = Sample(
    reminder="Payment reminder",
    agency="Debt collection agency",
    assignment="Declaration of assignment",
    hold_word="Buying on invoice is not possible at the moment",
    hold_sentence="You cannot order on invoice for now, because an invoice of 3 August 2026 is still open.",
    invoice="Invoice",
    invoice_of="Invoice of",
    amount_open="Still open",
    due="Due since",
    so_far="What happened so far",
    lifts="As soon as the payment reaches us or you object to the claim, this restriction ends.",
    can_do="What you can do now",
    paid="I have already paid",
    paid_text="We look into it and stop all reminders until then.",
    not_mine="I did not order this",
    not_mine_text="Somebody may have used your name. You need no proof to tell us.",
    pay="Pay now",
    pay_text="A bank transfer with everything filled in.",
    continue_word="Continue",
    back="Back",
    change="Change",
    question="What is wrong with the payment reminder?",
    question_hint="We ask so that your concern reaches the right person at once.",
    unknown="I do not know",
    name="Your name",
    reference="Your case reference",
    next_heading="What happens next",
    next_first="A colleague examines your objection to the declaration of assignment.",
    next_first_by="by 25 November 2026",
    next_second="You receive the decision with its reasons by e-mail.",
    next_second_by="by 27 November 2026",
    message_theirs="Hello, I see two debits here for the same order. Is that right?",
    message_mine="No, one of them is too much. The refund of €49.90 is on its way.",
    empty_title="No messages yet",
    empty_text="Everything we write to you stands here. The first message comes when we have looked into it.",
    yes="yes",
    no="no",
    partly="similar",
)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the sample table."""

    invoice: str
    kind: str
    due_on: date
    amount: Money
    state: str
    state_kind: str


@dataclass(frozen=True, slots=True)
class Page:
    """What the gallery shows."""

    german: bool
    say: Sample
    sections: tuple[tuple[str, str], ...]
    icons: tuple[str, ...]
    rows: tuple[Row, ...]
    total: Money
    credit: Money
    invoiced_on: date
    due_on: date
    happened_at: datetime
    iban: str
    form: SpecimenForm
    wrong_form: SpecimenForm
    question_form: QuestionForm
    qr: SafeString


class QuestionForm(forms.Form):
    """One question, as on a page of the portal."""

    reason = forms.ChoiceField(widget=forms.RadioSelect)

    def __init__(self, sample: Sample) -> None:
        super().__init__(auto_id="question_%s", initial={"reason": "not_mine"})
        reason = self.fields["reason"]
        assert isinstance(reason, forms.ChoiceField)
        reason.label = sample.question
        reason.help_text = sample.question_hint
        reason.choices = [("paid", sample.paid), ("not_mine", sample.not_mine), ("unknown", sample.unknown)]


class SpecimenForm(forms.Form):
    """Every kind of control once."""

    name = forms.CharField(widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    since = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    kind = forms.ChoiceField()
    story = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}))
    topics = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    consent = forms.BooleanField()
    letter = forms.FileField(required=False)
    statement = forms.FileField(required=False)

    def __init__(self, sample: Sample, auto_id: str, answers: dict[str, str] | None = None) -> None:
        super().__init__(answers, auto_id=auto_id)
        words = (sample.reminder, sample.agency, sample.assignment)
        kinds = [(str(number), word) for number, word in enumerate(words)]
        for field in ("kind", "topics"):
            choice = self.fields[field]
            assert isinstance(choice, forms.ChoiceField)
            choice.choices = kinds
        labels = {
            "name": sample.name,
            "email": "E-Mail" if sample is GERMAN else "E-mail",
            "since": sample.due,
            "kind": sample.invoice,
            "story": sample.so_far,
            "topics": sample.assignment,
            "consent": sample.lifts,
            "letter": sample.reminder,
            "statement": sample.agency,
        }
        for name, label in labels.items():
            self.fields[name].label = label
        self.fields["email"].help_text = sample.next_second


def gallery(request: HttpRequest) -> HttpResponse:
    """The gallery; `?face=portal` shows it in the customers' face."""
    face = "portal" if request.GET.get("face") == "portal" else "desk"
    template = "ui/gallery_portal.html" if face == "portal" else "ui/gallery_desk.html"
    return render(request, template, {"page": _page()})


def _page() -> Page:
    german = is_german(get_language() or "")
    say = GERMAN if german else ENGLISH
    rows = _rows(say)
    return Page(
        german=german,
        say=say,
        sections=SECTIONS,
        icons=tuple(sorted(SHAPES)),
        rows=rows,
        total=Money.total(row.amount for row in rows),
        credit=Money(-4990),
        invoiced_on=date(2026, 8, 3),
        due_on=date(2026, 9, 2),
        happened_at=datetime(2026, 11, 21, 13, 5, tzinfo=UTC),
        iban="DE02120300000000202051",
        form=SpecimenForm(say, "sample_%s"),
        wrong_form=SpecimenForm(say, "wrong_%s", {"name": "", "email": "frau.anders", "kind": "0", "consent": "on"}),
        question_form=QuestionForm(say),
        qr=mark_safe(segno.make("Kulanz", micro=False).svg_inline(border=0, omitsize=True)),  # noqa: S308 - our own
    )


def _rows(say: Sample) -> tuple[Row, ...]:
    states = ("offen", "bestritten", "bezahlt") if say is GERMAN else ("open", "disputed", "paid")
    return (
        Row("RE-2026-004711", say.reminder, date(2026, 9, 2), Money(123456), states[0], "warning"),
        Row("RE-2026-004712", say.assignment, date(2026, 10, 14), Money(4990), states[1], "info"),
        Row("RE-2026-004655", say.agency, date(2026, 11, 30), Money(-4990), states[2], "success"),
    )
