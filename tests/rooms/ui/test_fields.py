"""A field's label, hint and error belong to its control: for the eye and for the screen reader."""

from __future__ import annotations

import pytest
from django import forms
from django.forms.boundfield import BoundField
from django.template import Context, Template
from django.utils.translation import override


class Letter(forms.Form):
    """One field of each kind."""

    email = forms.EmailField(label="E-mail", help_text="Where the answer goes.")
    story = forms.CharField(label="What happened", widget=forms.Textarea, required=False)
    reason = forms.ChoiceField(
        label="What is wrong?", widget=forms.RadioSelect, choices=[("paid", "I have paid"), ("other", "Else")]
    )
    topics = forms.MultipleChoiceField(
        label="Topics", widget=forms.CheckboxSelectMultiple, choices=[("a", "Bill")], required=False
    )
    kind = forms.ChoiceField(label="Kind", choices=[("a", "Bill")])
    consent = forms.BooleanField(label="I agree")
    proof = forms.FileField(label="Proof", required=False)
    due_on = forms.DateField(label="Due", widget=forms.DateInput(attrs={"type": "date", "class": "figure"}))
    born_on = forms.DateField(label="Born", widget=forms.SelectDateWidget(years=[1990]))


def render(field: BoundField, options: str = "") -> str:
    with override("en"):
        html = Template("{% field bound " + options + " %}").render(Context({"bound": field}))
    return " ".join(html.split())


def test_a_text_field_is_described_by_its_hint_and_its_error() -> None:
    html = render(Letter({"email": "nobody"})["email"])
    assert '<label class="field__label" for="id_email">E-mail</label>' in html
    assert '<div class="field__hint" id="id_email_hint">Where the answer goes.</div>' in html
    assert 'id="id_email_error"' in html
    assert "Enter a valid email address." in html
    assert 'aria-describedby="id_email_hint id_email_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'class="input"' in html


def test_a_field_without_hint_and_error_is_described_by_nothing() -> None:
    assert "aria-describedby" not in render(Letter()["kind"])


def test_what_need_not_be_filled_says_so() -> None:
    assert "(optional)" in render(Letter()["story"])
    assert "(optional)" not in render(Letter()["email"])


def test_radio_buttons_are_a_group_whose_legend_is_the_question() -> None:
    html = render(Letter({})["reason"])
    assert html.startswith('<fieldset class="field field--wrong" aria-describedby="id_reason_error">')
    assert '<legend class="field__label">What is wrong?</legend>' in html
    assert '<label class="choice__label" for="id_reason_0">I have paid</label>' in html
    assert html.count('type="radio"') == 2
    assert html.count('class="choice__control"') == 2


def test_on_a_question_page_the_question_is_the_heading() -> None:
    assert "<h1>What is wrong?</h1></legend>" in render(Letter()["reason"], "heading=True")
    assert '<h1 class="field__label field__label--heading"><label for="id_story">' in render(
        Letter()["story"], "heading=True"
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("story", "<textarea"),
        ("topics", 'type="checkbox"'),
        ("kind", '<select name="kind" class="input select"'),
        ("consent", '<label class="choice__label" for="id_consent">I agree</label>'),
        ("proof", 'type="file"'),
        ("due_on", 'class="input figure"'),
        ("born_on", '<select name="born_on_month" class="input select"'),
    ],
)
def test_every_kind_of_control_is_drawn(name: str, expected: str) -> None:
    assert expected in render(Letter()[name])


def test_a_drop_zone_is_a_file_input_with_a_frame() -> None:
    html = render(Letter()["proof"], "dropzone=True")
    assert "data-dropzone" in html
    assert '<label class="field__label" for="id_proof">' in html
    assert html.count('type="file"') == 1


def test_a_label_is_never_taken_for_markup() -> None:
    form = Letter()
    form.fields["kind"].label = "<b>"
    assert "&lt;b&gt;</label>" in render(form["kind"])
    assert "<b>" not in render(form["kind"])


def test_the_summary_leads_to_each_control() -> None:
    form = Letter({"email": "nobody", "kind": "a", "consent": "on", "due_on": "2026-11-21"})
    with override("en"):
        html = Template("{% error_summary form %}").render(Context({"form": form}))
    assert '<a href="#id_email">E-mail: Enter a valid email address.</a>' in html
    assert '<a href="#id_reason_0">What is wrong?: This field is required.</a>' in html
    assert html.count("<li>") == 3


def test_there_is_no_summary_when_nothing_is_wrong() -> None:
    assert Template("{% error_summary form %}").render(Context({"form": Letter()})).strip() == ""


def test_an_icon_is_hidden_from_screen_readers() -> None:
    html = Template('{% icon "letter" %}').render(Context())
    assert 'aria-hidden="true"' in html
    assert "<path" in html


def test_a_notice_begins_with_its_word() -> None:
    with override("en"):
        html = Template('{% notice "warning" %}{{ text }}{% endnotice %}').render(Context({"text": "<i>"}))
    assert '<strong class="notice__word">Please note:</strong> &lt;i&gt;' in html
