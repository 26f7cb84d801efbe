"""`law`: ask the statutory rules, one by one or many a second; list them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Any

import typer

from kulanz.cli import opening
from kulanz.cli.failures import explain, sentence_of
from kulanz.cli.output import Answer, Exit
from kulanz.cli.verbs import verb
from kulanz.law import api as rules

# The answer to a line that is no question at all.
_UNREADABLE = {"rule": None, "result": "error:UnreadableLine", "source": None}


def register(app: typer.Typer) -> None:
    """Make the command known."""
    verb(app, "law", example="kulanz law interest principal=79.90 first_day=2026-09-01 paid_on=2026-11-21")(law)


def law(
    name: Annotated[str | None, typer.Argument(metavar="[list|FN]", help="A rule function, or `list`.")] = None,
    facts: Annotated[
        list[str] | None, typer.Argument(metavar="[KEY=VALUE]…", help="Its facts; lists with commas, null is unknown.")
    ] = None,
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help='One {"fn": …, "args": {…}} a line on standard input, one answer a line.')
    ] = False,
) -> Answer | None:
    """Ask a statutory rule: the result, the rule that gave it, the reason, the source.

    `kulanz law list` shows all rules and functions. Nothing is looked up in the database and nothing is changed.
    """
    if jsonl == (name is not None):
        raise typer.BadParameter("name a rule function, `list`, or --jsonl.", param_hint="FN")
    opening.set_up()
    if name is None:
        if not _answer_lines(sys.stdin.buffer):
            raise typer.Exit(Exit.CANNOT_RUN)
        return None
    if name == "list":
        if facts:
            raise typer.BadParameter("`law list` takes no facts.", param_hint="KEY=VALUE")
        return _listing()
    return _answer(name, _facts(facts or []))


def _facts(given: list[str]) -> dict[str, Any]:
    """`key=value` words; a key that is named twice is a list."""
    facts: dict[str, Any] = {}
    for word in given:
        key, separator, value = word.partition("=")
        if not separator or not key:
            raise typer.BadParameter(f"{word!r} is not KEY=VALUE.", param_hint="KEY=VALUE")
        if key in facts:
            earlier = facts[key]
            facts[key] = [*(earlier if isinstance(earlier, list) else [earlier]), value]
        else:
            facts[key] = None if value.strip().lower() in {"", "null"} else value
    return facts


def _answer(name: str, facts: Mapping[str, Any]) -> Answer:
    """One answer. What a rule refuses is an answer too; a wrong question is a wrong usage."""
    try:
        answer = rules.ask(name, facts)
    except (rules.BeyondKnownValues, rules.OlderLaw, rules.ImpossibleFacts) as refusal:
        document = _refused(refusal, rules.functions()[name].rule)
        return Answer(document, lambda: [str(document["because"])], Exit.FOUND_WRONG)
    document = _document(answer)
    return Answer(document, lambda: _lines(document))


def _document(answer: rules.Answer[Any]) -> dict[str, Any]:
    from kulanz.ui.refusals import say_phrase

    document: dict[str, Any] = {
        "rule": answer.rule,
        "result": rules.plain(answer.result),
        "because": say_phrase(answer.because),
        "source": answer.source,
    }
    if answer.steps:
        document["steps"] = [say_phrase(step) for step in answer.steps]
    if answer.calendar:
        document["calendar"] = answer.calendar
    return document


def _refused(refusal: rules.LawRefusal, rule: str | None) -> dict[str, Any]:
    return {
        "rule": rule,
        "result": f"error:{refusal.error_name}",
        "because": sentence_of(refusal),
        "source": rules.card(rule).source if rule else None,
    }


def _lines(document: Mapping[str, Any]) -> Iterator[str]:
    result = document["result"]
    yield result if isinstance(result, str) else json.dumps(result, ensure_ascii=False)
    yield document["because"]
    yield from (f"  {step}" for step in document.get("steps", ()))
    yield f"{document['rule']}: {document['source']}"


# --- many questions ---


def _answer_lines(lines: Iterable[bytes]) -> bool:
    """One answer for every line that is not blank, at once, in the same order. False if a mistake of ours was met."""
    sound = True
    for line in lines:
        if not line.strip():
            continue
        try:
            document = _answer_line(line)
        except Exception as error:
            # The lines know nothing of each other: the mistake is noted, and the other questions are still answered.
            sound = False
            document = {"rule": None, "result": "error:InternalError", "because": explain(error)[1], "source": None}
        sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")
        sys.stdout.flush()
    return sound


def _answer_line(line: bytes) -> dict[str, Any]:
    try:
        question = json.loads(line.decode(), parse_float=Decimal)
    except (ValueError, RecursionError):
        return {**_UNREADABLE, "because": 'The line is not JSON of the form {"fn": "…", "args": {…}}.'}
    function = question.get("fn") if isinstance(question, dict) else None
    facts = (question.get("args") or {}) if isinstance(question, dict) else None
    if not isinstance(function, str) or not isinstance(facts, dict):
        return {**_UNREADABLE, "because": 'The line needs "fn", a text, and "args", an object.'}
    try:
        return _document(rules.ask(function, facts))
    except rules.LawRefusal as refusal:
        known = rules.functions().get(function)
        return _refused(refusal, known.rule if known else None)


# --- the list ---


def _listing() -> Answer:
    from kulanz.infra import config

    signatures = rules.read_signatures(config.load().law_signatures)
    cards = rules.all_cards()
    document = {
        "rules": [_card(card, signatures) for card in cards],
        "functions": [
            {"name": f.name, "rule": f.rule, "call": f.signature, "purpose": f.purpose}
            for f in rules.functions().values()
        ],
    }

    def lines() -> Iterator[str]:
        for card in cards:
            signature = signatures.of(card)
            signed = f"signed by {signature.name} on {signature.on.isoformat()}" if signature else "not signed"
            yield f"{card.id:7} {card.title_de} / {card.title_en} ({card.confidence.value}, {signed})"
        yield ""
        yield from (f"{f.rule:7} {f.signature}" for f in rules.functions().values())

    return Answer(document, lines)


def _card(card: rules.Card, signatures: rules.Signatures) -> dict[str, Any]:
    signature = signatures.of(card)
    return {
        "rule": card.id,
        "title_de": card.title_de,
        "title_en": card.title_en,
        "source": card.source,
        "confidence": card.confidence.value,
        "direction": card.direction.value,
        "anchor": card.anchor,
        "text_version": rules.plain(card.text_version),
        "valid_from": rules.plain(card.valid_from),
        "valid_until": rules.plain(card.valid_until),
        "card": card.content_hash,
        "signed_by": signature.name if signature else None,
        "signed_on": rules.plain(signature.on) if signature else None,
    }
