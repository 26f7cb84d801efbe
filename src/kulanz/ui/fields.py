"""A form field as a person meets it: label, hint, what is wrong, then the control.

Every text belongs to the control by id (`for`, `aria-describedby`), so that a screen reader says the same as
the eye sees. Groups of choices are a fieldset whose legend is the question.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.forms.widgets import (
    CheckboxInput,
    CheckboxSelectMultiple,
    FileInput,
    MultiWidget,
    RadioSelect,
    Select,
    SelectDateWidget,
    Textarea,
    Widget,
)
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString


@dataclass(frozen=True, slots=True)
class Option:
    """One radio button or tick box of a group."""

    id: str
    label: str
    control: SafeString


@dataclass(frozen=True, slots=True)
class Field:
    """What the template of a field needs.

    `kind` is input, file, checkbox, choices (a list) or parts (several controls).
    """

    kind: str
    id: str
    label: str
    hint: SafeString
    errors: tuple[str, ...]
    described_by: str
    control: SafeString
    options: tuple[Option, ...]
    optional: bool
    heading: bool
    dropzone: bool
    multiple: bool


@dataclass(frozen=True, slots=True)
class FieldError:
    """One line of the summary above a form: where and what is wrong, and the id of the control to jump to."""

    target: str
    label: str
    message: str


def lay_out(
    bound: BoundField,
    *,
    label: str = "",
    hint: str = "",
    heading: bool = False,
    dropzone: bool = False,
    width: str = "",
) -> Field:
    """Prepare one bound field. `heading`: the label is the question and the heading of the page."""
    widget = bound.field.widget
    kind = _kind(widget)
    # Django lets the author of a form write HTML into its help text; a hint from elsewhere is only text.
    said_hint = conditional_escape(hint) if hint else SafeString(bound.help_text or "")
    errors = tuple(str(error) for error in bound.errors)
    identifier = bound.id_for_label or bound.auto_id or bound.html_name
    described_by = _described_by(bound, has_hint=bool(said_hint), has_errors=bool(errors))
    grouped = kind in {"choices", "parts"}
    return Field(
        kind=kind,
        id=identifier,
        label=label or str(bound.label or ""),
        hint=said_hint,
        errors=errors,
        described_by=described_by,
        control=SafeString("") if kind == "choices" else _control(bound, "" if grouped else described_by, width),
        options=tuple(_options(bound)) if kind == "choices" else (),
        optional=not bound.field.required and kind != "checkbox",
        heading=heading,
        dropzone=dropzone,
        multiple=bool(getattr(widget, "allow_multiple_selected", False)),
    )


def field_errors(form: BaseForm) -> tuple[FieldError, ...]:
    """Everything that is wrong with a form, in the order of its fields, each with its control."""
    return tuple(
        FieldError(target=_first_control(form[name]), label=str(form[name].label or ""), message=str(message))
        for name in form.fields
        if name in form.errors
        for message in form.errors[name]
    )


def _kind(widget: Widget) -> str:
    # RadioSelect and CheckboxSelectMultiple are kinds of Select to Django: ask for them first.
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return "choices"
    if isinstance(widget, MultiWidget | SelectDateWidget):
        return "parts"
    if isinstance(widget, CheckboxInput):
        return "checkbox"
    return "file" if isinstance(widget, FileInput) else "input"


def _described_by(bound: BoundField, *, has_hint: bool, has_errors: bool) -> str:
    identifier = bound.id_for_label or bound.auto_id or bound.html_name
    hint_id = f"{identifier}_hint" if has_hint else ""
    error_id = f"{identifier}_error" if has_errors else ""
    return " ".join(part for part in (hint_id, error_id) if part)


def _control(bound: BoundField, described_by: str, width: str) -> SafeString:
    attributes: dict[str, str | bool] = {"class": _css_class(bound.field.widget, width)}
    if described_by:
        attributes["aria-describedby"] = described_by
    return bound.as_widget(attrs=attributes)


def _css_class(widget: Widget, width: str) -> str:
    own = str(widget.attrs.get("class", ""))
    name = "input"
    if isinstance(widget, CheckboxInput):
        name = "choice__control"
    elif isinstance(widget, FileInput):
        name = "file"
    elif isinstance(widget, Select | SelectDateWidget):
        name = "input select"
    elif isinstance(widget, Textarea):
        name = "input textarea"
    return " ".join(part for part in (name, f"input--{width}" if width else "", own) if part)


def _options(bound: BoundField) -> Iterator[Option]:
    for choice in bound.subwidgets:
        choice.data["attrs"]["class"] = "choice__control"
        yield Option(id=str(choice.id_for_label), label=str(choice.choice_label), control=choice.tag())


def _first_control(bound: BoundField) -> str:
    if _kind(bound.field.widget) == "choices":
        return next((str(choice.id_for_label) for choice in bound.subwidgets), "")
    return str(bound.id_for_label or bound.auto_id)
