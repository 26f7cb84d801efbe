"""What people fill in at the desk. A form reads and checks what was typed; it decides nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar, TypeVar
from uuid import uuid4

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from kulanz.cases.api import TOPIC_NAMES, Topic
from kulanz.desk.words import claim_badge
from kulanz.holds.api import EFFECT_NAMES, Effect
from kulanz.kernel.money import Money
from kulanz.kernel.refusals import Refusal
from kulanz.kernel.text import N_
from kulanz.ledger.api import DISPUTE_KIND_NAMES, Claim, DisputeKind
from kulanz.parties.api import Role
from kulanz.ui import formats
from kulanz.ui.amounts import read_amount
from kulanz.ui.refusals import say

N = TypeVar("N", bound=StrEnum)

ROLE_NAMES: Mapping[Role, str] = {
    Role.CUSTOMER: N_("Customer"),
    Role.AGENT: N_("Customer care"),
    Role.FINANCE: N_("Finance"),
    Role.WAREHOUSE: N_("Warehouse"),
    Role.AGENCY: N_("Collection agency"),
    Role.ADMIN: N_("Administrator"),
}
STAFF_ROLES = (Role.AGENT, Role.FINANCE, Role.WAREHOUSE, Role.AGENCY, Role.ADMIN)


def named(names: Mapping[N, str]) -> list[tuple[str, str]]:
    """Choices of a list, in the reader's language."""
    return [(value.value, gettext(name)) for value, name in names.items()]


def _text(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "data-submit-keys": True})


def _day_widget() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def day_field(label: object) -> forms.DateField:
    return forms.DateField(label=label, widget=_day_widget())  # type: ignore[arg-type]  # lazy text


def set_choices(form: forms.Form, field: str, choices: Iterable[tuple[str, str]]) -> None:
    """Give a choice field its choices when the form is made, in the language of this request."""
    choice = form.fields[field]
    assert isinstance(choice, forms.ChoiceField)
    choice.choices = list(choices)


class DeskForm(forms.Form):
    """A form among others on one page: the ids of its controls begin with its own word."""

    word: ClassVar[str] = "form"

    def __init__(
        self,
        answers: Mapping[str, Any] | None = None,
        files: MultiValueDict[str, UploadedFile[Any]] | None = None,
        *,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(answers, files, auto_id=f"{self.word}_%s", initial=dict(initial or {}))
        self.prepare()

    def prepare(self) -> None:
        """Where a form gets its choices, in the language of this request."""


class ObjectionForm(DeskForm):
    """The customer says on the phone that he does not owe it."""

    word = "objection"
    claim = forms.ChoiceField(label=_("Invoice"))
    kind = forms.ChoiceField(label=_("The customer says"))
    words = forms.CharField(label=_("In the customer's own words"), required=False, widget=_text(2), max_length=5_000)

    def __init__(self, open_claims: Iterable[Claim], today: date, answers: Mapping[str, Any] | None = None) -> None:
        super().__init__(answers)
        # Nothing is chosen beforehand: one click must not put words into a customer's mouth.
        nothing = [("", gettext("Please choose"))]
        claims = [(claim.reference, _claim_label(claim, today)) for claim in open_claims]
        set_choices(self, "claim", nothing + claims)
        set_choices(self, "kind", nothing + named(DISPUTE_KIND_NAMES))

    @property
    def dispute_kind(self) -> DisputeKind:
        return DisputeKind(self.cleaned_data["kind"])


def _claim_label(claim: Claim, today: date) -> str:
    amount = formats.money(claim.balance.outstanding, get_language() or "en")
    return f"{claim.title}: {amount}, {claim_badge(claim, today).word}"


class CaseForm(DeskForm):
    """A concern taken down for a customer. `key` makes sending it twice one case."""

    word = "case"
    topic = forms.ChoiceField(label=_("What is it about?"))
    words = forms.CharField(label=_("What the customer says"), widget=_text(3), max_length=10_000)
    key = forms.CharField(widget=forms.HiddenInput, max_length=60)

    def prepare(self) -> None:
        self.initial["key"] = f"desk-{uuid4()}"
        set_choices(self, "topic", named(TOPIC_NAMES))

    @property
    def topic_chosen(self) -> Topic:
        return Topic(self.cleaned_data["topic"])


class OwnWishForm(DeskForm):
    """The customer asks to be stopped."""

    word = "wish"
    effect = forms.ChoiceField(label=_("What shall stop?"))
    words = forms.CharField(label=_("What the customer asked for (he reads it)"), widget=_text(2), max_length=2_000)

    def prepare(self) -> None:
        set_choices(self, "effect", named(EFFECT_NAMES))

    @property
    def effect_chosen(self) -> Effect:
        return Effect(self.cleaned_data["effect"])


class SecurityForm(DeskForm):
    """A security hold: it needs a reason the customer can read, an end and a day on which somebody looks again."""

    word = "security"
    effect = forms.ChoiceField(label=_("What shall stop?"))
    words = forms.CharField(label=_("Reason (the customer reads it)"), widget=_text(2), max_length=2_000)
    review_on = day_field(_("Looked at again on"))
    ends_on = day_field(_("Ends at the latest on (30 days at most)"))

    def __init__(self, today: date, answers: Mapping[str, Any] | None = None) -> None:
        super().__init__(answers)
        self.today = today

    def prepare(self) -> None:
        set_choices(self, "effect", named(EFFECT_NAMES))

    @property
    def effect_chosen(self) -> Effect:
        return Effect(self.cleaned_data["effect"])

    def clean_ends_on(self) -> date:
        ends_on: date = self.cleaned_data["ends_on"]
        if ends_on <= self.today:
            raise forms.ValidationError(gettext("The end must be a day after today."))
        review_on = self.cleaned_data.get("review_on")
        if review_on is not None and review_on > ends_on:
            raise forms.ValidationError(gettext("The end must not be before the day on which it is looked at again."))
        return ends_on


class ReasonForm(DeskForm):
    """Why a person ends or declines a hold."""

    word = "reason"
    why = forms.CharField(label=_("Reason"), max_length=500)


class NextLookForm(DeskForm):
    """When somebody looks at a hold again."""

    word = "look"
    next_on = day_field(_("Next look on"))


class DecisionForm(DeskForm):
    """A person decides an objection; the reason is told to who objected."""

    word = "decision"
    decision = forms.ChoiceField(label=_("Decision"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Whole sentences: the customer reads them as they stand here."),
        widget=_text(4),
        max_length=5_000,
    )

    def prepare(self) -> None:
        set_choices(
            self,
            "decision",
            [
                ("upheld", gettext("Upheld: the customer is right")),
                ("rejected", gettext("Rejected: the claim stands")),
            ],
        )

    @property
    def upheld(self) -> bool:
        return bool(self.cleaned_data["decision"] == "upheld")


class CreditForm(DeskForm):
    """How much of a claim is taken back, and the how many-eth credit of its objection it is: one form, one credit."""

    word = "credit"
    amount = forms.CharField(label=_("Amount to take back"), max_length=20)
    number = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=1_000)

    def __init__(self, most: Money, answers: Mapping[str, Any] | None = None, *, number: int = 1) -> None:
        super().__init__(answers, initial={"number": number})
        self.most = most

    def clean_amount(self) -> Money:
        try:
            amount = read_amount(self.cleaned_data["amount"], self.most.currency)
        except Refusal as refusal:
            raise forms.ValidationError(say(refusal)) from refusal
        if amount.cents <= 0 or self.most < amount:
            most = formats.money(self.most, get_language() or "en")
            raise forms.ValidationError(gettext("More than zero and at most %(most)s.") % {"most": most})
        return amount

    def clean_number(self) -> int:
        number: int | None = self.cleaned_data["number"]
        return number or 1


class AnswerForm(DeskForm):
    """What we write to the customer."""

    word = "answer"
    words = forms.CharField(label=_("Answer to the customer"), widget=_text(6), max_length=20_000)


class NoteForm(DeskForm):
    """What only colleagues read."""

    word = "note"
    words = forms.CharField(label=_("Internal note"), widget=_text(3), max_length=10_000)


class PromiseForm(DeskForm):
    """What we say we will do, by when, and who."""

    word = "promise"
    what = forms.CharField(label=_("We promise"), max_length=300)
    due_on = day_field(_("By"))
    owner = forms.CharField(label=_("Who does it"), max_length=200)

    def __init__(
        self, today: date, answers: Mapping[str, Any] | None = None, *, initial: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(answers, initial=initial)
        self.today = today

    def clean_due_on(self) -> date:
        due_on: date = self.cleaned_data["due_on"]
        if due_on < self.today:
            raise forms.ValidationError(gettext("This day has passed."))
        return due_on


class CloseForm(DeskForm):
    """Why a case is done."""

    word = "close"
    why = forms.CharField(label=_("How it ended"), max_length=500)


class LoginForm(DeskForm):
    """A new login of a colleague or of a clerk."""

    word = "login"
    email = forms.EmailField(label=_("E-mail"))
    name = forms.CharField(label=_("Name"), max_length=120)
    roles = forms.MultipleChoiceField(label=_("Roles"), widget=forms.CheckboxSelectMultiple)

    def prepare(self) -> None:
        set_choices(self, "roles", [(role.value, gettext(ROLE_NAMES[role])) for role in STAFF_ROLES])

    @property
    def roles_chosen(self) -> list[Role]:
        return [Role(role) for role in self.cleaned_data["roles"]]


class KeyForm(DeskForm):
    """A new key of the shop's systems."""

    word = "key"
    name = forms.CharField(label=_("What uses it"), max_length=80)


class EndpointForm(DeskForm):
    """A new address that is told of facts."""

    word = "endpoint"
    url = forms.URLField(label=_("Address"), max_length=500, assume_scheme="https")
