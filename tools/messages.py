"""Keeps the German catalogue in step with the sentences in code and templates, without the system's gettext.

The English sentence is the key. `update` rewrites the catalogue from the sources and keeps every translation
that still has its sentence; `check` says what stands between the catalogue and a complete German surface;
`compile` makes the file Django reads.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages import Catalog
from babel.messages.catalog import Message
from babel.messages.extract import extract
from babel.messages.pofile import PoFileParser, write_po
from django.utils.translation.template import templatize

from kulanz.infra.translations import LOCALE, compile_catalogues

ROOT = Path(__file__).resolve().parents[1]
GERMAN = LOCALE / "de" / "LC_MESSAGES" / "django.po"

TEMPLATE_SUFFIXES = frozenset({".html", ".txt", ".xml", ".svg", ".typ"})
TRANSLATOR_NOTE = "Translators:"

# What the words of a call mean: where singular, plural and context stand among the arguments.
_SENTENCE = None
_PLURAL = (1, 2)
_WITH_CONTEXT = ((1, "c"), 2)
_PLURAL_WITH_CONTEXT = ((1, "c"), 2, 3)
KEYWORDS = {
    "_": _SENTENCE,
    "N_": _SENTENCE,
    "gettext": _SENTENCE,
    "gettext_lazy": _SENTENCE,
    "gettext_noop": _SENTENCE,
    "ngettext": _PLURAL,
    "ngettext_lazy": _PLURAL,
    "pgettext": _WITH_CONTEXT,
    "pgettext_lazy": _WITH_CONTEXT,
    "npgettext": _PLURAL_WITH_CONTEXT,
    "npgettext_lazy": _PLURAL_WITH_CONTEXT,
}

# Written by hand: a header with dates and program versions would differ at every update.
HEADER = r"""# The German sentences of Kulanz; the English ones are the keys. Kept in step by `make messages`.
msgid ""
msgstr ""
"Project-Id-Version: kulanz\n"
"Language: de\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"
"""

_PLACE = re.compile(r"%%|%\((?P<name>\w+)\)[#0\- +]*\d*(?:\.\d+)?(?P<kind>[a-zA-Z])")


# --- finding sentences ---


def sentences_of(root: Path = ROOT) -> Catalog:
    """Every sentence marked for translation below `src/kulanz`, with the places it comes from."""
    found = Catalog(locale="de")
    for path in sorted((root / "src" / "kulanz").rglob("*")):
        where = path.relative_to(root).as_posix()
        if path.suffix == ".py":
            _add(found, where, path.read_text(encoding="utf-8"))
        elif path.suffix in TEMPLATE_SUFFIXES and "templates" in path.parts:
            _add(found, where, template_as_python(path.read_text(encoding="utf-8"), where))
    return found


def template_as_python(template: str, where: str) -> str:
    """The translated sentences of a Django template as Python calls, on their own lines.

    Django puts runs of letters in place of the rest. Their indentation means nothing, but Python's tokenizer
    would stumble over it; a sentence never spans two lines there, so stripping every line loses nothing.
    """
    return "\n".join(line.strip() for line in templatize(template, origin=where).splitlines())


def _add(found: Catalog, where: str, python: str) -> None:
    calls = extract(
        "python",
        io.BytesIO(python.encode()),
        keywords=KEYWORDS,
        comment_tags=(TRANSLATOR_NOTE,),
        options={"encoding": "utf-8"},
    )
    for line, sentence, notes, context in calls:
        found.add(sentence, locations=[(where, line)], auto_comments=notes, context=context)


# --- reading the catalogue ---


class WrittenCatalogue(Catalog):
    """A catalogue as people leave it behind: where a sentence stands twice, the last translation counts.

    Babel would keep the first without a word, and a translation added at the end of the file would be lost.
    """

    def __init__(self) -> None:
        super().__init__(locale="de")
        self.repeated: list[Message] = []

    def __setitem__(self, sentence: str | list[str] | tuple[str, ...], message: Message) -> None:
        earlier = self.get(sentence, message.context) if sentence else None
        super().__setitem__(sentence, message)
        if earlier is None:
            return
        self.repeated.append(earlier)
        if any(_forms(message)) and message.pluralizable == earlier.pluralizable:
            earlier.string = message.string


def read_catalogue(source: Path = GERMAN) -> WrittenCatalogue:
    """All sentences of a German `.po` file. Raises babel's PoFileError where it is malformed."""
    catalogue = WrittenCatalogue()
    with source.open("rb") as file:
        PoFileParser(catalogue, abort_invalid=True).parse(file)
    return catalogue


# --- update ---


def updated(found: Catalog, known: Iterable[Catalog]) -> Catalog:
    """The sentences of the sources with the translations of `known`; where several know one, the last wins.

    Nothing is guessed from similar sentences: a wrong sentence about money is worse than a missing one.
    """
    result = Catalog(locale="de")
    sources = list(known)
    for message in _messages(found):
        old = _translation(message, sources)
        flags = ("fuzzy",) if old is not None and old.fuzzy else ()
        result.add(
            message.id,
            old.string if old is not None else None,
            locations=message.locations,
            flags=flags,
            auto_comments=message.auto_comments,
            user_comments=old.user_comments if old is not None else (),
            context=message.context,
        )
    return result


def _translation(message: Message, known: list[Catalog]) -> Message | None:
    """The last translation of this sentence that has as many forms as the sentence."""
    for catalogue in reversed(known):
        old = catalogue.get(message.id, message.context)
        if old is not None and old.pluralizable == message.pluralizable and any(_forms(old)):
            return old
    return None


def rendered(catalogue: Catalog) -> str:
    """The catalogue as text, in the order of the sources, without anything that changes by itself."""
    body = io.BytesIO()
    write_po(
        body,
        catalogue,
        width=0,
        omit_header=True,
        sort_by_file=True,
        ignore_obsolete=True,
        include_lineno=False,
    )
    return f"{HEADER}\n{body.getvalue().decode()}".rstrip("\n") + "\n"


# --- check ---


def problems(found: Catalog, german: WrittenCatalogue) -> list[str]:
    """What stands between the catalogue and a complete, usable German surface; empty when nothing does."""
    repeated = [f"twice in the catalogue: {_quoted(message)}" for message in german.repeated]
    return [*_gaps(found, german), *_leftovers(found, german), *repeated, *_misfits(german)]


def untranslated(found: Catalog, german: Catalog) -> list[Message]:
    """The sentences a German reader would see in English."""
    return [message for message in _messages(found) if not _is_translated(_same(message, german))]


def _gaps(found: Catalog, german: Catalog) -> Iterator[str]:
    for message in untranslated(found, german):
        kind = "not in the catalogue" if _same(message, german) is None else "not translated"
        yield f"{_place_of(message)}: {kind}: {_quoted(message)}"


def _leftovers(found: Catalog, german: Catalog) -> Iterator[str]:
    for message in _messages(german):
        if found.get(message.id, message.context) is None:
            yield f"obsolete, no longer in the sources: {_quoted(message)}"


def _misfits(german: Catalog) -> Iterator[str]:
    for message in _messages(german):
        if _is_translated(message):
            for reason in _reasons_against(message):
                yield f"{_place_of(message)}: {reason}: {_quoted(message)}"


def _reasons_against(message: Message) -> Iterator[str]:
    """Why the German would fail where its facts are filled in: at the door, in front of the customer."""
    english = [message.id] if isinstance(message.id, str) else list(message.id)
    for number, text in enumerate(_forms(message)):
        if not _has_its_places(text, english, only_for_one=message.pluralizable and number == 0):
            ours, theirs = _listed(places(text)), _listed(places(english[-1]))
            yield f"placeholders differ, German has {ours}, English {theirs}"
        elif places(text) and not _can_be_filled(text):
            yield "the German cannot be filled in, look for a single per cent sign (write %%)"
        elif "%" in text and not any("%" in sentence for sentence in english):
            yield "a per cent sign in the German only: it would break when facts are filled in"


def _has_its_places(german: str, english: list[str], *, only_for_one: bool) -> bool:
    """The places of the English; the form for exactly one may leave out the number ("eine Rechnung")."""
    ours, theirs = places(german), places(english[-1])
    return ours == theirs or (only_for_one and ours < theirs and len(theirs - ours) == 1)


def places(text: str) -> frozenset[tuple[str, str]]:
    """The named places of a sentence with the kind of fact each takes: `%(days)d` is `("days", "d")`."""
    return frozenset((hit["name"], hit["kind"]) for hit in _PLACE.finditer(text) if hit["name"])


class _AnyFact(dict[str, int]):
    """Has every fact. Zero suits every kind of placeholder."""

    def __missing__(self, name: str) -> int:
        return 0


def _can_be_filled(text: str) -> bool:
    try:
        return bool(text % _AnyFact())
    except (ValueError, TypeError):
        return False


# --- reading a message ---


def _messages(catalogue: Catalog) -> Iterator[Message]:
    """All but the header, which is the message without a sentence."""
    return (message for message in catalogue if message.id)


def _same(message: Message, catalogue: Catalog) -> Message | None:
    """The entry that will be found for this sentence when it is shown, a plural only by a plural."""
    other = catalogue.get(message.id, message.context)
    return other if other is not None and other.pluralizable == message.pluralizable else None


def _forms(message: Message) -> list[str]:
    if isinstance(message.string, str):
        return [message.string]
    return list(message.string or ())


def _is_translated(message: Message | None) -> bool:
    return message is not None and not message.fuzzy and bool(_forms(message)) and all(_forms(message))


def _place_of(message: Message) -> str:
    for where, line in message.locations:
        return f"{where}:{line}" if line else where
    return GERMAN.name


def _quoted(message: Message) -> str:
    sentence = message.id if isinstance(message.id, str) else message.id[0]
    return f"“{sentence}”" + (f" ({message.context})" if message.context else "")


def _listed(found: frozenset[tuple[str, str]]) -> str:
    return ", ".join(f"%({name}){kind}" for name, kind in sorted(found)) or "none"


# --- the command ---


def update(more: list[Path]) -> int:
    """Rewrite the catalogue and report what still waits for a translation."""
    found = sentences_of()
    result = updated(found, [read_catalogue(), *map(read_catalogue, more)])
    GERMAN.write_text(rendered(result), encoding="utf-8")
    waiting = untranslated(found, result)
    for message in waiting:
        print(f"{_place_of(message)}: not translated: {_quoted(message)}")
    print(f"{len(list(_messages(result)))} sentences, {len(waiting)} to translate.")
    return 0


def check() -> int:
    """Name every problem of the catalogue; 1 when there is one."""
    listed = problems(sentences_of(), read_catalogue())
    for problem in listed:
        print(problem)
    if listed:
        print(f"{len(listed)} problems. `make messages` brings the catalogue in step; then fill in the German.")
        return 1
    print("All sentences are translated.")
    return 0


def main() -> int:
    """The command line: update, check or compile."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    updating = commands.add_parser("update", help="bring the catalogue in step with the sources")
    updating.add_argument("more", nargs="*", type=Path, help="further .po files to take translations from")
    commands.add_parser("check", help="exit 1 when a sentence has no usable German")
    commands.add_parser("compile", help="make the .mo files Django reads")
    chosen = parser.parse_args()
    if chosen.command == "update":
        return update(chosen.more)
    if chosen.command == "check":
        return check()
    compile_catalogues()
    return 0


if __name__ == "__main__":
    sys.exit(main())
