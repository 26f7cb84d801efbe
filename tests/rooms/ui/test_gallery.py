"""The gallery shows every component in both faces; nothing in a page needs an inline script or style."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils.translation import override

import kulanz.ui
from kulanz.ui.gallery import gallery

ROOM = Path(kulanz.ui.__file__).parent
LONGEST_WORDS = (
    "Zahlungserinnerungsschreiben",
    "Inkassodienstleistungsunternehmen",
    "Forderungsabtretungserklärung",
)


def show(language: str, face: str) -> str:
    with override(language):
        return gallery(RequestFactory().get("/desk/gallery", {"face": face})).content.decode()


@pytest.mark.parametrize("face", ["desk", "portal"])
def test_the_longest_german_words_are_tried_in_both_faces(face: str) -> None:
    html = show("de", face)
    assert f'<body class="{face}"' in html
    assert [word for word in LONGEST_WORDS if word not in html] == []


@pytest.mark.parametrize("face", ["desk", "portal"])
def test_amounts_are_shown_in_the_language_of_the_reader(face: str) -> None:
    assert "1.234,56\u00a0€" in show("de", face)
    assert "€1,234.56" in show("en", face)


def test_every_component_class_stands_in_the_gallery() -> None:
    css = re.sub(r"/\*.*?\*/", "", (ROOM / "static/ui/components.css").read_text(encoding="utf-8"), flags=re.DOTALL)
    selectors = " ".join(re.findall(r"([^{}]+)\{", css))
    classes = set(re.findall(r"\.([a-z][a-z0-9_-]*)", selectors))
    html = show("de", "desk") + show("de", "portal")
    shown = {name for group in re.findall(r'class="([^"]*)"', html) for name in group.split()}
    named = set(re.findall(r"<code>\.([a-z0-9_-]+)</code>", html))
    assert classes - shown - named == set()


@pytest.mark.parametrize("path", sorted(ROOM.rglob("*.html")), ids=lambda path: str(path.relative_to(ROOM)))
def test_no_template_needs_what_the_content_security_policy_forbids(path: Path) -> None:
    html = path.read_text(encoding="utf-8")
    assert re.findall(r"\sstyle=|\son[a-z]+=|<style|javascript:", html) == []
    # A block of JSON is data, not a script: the policy has nothing against it.
    assert re.findall(r'<script(?![^>]*\s(?:src=|type="application/json"))', html) == []
    assert re.findall(r"(?:src|href)=\"https?:", html) == []


def test_the_page_of_a_crash_needs_nothing_but_itself() -> None:
    with override("en"):
        html = render_to_string("500.html")
    assert '<html lang="en">' in html
    assert "Something is broken on our side" in html
