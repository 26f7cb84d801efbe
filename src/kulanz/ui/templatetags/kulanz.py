"""The words templates use to show money, days, icons, notices and form fields. Built into every template."""

from __future__ import annotations

from datetime import date, datetime
from typing import TypedDict

from django import template
from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from kulanz.kernel.money import Money
from kulanz.ui import fields, formats, icons

register = template.Library()


class FieldContext(TypedDict):
    """What `ui/field.html` is given."""

    field: fields.Field


class ErrorSummaryContext(TypedDict):
    """What `ui/error_summary.html` is given."""

    errors: tuple[fields.FieldError, ...]
    general: tuple[str, ...]


def _language() -> str:
    return get_language() or "en"


@register.filter
def money(amount: Money | None) -> str:
    """An amount in the reader's language; nothing for nothing."""
    return "" if amount is None else formats.money(amount, _language())


@register.filter
def day(value: date | None) -> str:
    """A day in a sentence."""
    return "" if value is None else formats.day(value, _language())


@register.filter
def short_day(value: date | None) -> str:
    """A day in a table."""
    return "" if value is None else formats.short_day(value, _language())


@register.filter
def moment(value: datetime | None) -> str:
    """A moment in a sentence, Berlin time."""
    return "" if value is None else formats.moment(value, _language())


@register.filter
def short_moment(value: datetime | None) -> str:
    """A moment in a table, Berlin time."""
    return "" if value is None else formats.short_moment(value, _language())


@register.filter
def iban(text: str | None) -> str:
    """An account number in groups of four."""
    return formats.iban(text) if text else ""


@register.simple_tag
def icon(name: str) -> SafeString:
    """`{% icon "letter" %}`: the drawing beside a word."""
    return icons.draw(name)


@register.inclusion_tag("ui/field.html")
def field(
    bound: BoundField,
    *,
    label: str = "",
    hint: str = "",
    heading: bool = False,
    dropzone: bool = False,
    width: str = "",
) -> FieldContext:
    """`{% field form.email %}`.

    `heading=True` on question pages; `width` is short or medium; `dropzone=True` for files.
    """
    laid_out = fields.lay_out(bound, label=label, hint=hint, heading=heading, dropzone=dropzone, width=width)
    return {"field": laid_out}


@register.inclusion_tag("ui/error_summary.html")
def error_summary(form: BaseForm) -> ErrorSummaryContext:
    """`{% error_summary form %}` above a form: what to put right, each line a link to its control."""
    return {
        "errors": fields.field_errors(form),
        "general": tuple(str(message) for message in form.non_field_errors()),
    }


@register.simple_block_tag
def notice(content: SafeString, kind: str, word: str = "") -> SafeString:
    """`{% notice "warning" %}…{% endnotice %}`: or info, success, stop; `word` replaces the first."""
    return render_to_string("ui/notice.html", {"kind": kind, "word": word, "content": content})
