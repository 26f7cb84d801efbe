"""The commands in one process, on the books of the tests: what they print, and how they end."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from tests import builders as b
from typer.main import get_command
from typer.testing import CliRunner, Result

from kulanz.cli import failures, opening
from kulanz.cli.access import RoleName
from kulanz.cli.main import app
from kulanz.cli.money import Kind, State
from kulanz.holds.api import HoldState
from kulanz.infra.models import AuditEntry
from kulanz.kernel.refusals import Refusal, Trouble
from kulanz.ledger.api import BankAccount, BankLine, ClaimState, Dispute, DisputeKind, find_claim
from kulanz.parties.api import Role, User

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 100
ORDERS = (
    "order_number,ordered_at,customer_number,customer_name,sku,title,quantity,unit_price,currency,"
    "invoice_number,invoice_date\n"
    "B1,2026-03-01T10:00:00,K1,Frieda Anders,A,Kanne,2,10.25,EUR,R1,2026-03-01\n"
)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KULANZ_NOW", "2026-11-20T10:00")
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "KULANZ_DEBUG"):
        monkeypatch.delenv(name, raising=False)


def kulanz(*arguments: str, words: str | None = None) -> Result:
    """The program, called as from a shell."""
    return CliRunner().invoke(app, list(arguments), input=words, prog_name="kulanz")


def document(result: Result) -> Any:
    """Exactly one JSON document and nothing else."""
    return json.loads(result.stdout)


def commands(command: Any, words: tuple[str, ...] = ("kulanz",)) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command with the words that call it."""
    if hasattr(command, "commands"):
        for name, inner in command.commands.items():
            yield from commands(inner, (*words, name))
    else:
        yield words, command


EVERY_COMMAND = dict(commands(get_command(app)))


# --- help ---


@pytest.mark.parametrize("words", EVERY_COMMAND, ids=" ".join)
def test_every_command_shows_an_example_that_it_accepts(words: tuple[str, ...]) -> None:
    command = EVERY_COMMAND[words]
    example = command.epilog.removeprefix("Example: ")
    assert example in " ".join(kulanz(*words[1:], "--help").stdout.split())
    called = shlex.split(example)
    assert tuple(called[: len(words)]) == words
    command.make_context(" ".join(words), called[len(words) :]).close()


@pytest.mark.parametrize("words", EVERY_COMMAND, ids=" ".join)
def test_every_command_understands_the_options_of_all(words: tuple[str, ...]) -> None:
    options = {option for parameter in EVERY_COMMAND[words].params for option in parameter.opts}
    assert {"--data-dir", "--database-url", "--now", "--lang", "--json"} <= options


def test_the_choices_are_those_of_the_rooms() -> None:
    assert get_args(State) == tuple(ClaimState)
    assert get_args(Kind) == tuple(DisputeKind)
    assert [name.value for name in RoleName] == [role.value for role in Role]


def test_every_refusal_named_as_cannot_run_exists() -> None:
    def below(kind: type[Refusal]) -> Iterator[str]:
        yield kind.code
        for narrower in kind.__subclasses__():
            yield from below(narrower)

    import kulanz.demo.api  # noqa: F401 - loads the refusals of the demo, the server and the embedded database

    assert set(below(Refusal)) >= failures._CANNOT_RUN | failures._WRONG_USAGE


# --- wrong usage, refusals, trouble, bugs ---


@pytest.mark.parametrize(
    "arguments",
    [
        ("no-such-command",),
        ("claims", "--state", "paid"),
        ("object", "RE1"),
        ("object", "RE1", "--kind", "because"),
        ("verify", "--now", "yesterday"),
        ("--now", "yesterday", "verify"),
        ("explain", "RE1", "--lang", "fr"),
        ("bench", "ledger", "--size", "0"),
        ("serve", "--port", "70000"),
        ("bank-account", "add", "DE00120300000000202051", "--holder", "X"),
        ("user", "add", "x@example.org", "--name", "X", "--role", "king"),
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2_and_prints_nothing_on_standard_output(arguments: tuple[str, ...]) -> None:
    result = kulanz(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Traceback" not in result.stderr


@pytest.mark.django_db
def test_a_refusal_is_a_sentence_a_document_and_a_1() -> None:
    result = kulanz("explain", "NOTHING", "--json")
    sentence = "There is nothing here under “NOTHING”. Check the reference and try again."
    assert result.exit_code == 1
    assert document(result) == {"error": {"code": "not_found", "message": sentence}}
    assert result.stderr == sentence + "\n"


@pytest.mark.django_db
def test_a_refusal_is_said_in_the_readers_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    german = kulanz("explain", "NOTHING").stderr
    assert german.startswith("Unter „NOTHING“")
    assert kulanz("explain", "NOTHING", "--lang", "en").stderr.startswith("There is nothing here")
    assert kulanz("--lang", "en", "explain", "NOTHING").stderr.startswith("There is nothing here")
    assert kulanz("explain", "NOTHING").stderr == german


@pytest.mark.django_db
def test_trouble_ends_with_3(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise Trouble("The mail server did not answer.")

    monkeypatch.setattr(opening, "open_books", fail)
    result = kulanz("verify", "--json")
    assert (result.exit_code, result.stderr) == (3, "The mail server did not answer.\n")
    assert document(result)["error"]["code"] == "trouble"


def bug() -> None:
    raise AssertionError("the books do not balance")


@pytest.mark.django_db
def test_a_bug_is_no_traceback_but_a_place_where_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "open_books", bug)
    result = kulanz("verify", "--json")
    assert result.exit_code == 3
    assert "Traceback" not in result.output
    assert document(result)["error"]["code"] == "internal_error"
    assert result.stderr.startswith("Internal error (AssertionError).")
    log = Path(result.stderr.rstrip(".\n").rpartition(" ")[2])
    assert "the books do not balance" in json.loads(log.read_text().splitlines()[-1])["traceback"]


def test_a_bug_shows_its_traceback_to_who_looks_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "open_books", bug)
    monkeypatch.setenv("KULANZ_DEBUG", "1")
    result = kulanz("verify")
    assert result.exit_code == 3
    assert "AssertionError: the books do not balance" in result.stderr


def test_ctrl_c_is_no_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(opening, "open_books", interrupt)
    result = kulanz("verify")
    assert (result.exit_code, result.output) == (130, "")


def test_options_stand_before_or_after_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "open_books", bug)
    for arguments in (("--now", "2026-01-02", "verify"), ("verify", "--now", "2026-01-02")):
        monkeypatch.setenv("KULANZ_NOW", "2026-11-20")
        kulanz(*arguments)
        assert os.environ["KULANZ_NOW"] == "2026-01-02"


# --- what comes in ---


@pytest.mark.django_db
def test_orders_come_in_once(tmp_path: Path) -> None:
    b.a_shop()
    file = tmp_path / "orders.csv"
    file.write_text(ORDERS)
    first, second = (kulanz("import", "orders", str(file), "--json") for _ in range(2))
    counts = ("customers", "orders", "invoices", "duplicates", "errors")
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert [document(first)[name] for name in counts] == [1, 1, 1, 0, []]
    assert [document(second)[name] for name in counts] == [1, 0, 0, 2, []]
    assert str(find_claim("R1").balance.outstanding) == "20.50 EUR"


@pytest.mark.django_db
def test_a_bad_row_refuses_the_file_and_says_where(tmp_path: Path) -> None:
    b.a_shop()
    file = tmp_path / "orders.csv"
    file.write_text(ORDERS.replace("10.25", "ten"))
    result = kulanz("import", "orders", str(file), "--json")
    assert result.exit_code == 1
    assert document(result)["orders"] == 0
    [error] = document(result)["errors"]
    assert (error["line"], error["column"]) == (2, "unit_price")
    assert error["reason"].startswith("“ten” is not a price.")
    assert kulanz("import", "orders", str(file)).stdout.endswith("Nothing was imported.\n")
    assert kulanz("explain", "R1").exit_code == 1


@pytest.mark.django_db
def test_an_order_that_changed_refuses_the_file(tmp_path: Path) -> None:
    b.a_shop()
    file = tmp_path / "orders.csv"
    file.write_text(ORDERS)
    kulanz("import", "orders", str(file))
    file.write_text(ORDERS.replace("10.25", "10.26"))
    result = kulanz("import", "orders", str(file), "--json")
    assert result.exit_code == 1
    [error] = document(result)["errors"]
    assert error["code"] == "order_changed"
    assert str(find_claim("R1").balance.outstanding) == "20.50 EUR"


@pytest.mark.django_db
def test_an_unknown_mapping_is_wrong_usage(tmp_path: Path) -> None:
    b.a_shop()
    file = tmp_path / "orders.csv"
    file.write_text(ORDERS)
    assert kulanz("import", "orders", str(file), "--mapping", "klingon").exit_code == 2


def test_a_file_that_is_not_there_cannot_be_imported(tmp_path: Path) -> None:
    result = kulanz("import", "orders", str(tmp_path / "orders.csv"), "--json")
    assert result.exit_code == 3
    assert document(result)["error"]["code"] == "file_trouble"
    assert "orders.csv" in result.stderr


@pytest.mark.django_db
def test_bank_files_come_in_and_one_bad_file_stops_no_other(tmp_path: Path) -> None:
    b.our_bank()
    good, bad = tmp_path / "good.xml", tmp_path / "bad.xml"
    good.write_bytes(b.a_bank_file(("120.50", "RE1"), ("-5.00", "fee")))
    bad.write_bytes(b"no bank file")
    result = kulanz("import", "bank", str(bad), str(good), "--json")
    assert result.exit_code == 1
    refused, taken = document(result)["files"]
    assert refused["file"] == str(bad)
    assert refused["error"].startswith("bad.xml is not a bank file")
    assert (refused["accounts"], refused["new"], refused["format"]) == ([], 0, None)
    assert taken == {
        "file": str(good),
        "format": "camt.053",
        "accounts": [
            {
                "iban": b.OUR_IBAN,
                "opening": {"amount": "1000.00", "currency": "EUR"},
                "closing": {"amount": "1115.50", "currency": "EUR"},
                "entries": 2,
                "total": {"amount": "115.50", "currency": "EUR"},
                "balanced": True,
                "interim": False,
                "statement": taken["accounts"][0]["statement"],
            }
        ],
        "new": 2,
        "duplicates": 0,
        "announced": 0,
        "notes": [],
        "gaps": [],
        "error": None,
        "code": None,
    }
    again = kulanz("import", "bank", str(good), "--json")
    assert again.exit_code == 0
    assert [(f["new"], f["duplicates"]) for f in document(again)["files"]] == [(0, 2)]


@pytest.mark.django_db
def test_a_bank_file_that_cannot_be_read_is_a_3_and_the_others_still_come_in(tmp_path: Path) -> None:
    b.our_bank()
    good = tmp_path / "good.xml"
    good.write_bytes(b.a_bank_file(("120.50", "RE1")))
    result = kulanz("import", "bank", str(tmp_path / "none.xml"), str(good), "--json")
    assert result.exit_code == 3
    assert [(f["code"], f["new"]) for f in document(result)["files"]] == [("file_trouble", 0), (None, 1)]


@pytest.mark.django_db
def test_foreign_accounts_come_in_only_for_trials(tmp_path: Path) -> None:
    b.a_shop()
    file = tmp_path / "foreign.xml"
    file.write_bytes(b.a_bank_file(("1.00", "x")).replace(b.OUR_IBAN.encode(), b"DE75512108001245126199"))
    assert document(kulanz("import", "bank", str(file), "--json"))["files"][0]["code"] == "not_our_bank_account"
    trial = kulanz("import", "bank", str(file), "--any-account", "--json")
    assert (trial.exit_code, document(trial)["files"][0]["new"]) == (0, 1)


# --- money ---


@pytest.mark.django_db
def test_a_dry_run_decides_and_the_real_run_books() -> None:
    claim = b.an_invoice(b.a_customer())
    b.bank_lines(b.a_bank_file(("120.50", claim.title), ("7.00", "who knows")))
    counts = ("booked", "suggested", "unmatched")
    dry, real = kulanz("match", "--dry-run", "--json"), kulanz("match", "--json")
    assert [document(dry)[name] for name in counts] == [1, 0, 1]
    assert [document(real)[name] for name in counts] == [1, 0, 1]
    assert document(real)["seconds"] >= 0
    assert find_claim(claim.title).balance.state is ClaimState.SETTLED
    assert BankLine.objects.filter(allocated_cents=12050).count() == 1


@pytest.mark.django_db
def test_claims_are_listed_with_their_derived_state() -> None:
    account, other = b.a_customer(), b.a_customer("Horst Brandt")
    claim = b.an_invoice(account, "120.50")
    b.an_invoice(other, "30.00")
    kulanz("object", claim.reference, "--kind", "wrong_amount")
    expected = {
        "reference": claim.reference,
        "invoice": claim.title,
        "debtor": account.number,
        "due": "2026-03-15",
        "amount": {"amount": "120.50", "currency": "EUR"},
        "open": {"amount": "120.50", "currency": "EUR"},
        "state": "disputed",
    }
    assert document(kulanz("claims", "--customer", account.number, "--json")) == {"claims": [expected]}
    assert document(kulanz("claims", "--state", "disputed", "--json"))["claims"] == [expected]
    assert document(kulanz("claims", "--customer", account.number, "--state", "open", "--json")) == {"claims": []}
    lines = kulanz("claims", "--customer", account.number).stdout.splitlines()
    assert len(lines) == 2
    assert lines[1].split() == [
        "2026-03-15", claim.reference, claim.title, account.number, "120.50", "EUR", "120.50", "EUR", "disputed",
    ]  # fmt: skip


@pytest.mark.django_db
def test_the_claims_of_somebody_unknown_are_refused_not_empty() -> None:
    result = kulanz("claims", "--customer", "K0", "--json")
    assert (result.exit_code, document(result)["error"]["code"]) == (1, "not_found")


@pytest.mark.django_db
@pytest.mark.parametrize("count", [2, 30])
def test_listing_claims_takes_one_query_however_many_there_are(count: int, django_assert_max_num_queries: Any) -> None:
    account = b.a_customer()
    for _ in range(count):
        b.an_invoice(account)
    from kulanz.cli.money import _claims

    with django_assert_max_num_queries(2):
        assert len(list(_claims(account.number, "open"))) == count


@pytest.mark.django_db
def test_a_story_is_told_in_both_languages() -> None:
    claim = b.an_invoice(b.a_customer())
    english, german = (document(kulanz("explain", claim.title, "--lang", lang, "--json")) for lang in ("en", "de"))
    assert english["sentence"] == (
        f"Invoice {claim.title} of 1 March 2026 over €120.50 is open: €120.50, due on 15 March 2026."
    )
    assert "120,50\xa0€" in german["sentence"]
    assert [fact["title"] for fact in english["facts"]] != [fact["title"] for fact in german["facts"]]
    assert [step["step"] for step in english["next_steps"]] == ["pay", "object", "add_proof", "ask"]
    assert kulanz("explain", claim.title).stdout.startswith(english["sentence"])


@pytest.mark.django_db
def test_an_objection_pauses_and_says_who_decides_by_when(tmp_path: Path) -> None:
    claim = b.an_invoice(b.a_customer())
    proof = tmp_path / "receipt.png"
    proof.write_bytes(PNG)
    arguments = ("object", claim.title, "--kind", "already_paid", "--amount", "20.50", "--proof", str(proof), "--json")
    result = kulanz(*arguments)
    dispute = Dispute.objects.get(claim=claim)
    assert result.exit_code == 0
    assert document(result) == {
        "claim": claim.reference,
        "state": "disputed",
        "decision_due": "2026-11-27",
        "dispute": dispute.reference,
        "kind": "already_paid",
        "amount": {"amount": "20.50", "currency": "EUR"},
        "new": True,
    }
    assert dispute.proofs.count() == 1
    again = kulanz("object", claim.title, "--kind", "already_paid", "--amount", "20.50", "--json")
    assert (document(again)["dispute"], document(again)["new"]) == (dispute.reference, False)
    note = AuditEntry.objects.get(what="dispute raised", subject_id=claim.pk)
    assert note.actor == "command line"
    assert note.why.startswith(f"kulanz object {claim.title}, called by ")


@pytest.mark.django_db
def test_an_objection_that_cannot_be_kept_changes_nothing(tmp_path: Path) -> None:
    claim = b.an_invoice(b.a_customer())
    proof = tmp_path / "receipt.png"
    proof.write_bytes(b"not a picture")
    objection = ("object", claim.title, "--kind", "other")
    assert kulanz(*objection, "--proof", str(proof)).exit_code == 1
    assert kulanz(*objection, "--proof", str(tmp_path / "none.png")).exit_code == 3
    assert kulanz(*objection, "--amount", "12,50").exit_code == 2
    assert kulanz(*objection, "--amount", "1.000").exit_code == 2
    assert kulanz(*objection, "--amount", "120.51").exit_code == 1
    assert kulanz(*objection, "--amount", "0").exit_code == 1
    assert not Dispute.objects.filter(claim=claim).exists()


# --- checks ---


@pytest.mark.django_db
def test_verify_names_every_check(monkeypatch: pytest.MonkeyPatch) -> None:
    hold = b.a_payment_hold(b.an_invoice(b.a_customer()), on="2026-06-01")
    result = kulanz("verify", "--json")
    assert (hold.state, result.exit_code, document(result)["ok"]) == (HoldState.ACTIVE.value, 0, True)
    assert all(check["ok"] and check["offenders"] == [] for check in document(result)["checks"])
    assert "every transaction sums to zero per currency" in {check["name"] for check in document(result)["checks"]}


@pytest.mark.django_db
def test_verify_ends_with_1_and_names_the_offender(monkeypatch: pytest.MonkeyPatch) -> None:
    from kulanz.wiring import verify

    broken = [verify.Verified("every claim has a debtor", ["RF18X"]), verify.Verified("all is well", [])]
    monkeypatch.setattr(verify, "verify", lambda: broken)
    result = kulanz("verify", "--json")
    assert result.exit_code == 1
    assert document(result) == {
        "ok": False,
        "checks": [
            {"name": "every claim has a debtor", "ok": False, "offenders": ["RF18X"]},
            {"name": "all is well", "ok": True, "offenders": []},
        ],
    }
    assert "✗ every claim has a debtor\n    RF18X\n" in kulanz("verify").stdout


# --- who may come in ---


@pytest.mark.django_db
def test_a_login_is_made_with_a_password_nobody_sees() -> None:
    account = b.a_customer()
    arguments = ("user", "add", "Dana@Shop.example", "--name", "Dana Vogt", "--role", "finance", "--role", "customer")
    result = kulanz(*arguments, "--account", account.number, "--password-stdin", "--json", words="lindgrün-und-leise\n")
    assert result.exit_code == 0
    assert document(result) == {
        "email": "dana@shop.example",
        "name": "Dana Vogt",
        "roles": ["customer", "finance"],
        "accounts": [account.number],
    }
    user = User.objects.get(email="dana@shop.example")
    assert user.check_password("lindgrün-und-leise")
    assert kulanz(*arguments, "--password-stdin", words="lindgrün-und-leise\n").exit_code == 1


@pytest.mark.django_db
def test_a_weak_password_makes_no_login() -> None:
    arguments = ("user", "add", "x@shop.example", "--name", "X", "--role", "agent")
    result = kulanz(*arguments, "--password-stdin", "--json", words="123456\n")
    assert (result.exit_code, document(result)["error"]["code"]) == (1, "password_too_weak")
    assert kulanz(*arguments).exit_code == 2  # no terminal to ask
    assert not User.objects.filter(email="x@shop.example").exists()


@pytest.mark.django_db
def test_keys_and_endpoints_are_shown_once() -> None:
    b.a_shop()
    key = document(kulanz("key", "create", "web shop", "--json"))
    assert key["name"] == "web shop"
    assert key["key"].startswith("kz_")
    endpoint = document(kulanz("endpoint", "add", "https://shop.example/kulanz", "--json"))
    assert endpoint["secret"].startswith("whsec_")
    assert kulanz("endpoint", "add", "http://shop.example/kulanz").exit_code == 1


@pytest.mark.django_db
def test_a_bank_account_of_ours_is_known_by_its_iban() -> None:
    b.a_shop()
    arguments = ("bank-account", "add", "DE75 5121 0800 1245 1261 99", "--holder", "Lindenhof GmbH", "--json")
    assert document(kulanz(*arguments)) == document(kulanz(*arguments))
    assert BankAccount.objects.filter(iban="DE75512108001245126199", on_trial=False).count() == 1


@pytest.mark.django_db
def test_an_account_without_statements_can_be_told_to_book_its_reports_and_back() -> None:
    b.a_shop()
    arguments = ("bank-account", "add", "DE75512108001245126199", "--holder", "Lindenhof GmbH", "--json")
    said = [document(kulanz(*arguments, *wish)) for wish in (("--books-interim",), (), ("--books-statements",))]
    assert [answer["books_interim"] for answer in said] == [True, True, False]
