"""What finance fills in about bank files and bank lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kulanz.desk.forms import DeskForm, day_field
from kulanz.kernel.money import Money
from kulanz.kernel.refusals import Refusal
from kulanz.ui.amounts import read_amount
from kulanz.ui.refusals import say

# Larger ones go through the watched folder or the command line: no browser waits that long.
MAX_BANK_FILE_BYTES = 100_000_000
BANK_FILE_SUFFIXES = ".xml,.camt,.sta,.mta,.mt940,.940,.942,.ofx,.qfx,.csv,.txt,.dat,.zip"
SPLIT_ROWS = 8


class BankFileForm(DeskForm):
    """The statement as the bank gives it."""

    word = "file"
    statement = forms.FileField(
        label=_("Bank statement"),
        widget=forms.ClearableFileInput(attrs={"accept": BANK_FILE_SUFFIXES}),
    )

    def clean_statement(self) -> UploadedFile[bytes]:
        file: UploadedFile[bytes] = self.cleaned_data["statement"]
        if (file.size or 0) > MAX_BANK_FILE_BYTES:
            raise forms.ValidationError(
                gettext("“%(name)s” is larger than 100 MB. Please ask the bank for one file per day.")
                % {"name": file.name}
            )
        return file


class AssignForm(DeskForm):
    """A person says which claim a payment belongs to."""

    word = "assign"
    claim = forms.CharField(label=_("Invoice number or payment reference"), max_length=80)
    keep_rest = forms.BooleanField(label=_("Keep what is left over as the customer's credit"), required=False)


class SplitForm(DeskForm):
    """One row per invoice. An empty amount means: as much as is outstanding, or as is left of the payment."""

    word = "split"
    keep_rest = forms.BooleanField(
        label=_("Keep what is left over as the credit of the first customer"), required=False
    )

    def __init__(self, currency: str, answers: Mapping[str, Any] | None = None) -> None:
        super().__init__(answers)
        self.currency = currency
        self.amounts: dict[int, Money] = {}

    def prepare(self) -> None:
        for number in range(1, SPLIT_ROWS + 1):
            claim = forms.CharField(label=_("Invoice number or payment reference"), max_length=80, required=False)
            amount = forms.CharField(label=_("Amount"), max_length=20, required=False)
            self.fields[f"claim_{number}"], self.fields[f"amount_{number}"] = claim, amount

    @property
    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The fields row by row."""
        return [(self[f"claim_{number}"], self[f"amount_{number}"]) for number in range(1, SPLIT_ROWS + 1)]

    def clean(self) -> dict[str, Any]:
        answers: dict[str, Any] = super().clean() or {}
        for number in range(1, SPLIT_ROWS + 1):
            typed = answers.get(f"amount_{number}", "").strip()
            if not typed:
                continue
            if not answers.get(f"claim_{number}"):
                self.add_error(f"claim_{number}", gettext("Which invoice is this amount for?"))
            try:
                self.amounts[number] = read_amount(typed, self.currency)
            except Refusal as refusal:
                self.add_error(f"amount_{number}", say(refusal))
        return answers


class AsideForm(DeskForm):
    """Not today: what the payment waits for, and when somebody looks again."""

    word = "aside"
    why = forms.CharField(label=_("What does it wait for?"), max_length=500)
    until = day_field(_("On the list again on"))
