"""`import orders`, `import bank`: what comes in as files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kulanz.cli import opening
from kulanz.cli.failures import said, sentence_of
from kulanz.cli.output import Answer, Exit, working
from kulanz.cli.verbs import group, verb
from kulanz.kernel.acts import Act
from kulanz.kernel.refusals import Refusal

if TYPE_CHECKING:
    from kulanz.ledger.api import ImportedFile, ImportedStatement
    from kulanz.parties.api import Brand
    from kulanz.shop.api import RowError


def register(app: typer.Typer) -> None:
    """Make the commands known."""
    incoming = group("import", "Take in files of the shop and the bank.")
    verb(incoming, "orders", example="kulanz import orders orders.csv --mapping kulanz --json")(orders)
    verb(incoming, "bank", example="kulanz import bank monday.xml tuesday.xml --json")(bank)
    app.add_typer(incoming)


def orders(
    file: Annotated[Path, typer.Argument(help="A CSV file, plain or gzipped.", metavar="FILE")],
    mapping: Annotated[
        str, typer.Option(help="What the columns mean: kulanz, online-retail or subscriptions.")
    ] = "kulanz",
) -> Answer:
    """Take in a shop's orders, or its subscriptions.

    The whole file or nothing of it; a file that comes again changes nothing.
    """
    # Opened before the database is: a mistyped name should not take a second to be found out.
    with file.open("rb") as content:
        opening.open_books()
        from kulanz.parties.api import the_brand
        from kulanz.shop.api import import_order_file

        act = opening.act(f"import orders {file.name}")
        try:
            with working(f"Importing {file.name}"):
                result = import_order_file(act, brand=the_brand(), file=content, mapping=mapping)
        except Refusal as refusal:
            if refusal.code not in {"order_changed", "invoice_changed", "subscription_changed"}:
                raise
            error = {"line": None, "column": "", "code": refusal.code, "reason": sentence_of(refusal)}
            return _refused_orders(file, [error])
    if isinstance(result, tuple):
        return _refused_orders(file, [_row_error(e) for e in result])
    document = {**asdict(result), "errors": []}

    def lines() -> Iterator[str]:
        for name, count in asdict(result).items():
            yield f"{name.replace('_', ' '):<14}{count:>10,}"

    return Answer(document, lines)


def _row_error(error: RowError) -> dict[str, Any]:
    from django.utils.translation import gettext

    reason = gettext(error.sentence) % dict(error.fields)
    return {"line": error.line, "column": error.column, "code": error.code, "reason": reason}


def _refused_orders(file: Path, errors: list[dict[str, Any]]) -> Answer:
    def lines() -> Iterator[str]:
        for error in errors:
            place = f"{file}:{error['line']}" if error["line"] else str(file)
            yield f"{place}: {error['column'] + ': ' if error['column'] else ''}{error['reason']}"
        yield "Nothing was imported."

    from kulanz.shop.api import ImportedOrders

    nothing = dict.fromkeys((count.name for count in fields(ImportedOrders)), 0)
    return Answer({**nothing, "errors": errors}, lines, Exit.FOUND_WRONG)


def bank(
    files: Annotated[
        list[Path],
        typer.Argument(help="Bank statements: camt, MT940, MT942, OFX, CSV exports; also zipped.", metavar="FILE…"),
    ],
    any_account: Annotated[
        bool, typer.Option("--any-account", help="Also take accounts that are not configured (for trials).")
    ] = False,
    account: Annotated[
        str | None,
        typer.Option("--account", help="Whose statement it is, for files that do not say it.", metavar="IBAN"),
    ] = None,
    currency: Annotated[
        str | None, typer.Option("--currency", help="The currency, for files that do not say it.", metavar="CODE")
    ] = None,
) -> Answer:
    """Take in bank statements.

    Each file whole or not at all; if one is refused, the others still come in. Then run `kulanz match`.
    """
    opening.open_books()
    from kulanz.parties.api import the_brand

    act = opening.act("import bank " + " ".join(file.name for file in files))
    brand = the_brand()
    ends: list[Exit] = []
    results: list[dict[str, Any]] = []
    for file in files:
        with working(f"Importing {file.name}"):
            end, result = _import_bank_file(act, brand, file, any_account=any_account, hints=(account, currency))
        ends.append(end)
        results.append(result)
    return Answer({"files": results}, lambda: (line for result in results for line in _bank_lines(result)), max(ends))


def _import_bank_file(
    act: Act, brand: Brand, file: Path, *, any_account: bool, hints: tuple[str | None, str | None]
) -> tuple[Exit, dict[str, Any]]:
    """One file's result; a refusal or an unreadable file is its result, so that the other files still come in."""
    from kulanz.ledger.api import import_bank_file

    account, currency = hints
    try:
        with file.open("rb") as content:
            imported = import_bank_file(
                act,
                brand=brand,
                name=file.name,
                content=content,
                any_account=any_account,
                account=account,
                currency=currency,
            )
    except OSError as error:
        return Exit.CANNOT_RUN, _failed_file(file, "file_trouble", error.strerror or str(error))
    except Refusal as refusal:
        return Exit.FOUND_WRONG, _failed_file(file, refusal.code, sentence_of(refusal))
    return Exit.DONE, _imported_file(file, imported)


def _imported_file(file: Path, imported: ImportedFile) -> dict[str, Any]:
    return {
        "file": str(file),
        "format": imported.format,
        "accounts": [_account(statement) for statement in imported.statements],
        "new": imported.new,
        "duplicates": imported.duplicates,
        "announced": imported.announced,
        "notes": [said(note) for statement in imported.statements for note in statement.notes],
        "gaps": [said(gap) for gap in imported.gaps],
        "error": None,
        "code": None,
    }


def _account(statement: ImportedStatement) -> dict[str, Any]:
    return {
        "iban": statement.iban,
        "opening": None if statement.opening is None else statement.opening.as_json(),
        "closing": None if statement.closing is None else statement.closing.as_json(),
        "entries": statement.entries,
        "total": None if statement.total is None else statement.total.as_json(),
        "balanced": statement.balanced,
        "interim": statement.interim,
        "statement": statement.number,
    }


def _failed_file(file: Path, code: str, sentence: str) -> dict[str, Any]:
    return {
        "file": str(file),
        "format": None,
        "accounts": [],
        "new": 0,
        "duplicates": 0,
        "announced": 0,
        "notes": [],
        "gaps": [],
        "error": sentence,
        "code": code,
    }


def _bank_lines(result: dict[str, Any]) -> Iterator[str]:
    if result["error"]:
        yield f"{result['file']}: {result['error']}"
        return
    told = f", {result['announced']} announced" if result["announced"] else ""
    yield f"{result['file']}: {result['format']}, {result['new']} new, {result['duplicates']} known before{told}"
    yield from (f"    {sentence}" for sentence in (*result["notes"], *result["gaps"]))
