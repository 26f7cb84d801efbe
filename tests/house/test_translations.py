"""The German surface is complete, and English stays English."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings
from django.utils import translation
from tools import messages

from kulanz.infra.translations import compile_catalogues, ensure_compiled

HEADER = messages.HEADER


@pytest.fixture(autouse=True)
def _fresh_catalogues() -> None:
    compile_catalogues()


def sources(root: Path, **files: str) -> messages.Catalog:
    """The sentences of a tiny checkout; `portal__views_py` stands for `src/kulanz/portal/views.py`."""
    for name, text in files.items():
        *folders, file = name.split("__")
        path = root / "src" / "kulanz" / Path(*folders) / ".".join(file.rsplit("_", 1))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return messages.sentences_of(root)


def written(folder: Path, entries: str) -> messages.WrittenCatalogue:
    path = folder / "de" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{HEADER}\n{entries}", encoding="utf-8")
    return messages.read_catalogue(path)


def ids(catalogue: messages.Catalog) -> list[object]:
    return [message.id for message in catalogue if message.id]


# --- our own sentences ---


def test_every_sentence_of_the_house_has_a_usable_german() -> None:
    assert messages.problems(messages.sentences_of(), messages.read_catalogue()) == []


def single_sentences() -> Iterator[tuple[str, str]]:
    for message in messages.read_catalogue():
        if isinstance(message.id, str) and message.id and isinstance(message.string, str) and not message.context:
            yield message.id, message.string


def test_a_reader_of_german_gets_the_german_of_the_catalogue() -> None:
    with translation.override("de"):
        shown = {english: translation.gettext(english) for english, _ in single_sentences()}

    assert shown == dict(single_sentences())


def test_a_reader_of_english_gets_english_although_the_house_speaks_german_by_default() -> None:
    with translation.override("en"):
        shown = [translation.gettext(english) for english, _ in single_sentences()]
        weekday = translation.gettext("Monday")

    assert settings.LANGUAGE_CODE == "de"
    assert shown == [english for english, _ in single_sentences()]
    assert weekday == "Monday"


def test_every_refusal_marks_its_sentence_for_translation() -> None:
    unmarked = [
        f"{path.name}:{line}"
        for path in sorted((messages.ROOT / "src" / "kulanz").rglob("*.py"))
        for line in unmarked_sentences(path.read_text(encoding="utf-8"))
    ]

    assert unmarked == [], 'write `sentence = N_("…")`, or a German customer reads English'


def unmarked_sentences(python: str) -> Iterator[int]:
    """Lines where a class sets `sentence` to a bare string."""
    for room in ast.walk(ast.parse(python)):
        for statement in room.body if isinstance(room, ast.ClassDef) else ():
            match statement:
                case (
                    ast.Assign(targets=[ast.Name("sentence")], value=ast.Constant(str()))
                    | ast.AnnAssign(target=ast.Name("sentence"), value=ast.Constant(str()))
                ):
                    yield statement.lineno


# --- a catalogue in use ---

RENDERED = """\
msgid "Your claim is settled."
msgstr "Ihre Forderung ist beglichen."

msgid "%(count)s claim"
msgid_plural "%(count)s claims"
msgstr[0] "%(count)s Forderung"
msgstr[1] "%(count)s Forderungen"

msgctxt "button"
msgid "Continue"
msgstr "Weiter"
"""


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("de", ["Ihre Forderung ist beglichen.", "1 Forderung", "2 Forderungen", "Weiter"]),
        ("en", ["Your claim is settled.", "1 claim", "2 claims", "Continue"]),
    ],
)
def test_each_language_shows_its_own_words_for_sentences_plurals_and_contexts(
    tmp_path: Path, language: str, shown: list[str]
) -> None:
    written(tmp_path, RENDERED)
    compile_catalogues(tmp_path)

    with override_settings(LOCALE_PATHS=[tmp_path]), translation.override(language):
        assert [
            translation.gettext("Your claim is settled."),
            *(
                translation.ngettext("%(count)s claim", "%(count)s claims", number) % {"count": number}
                for number in (1, 2)
            ),
            translation.pgettext("button", "Continue"),
        ] == shown


def test_the_same_sentences_compile_to_the_same_bytes(tmp_path: Path) -> None:
    written(tmp_path, RENDERED)

    (target,) = compile_catalogues(tmp_path)
    first = target.read_bytes()
    compile_catalogues(tmp_path)

    assert target.read_bytes() == first
    assert sorted(path.name for path in target.parent.iterdir()) == ["django.mo", "django.po"]


def test_only_an_outdated_catalogue_is_compiled_again_at_the_start(tmp_path: Path) -> None:
    written(tmp_path, RENDERED)
    ensure_compiled(tmp_path)
    compiled = tmp_path / "de" / "LC_MESSAGES" / "django.mo"
    good = compiled.read_bytes()

    compiled.write_bytes(b"kept")
    ensure_compiled(tmp_path)
    assert compiled.read_bytes() == b"kept"

    later = compiled.stat().st_mtime_ns + 1_000_000_000
    os.utime(compiled.with_suffix(".po"), ns=(later, later))
    ensure_compiled(tmp_path)
    assert compiled.read_bytes() == good


# --- finding sentences ---


def test_marked_sentences_are_found_in_python(tmp_path: Path) -> None:
    found = sources(
        tmp_path,
        portal__views_py="""
gettext("plain")
_("lazy")
N_("later, "
   "in two lines")
ngettext("%(count)s day", "%(count)s days", days)
pgettext_lazy("month", "May")
gettext(variable)
""",
    )

    assert ids(found) == [
        "plain",
        "lazy",
        "later, in two lines",
        ("%(count)s day", "%(count)s days"),
        "May",
    ]
    assert found.get("May", "month") is not None


def test_marked_sentences_are_found_in_templates_however_the_page_is_indented(tmp_path: Path) -> None:
    found = sources(
        tmp_path,
        portal__templates__start_html="""
<main>
        <h1>{% translate "Where does it hurt?" %}</h1>
    {% blocktranslate trimmed with name=person.name %}
        Good morning,
        {{ name }}: 100 % fair
    {% endblocktranslate %}
  {% blocktranslate count days=page.days %}one day{% plural %}{{ days }} days{% endblocktranslate %}
        {% field label=_("Amount") hint=_('In euros') %}
    {{ _("Yes") }} {{ page.note|default:_("none given") }}
      {% translate "May" context "month" %}
    {# {% translate "never shown" %} #}
</main>
""",
    )

    assert ids(found) == [
        "Where does it hurt?",
        "Good morning, %(name)s: 100 %% fair",
        ("one day", "%(days)s days"),
        "Amount",
        "In euros",
        "Yes",
        "none given",
        "May",
    ]


# --- keeping in step ---


def test_an_update_keeps_translations_drops_what_is_gone_and_guesses_nothing(tmp_path: Path) -> None:
    found = sources(tmp_path, b_py='_("Paid in full")', a_py='_("Not paid")\n_("Paid in part")\n_("Paid in full")')
    old = written(tmp_path, 'msgid "Not paid"\nmsgstr "Offen"\n\nmsgid "Paid in parts"\nmsgstr "Teils bezahlt"\n')

    text = messages.rendered(messages.updated(found, [old]))

    assert text == (
        HEADER + '\n#: src/kulanz/a.py\nmsgid "Not paid"\nmsgstr "Offen"\n'
        '\n#: src/kulanz/a.py\nmsgid "Paid in part"\nmsgstr ""\n'
        '\n#: src/kulanz/a.py src/kulanz/b.py\nmsgid "Paid in full"\nmsgstr ""\n'
    )


def test_an_update_of_an_updated_catalogue_changes_nothing(tmp_path: Path) -> None:
    found = sources(tmp_path, a_py='_("%(days)d days, " + name)\nngettext("a", "b", 2)\n_("two\\nlines")')
    first = messages.rendered(messages.updated(found, []))
    path = tmp_path / "again.po"
    path.write_text(first, encoding="utf-8")

    assert messages.rendered(messages.updated(found, [messages.read_catalogue(path)])) == first


def test_a_translation_added_at_the_end_of_the_file_is_not_lost(tmp_path: Path) -> None:
    found = sources(tmp_path, a_py='_("Paid")')
    german = written(tmp_path, 'msgid "Paid"\nmsgstr ""\n\nmsgid "Paid"\nmsgstr "Bezahlt"\n')

    assert messages.problems(found, german) == ["twice in the catalogue: “Paid”"]
    kept = messages.updated(found, [german]).get("Paid")
    assert kept is not None
    assert kept.string == "Bezahlt"


# --- checking ---


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("", ["src/kulanz/a.py:1: not in the catalogue: “In %(days)s days”"]),
        (
            'msgid "In %(days)s days"\nmsgstr ""',
            ["src/kulanz/a.py:1: not translated: “In %(days)s days”"],
        ),
        (
            '#, fuzzy\nmsgid "In %(days)s days"\nmsgstr "In %(days)s Tagen"',
            ["src/kulanz/a.py:1: not translated: “In %(days)s days”"],
        ),
        (
            'msgid "In %(days)s days"\nmsgstr "In %(tage)s Tagen"',
            ["django.po: placeholders differ, German has %(tage)s, English %(days)s: “In %(days)s days”"],
        ),
        (
            'msgid "In %(days)s days"\nmsgstr "In %(days) Tagen"',
            ["django.po: placeholders differ, German has %(days)T, English %(days)s: “In %(days)s days”"],
        ),
        (
            'msgid "In %(days)s days"\nmsgstr "Zu 100 % in %(days)s Tagen"',
            [
                "django.po: the German cannot be filled in, look for a single per cent sign (write %%): "
                "“In %(days)s days”"
            ],
        ),
        (
            'msgid "In %(days)s days"\nmsgstr "In %(days)s Tagen"\n\nmsgid "Gone"\nmsgstr "Weg"',
            ["obsolete, no longer in the sources: “Gone”"],
        ),
        ('msgid "In %(days)s days"\nmsgstr "In %(days)s Tagen"', []),
    ],
)
def test_the_check_names_what_is_wrong_and_where(tmp_path: Path, entry: str, expected: list[str]) -> None:
    found = sources(tmp_path, a_py='_("In %(days)s days")')

    assert messages.problems(found, written(tmp_path, entry)) == expected


@pytest.mark.parametrize(
    ("one", "many", "count"),
    [
        ("%(days)s Tag", "%(days)s Tage", 0),
        ("ein Tag", "%(days)s Tage", 0),
        ("%(number)s Tag", "%(days)s Tage", 1),
        ("%(days)s Tag", "Tage", 1),
    ],
)
def test_only_the_form_for_exactly_one_may_leave_out_the_number(
    tmp_path: Path, one: str, many: str, count: int
) -> None:
    found = sources(tmp_path, a_py='ngettext("%(days)s day", "%(days)s days", 1)')
    german = written(
        tmp_path,
        f'msgid "%(days)s day"\nmsgid_plural "%(days)s days"\nmsgstr[0] "{one}"\nmsgstr[1] "{many}"',
    )

    problems = messages.problems(found, german)

    assert len(problems) == count
    assert all("placeholders differ" in problem for problem in problems)
