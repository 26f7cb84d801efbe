"""`kulanz law`: one question, many questions, the list."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from kulanz.cli import law as law_verb
from kulanz.cli.main import app
from kulanz.law.api import all_cards, card, plain


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "KULANZ_DEBUG"):
        monkeypatch.delenv(name, raising=False)


def law(*arguments: str, lines: str | None = None) -> Result:
    return CliRunner().invoke(app, ["law", *arguments], input=lines, prog_name="kulanz")


def answers(*lines: str) -> list[Any]:
    result = law("--jsonl", lines="\n".join(lines))
    assert result.exit_code == 0
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_one_question_gets_result_rule_reason_and_source() -> None:
    result = law("base_rate", "d=2026-07-01", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "rule": "DF-12",
        "result": "1.52",
        "because": "The base rate is 1.52 percent from 1 July 2026 to 31 December 2026.",
        "source": "BGB § 247(1) s.2-3, (2) (2026-08-19)",
    }


def test_people_read_the_result_first_and_how_it_came_about() -> None:
    result = law("interest", "principal=1000", "first_day=2026-05-15", "paid_on=2026-08-15")
    assert result.stdout.splitlines() == [
        "16.11",
        "€16.11 interest on €1,000.00 for 92 days in default, 5 points above the base rate.",
        "  15 May 2026 to 30 June 2026: 47 days at 6.27 percent (base rate 1.27).",
        "  1 July 2026 to 14 August 2026: 45 days at 6.52 percent (base rate 1.52).",
        f"DF-06: {card('DF-06').source}",
    ]


@pytest.mark.parametrize(
    "words",
    [
        ["receipts=2026-11-02,2026-11-05", "kind=multi", "instructed_on=null"],
        ["receipts=2026-11-02", "receipts=2026-11-05", "kind=multi"],
        ['receipts=["2026-11-02", "2026-11-05"]', "kind=multi", "instructed_on="],
    ],
)
def test_lists_and_unknown_facts_can_be_written_at_the_shell(words: list[str]) -> None:
    assert law("withdrawal_deadline", *words, "subdiv=NW").stdout.splitlines()[0] == "2027-11-19"


def test_what_a_rule_cannot_answer_is_an_error_with_its_reason() -> None:
    result = law("base_rate", "d=2027-01-01", "--json")
    document = json.loads(result.stdout)
    assert (result.exit_code, document["result"], document["rule"]) == (1, "error:LookupError", "DF-12")
    assert "is not known for 1 January 2027" in document["because"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nothing"], "There is no rule function “nothing”."),
        (["base_rate"], "needs the argument “d”"),
        (["base_rate", "d=soon"], "“soon” for the argument “d”"),
        (["base_rate", "day=2026-01-01"], "knows no argument “day”"),
        (["base_rate", "2026-01-01"], "is not KEY=VALUE"),
        (["shift_193", "d=2026-01-01", "subdiv=XX"], "“XX” is not a German federal state"),
        (["list", "d=1"], "takes no facts"),
        (["base_rate", "--jsonl"], "name a rule function"),
        ([], "name a rule function"),
    ],
)
def test_a_wrong_question_is_a_wrong_usage(words: list[str], said: str) -> None:
    result = law(*words)
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())
    assert result.stdout == ""


def test_many_questions_are_answered_in_their_order_and_one_bad_line_harms_no_other() -> None:
    found = answers(
        '{"fn": "base_rate", "args": {"d": "2026-07-01"}}',
        "no json",
        "",
        "[]",
        '{"fn": 1}',
        '{"fn": "base_rate", "args": []}',
        '{"fn": "nothing", "args": {}}',
        '{"fn": "base_rate"}',
        '{"fn": "base_rate", "args": {"d": "2027-01-01"}}',
        '{"fn": "reminder_fee", "args": {"in_default_before": true, "material_cost": 1.10, "claimed": "2.50"}}',
    )
    assert [answer["result"] for answer in found] == [
        "1.52",
        *["error:UnreadableLine"] * 3,
        "error:MissingArgument",
        "error:UnknownFunction",
        "error:MissingArgument",
        "error:LookupError",
        "1.10",
    ]
    assert all({"rule", "result", "because", "source"} <= set(answer) for answer in found)


def test_every_example_of_the_cards_is_answered_as_it_stands_there() -> None:
    examples = [example for rule in all_cards() for example in rule.examples if example.function]
    lines = [
        json.dumps({"fn": example.function, "args": {name: plain(fact) for name, fact in example.facts.items()}})
        for example in examples
    ]
    assert [answer["result"] for answer in answers(*lines)] == [plain(example.expect) for example in examples]


def test_a_mistake_of_ours_costs_one_line_and_shows_in_the_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    ask = law_verb.rules.ask

    def broken(name: str, facts: Any) -> Any:
        if name == "notice_end":
            raise RuntimeError("a bug")
        return ask(name, facts)

    monkeypatch.setattr(law_verb.rules, "ask", broken)
    lines = ['{"fn": "notice_end", "args": {}}', '{"fn": "base_rate", "args": {"d": "2026-07-01"}}']
    result = law("--jsonl", lines="\n".join(lines))
    assert result.exit_code == 3
    assert [json.loads(line)["result"] for line in result.stdout.splitlines()] == ["error:InternalError", "1.52"]


def test_the_list_names_every_rule_and_function_and_who_signed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "signatures.toml"
    signed = card("WD-04")
    file.write_text(
        f'[[signature]]\nrule = "WD-04"\ncard = "{signed.content_hash}"\nname = "RAin Beispiel"\non = 2026-12-01\n'
    )
    monkeypatch.setenv("KULANZ_LAW_SIGNATURES", str(file))
    document = json.loads(law("list", "--json").stdout)
    assert len(document["rules"]) == 93
    by_id = {rule["rule"]: rule for rule in document["rules"]}
    assert (by_id["WD-04"]["signed_by"], by_id["WD-04"]["signed_on"]) == ("RAin Beispiel", "2026-12-01")
    assert [rule["rule"] for rule in document["rules"] if rule["signed_by"]] == ["WD-04"]
    assert {"name", "rule", "call", "purpose"} <= set(document["functions"][0])
    assert "WD-04   Ausnahmen vom Widerrufsrecht / Exclusions (read, signed by RAin Beispiel on 2026-12-01)" in (
        law("list").stdout
    )


def test_signatures_that_cannot_be_read_are_not_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KULANZ_LAW_SIGNATURES", str(tmp_path / "nothing.toml"))
    result = law("list")
    assert result.exit_code == 3
    assert "cannot be read" in result.stderr
