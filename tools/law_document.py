"""Writes docs/law.md: every rule of the law room as a lawyer reads and signs it, with its examples computed.

Called without arguments it writes the page. A test of the house compares the page with the cards.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from kulanz.law import api as law

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "law.md"

FAMILIES = {
    "calendar": "Fristen und Kalender — Periods and calendar",
    "withdrawal": "Widerruf — Withdrawal",
    "defects": "Mängel — Defects",
    "delivery": "Lieferung — Delivery",
    "default": "Verzug, Zinsen, Mahnung — Default, interest, reminders",
    "credit": "Verbraucherkredit — Consumer credit",
    "collecting": "Inkasso — Collection",
    "identity": "Identitätsmissbrauch — Identity misuse",
    "restrictions": "Sperren — Holds",
    "payments": "Zahlungen — Payments",
    "subscriptions": "Abonnements — Subscriptions",
    "service": "Pflichten im Kundendienst — Duties of customer service",
    "breaches": "Phishing und Datenpannen — Phishing and data breaches",
}
CONFIDENCE = {
    law.Confidence.READ: "gelesen — read in the text of the law",
    law.Confidence.CASE_LAW: "Rechtsprechung — decision read in head note or report",
    law.Confidence.SECONDARY: "sekundär — read in public secondary sources only",
    law.Confidence.MEMORY: "aus dem Gedächtnis — not read",
}
DIRECTION = {
    law.Direction.RESTRAINS_US: "bindet uns — restrains us; acts alone, signed or not",
    law.Direction.BURDENS_PERSON: "belastet eine Person — burdens a person; never alone without a signature",
    law.Direction.TECHNICAL: "technisch — a standard, a dated value, a count of days; acts alone and shows its source",
}
ANCHOR = {
    "event_date": "Tag des Ereignisses — day of the event",
    "contract_date": "Vertragsschluss — conclusion of the contract",
    "each_day": "jeder einzelne Tag — each single day",
    "mandate_date": "Auftrag an den Inkassodienstleister — mandate of the collector",
    "report_date": "Tag der Meldung — day of the report",
    "document_date": "Datum des Dokuments — date of the document",
    "supply_date": "Tag der Leistung — day of the supply",
    "display_date": "Tag der Anzeige — day of the display",
}

HEAD = """\
# Das Recht, wie Kulanz es anwendet — The law as Kulanz applies it

*Diese Seite entsteht aus den Karten des Programms (`make law`); sie wird nicht von Hand geändert. Sie ist keine
Rechtsberatung. Jede Regel steht hier, damit eine Anwältin oder ein Anwalt sie prüft und einzeln unterschreibt.*

This page is made from the cards of the program (`make law`) and is not edited by hand. It is no legal advice: every
rule stands here so that a lawyer can examine it and sign it, one by one.

## Was eine Unterschrift bewirkt — What a signature does

A rule may always **restrain us**: stop, cap, give more time, make a duty earlier. It needs no signature for that.
A rule that **burdens a person** (demands, charges, refuses, restricts) acts by itself only if it was read in the text
of the law, is signed, and is in force on its anchor date. Otherwise the program proposes and a person decides.

| the rule would … | read | case law, secondary, memory |
|---|---|---|
| restrain us | alone | alone |
| burden a person, signed and in force | alone | a person decides |
| burden a person, not signed or not in force | a person decides | a person decides |
| apply a standard or a dated value | alone, while in force | alone, while in force |

"Direction" is what the rule usually does. Using the same rule the other way round, such as refusing after a deadline or
charging up to a cap, is a burden and needs the signature all the same.

A signature belongs to the card as it stands: its hash is printed beside the line for signing. Whoever changes a word, a
source or an example of a card takes its signature away. The operator records signatures in the file that the setting
`KULANZ_LAW_SIGNATURES` names:

```toml
[[signature]]
rule = "WD-01"
card = "the hash printed with the rule"
name = "name of the lawyer"
on = 2026-12-01
```

"Version" is the day of the law text that was read. German law was read as of 19 August 2026; what came into force later
was not read: 27 September 2026 (notice on the legal guarantee) and 20 November 2026 (consumer credit; §§ 30, 31, 37a
BDSG).
"""
DOUBTS = """\
## Offene Punkte — Points of doubt

What the program does today stands behind each point; a lawyer decides.

1. Consumer credit law and §§ 30, 37a BDSG as of 20 November 2026 were not read: paying later is offered only where
   CRE-01 exempts it, and nothing is reported to a credit bureau.
2. No law fixes the method of computing interest: every day is a share of its own year (366 in leap years), the first
   day in default counts, the day of payment does not.
3. Whether § 193 moves the long stop of the withdrawal and the end of limitation: it does here, to the later day.
4. Delivery cost on a partial withdrawal: kept, unless the rest would have shipped free. Compensation for use on
   rescission: not claimed.
5. "Reasonable time" for cure has no number in the law: a policy of the shop.
6. Cost of a reminder: own material cost with evidence only; above 1.50 EUR a person looks first.
7. A reminder that gives time for payment puts in default only after it; a date that only the invoice sets does not.
8. A login before the withdrawal function, or hiding it after the period: not done.
9. Whether reviews and customers' pictures make a shop a hosting service under the DSA, and the status of the P2B
   regulation.
10. Structured addresses by bank, the version of EN 301 549, the dates of PSR and PSD3.
11. Collecting under another letterhead or for companies of the group (RDG).
12. The least court fee of 38 EUR rests on two secondary sources.
13. Business interest for obligations from before 29 July 2014 (eight points) rests on memory; it is the lower rate.
14. Austria, Switzerland and the EU minimum are mostly from memory.
"""


def page() -> str:
    """The whole page. Raises ValueError where an example of a card is not what its function computes."""
    parts = [HEAD, *_values(), *_rules(), DOUBTS, *_other_countries()]
    return "\n".join(parts).rstrip() + "\n"


# --- dated values ---


def _values() -> Iterator[str]:
    yield "## Werte mit Datum — Dated values\n"
    yield "Each value counts from its first to its last day. Beyond what is known there is an error, never a guess.\n"
    for parameter in law.all_parameters():
        yield f"### `{parameter.name}`\n"
        yield f"- **Source:** {parameter.reference}"
        yield f"- **Confidence:** {CONFIDENCE[parameter.confidence]}"
        if parameter.note:
            yield f"- **Note:** {parameter.note}"
        if parameter.fixed:
            yield f"- **Values:** {_facts(parameter.fixed)}"
        yield ""
        if parameter.rows:
            yield "| from | to | value |\n|---|---|---|"
            yield from (_row(row) for row in parameter.rows)
            yield ""


def _row(row: law.Row) -> str:
    last = "" if row.last == date.max else row.last.isoformat()
    return f"| {row.first.isoformat()} | {last} | {row.value:f} |"


# --- rules ---


def _rules() -> Iterator[str]:
    yield "## Regeln — Rules\n"
    for family, title in FAMILIES.items():
        yield f"## {title}\n"
        for card in law.all_cards():
            if card.family == family:
                yield from _rule(card)


def _rule(card: law.Card) -> Iterator[str]:
    yield f"### {card.id} {card.title_de} — {card.title_en}\n"
    lines = {
        "Applies": _facts(card.applies),
        "When": card.trigger,
        "Condition": card.condition,
        "The rule": card.computation,
        "The program": card.effect,
        "Functions": ", ".join(f"`{name}`" for name in _functions_of(card)),
        "Source": "; ".join(_source(source) for source in card.sources),
        "Confidence": CONFIDENCE[card.confidence],
        "In force": _in_force(card),
        "Version decided by": ANCHOR[card.anchor],
        "Direction": DIRECTION[card.direction],
        "Notes": card.notes,
    }
    yield from (f"- **{name}:** {text}" for name, text in lines.items() if text)
    yield "\n| example | result | reason |\n|---|---|---|"
    yield from (_example(card, example) for example in card.examples)
    yield f"\nGeprüft und freigegeben — examined and released ({card.id}, card `{card.content_hash}`):\n"
    yield f"Name {'_' * 30} Datum — date {'_' * 14} Unterschrift — signature {'_' * 20}\n"


def _functions_of(card: law.Card) -> list[str]:
    """The functions that mainly stand for the rule, and those its examples call."""
    by_rule = [name for name, function in law.functions().items() if function.rule == card.id]
    called = [example.function for example in card.examples if example.function]
    return list(dict.fromkeys([*by_rule, *called]))


def _source(source: law.Source) -> str:
    quote = f" („{source.quote}“)" if source.quote else ""
    version = f", version {source.text_version.isoformat()}" if source.text_version else ", version not on record"
    return f"{source.law} {source.section}{quote}{version}"


def _in_force(card: law.Card) -> str:
    first = f"from {card.valid_from.isoformat()}" if card.valid_from else ""
    last = f"until {card.valid_until.isoformat()}" if card.valid_until else ""
    return " ".join(filter(None, (first, last)))


def _example(card: law.Card, example: law.Example) -> str:
    note = f" ({example.note})" if example.note else ""
    if example.function is None:
        return _cells(_facts(example.facts) + note, _value(example.expect), "decided by a person")
    result, because = _computed(card, example)
    return _cells(f"`{example.function}` {_facts(example.facts)}{note}", f"**{_value(result)}**", because)


def _computed(card: law.Card, example: law.Example) -> tuple[Any, str]:
    try:
        answer = law.ask(example.function or "", example.facts)
    except law.LawRefusal as refusal:
        result, because = f"error:{refusal.error_name}", refusal.english
    else:
        result, because = law.plain(answer.result), str(answer.because)
    if result != law.plain(example.expect):
        raise ValueError(f"{card.id}: {example.function} answers {result!r}, the card expects {example.expect!r}")
    return result, because


def _cells(*texts: str) -> str:
    return "| " + " | ".join(text.replace("|", "\\|").replace("\n", "⏎") for text in texts) + " |"


# --- other countries ---


def _other_countries() -> Iterator[str]:
    yield "## Andere Länder — Other countries\n"
    yield "Shown for examination; no function computes with these lines. The functions above are German law.\n"
    for country in law.countries():
        if not country.topics:
            continue
        yield f"### {country.code}\n"
        if country.note:
            yield f"{country.note}\n"
        yield "| topic | rule | source | confidence |\n|---|---|---|---|"
        yield from (_topic(topic) for topic in country.topics)
        yield f"\nCalendar: {country.calendar}\n"


def _topic(topic: law.Topic) -> str:
    says = _facts(topic.says)
    note = f" ({topic.note})" if topic.note else ""
    return _cells(topic.topic.replace("_", " "), says + note, topic.source, topic.confidence.value)


# --- values as text ---


def _facts(facts: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={_value(value)}" for name, value in facts.items())


def _value(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Mapping):
        return "{" + _facts(value) + "}"
    if isinstance(value, str):
        return value
    if isinstance(value, Iterable):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    return str(value)


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
