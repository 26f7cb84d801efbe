"""What becomes of every bank file of a folder: imported, with its sums proven or without balances, or refused and why.

    python tools/bank_samples.py FOLDER [--write docs/bank-formats.md]

Each file is taken in by the verb of the house, on trial, into a database of its own that is dropped afterwards. With
`expected.json` in the folder (format, opening, closing, entries, sum per statement, worked out by other readers) each
result is compared with it. `--write` renews the table between the marks in the document.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BEGIN = "<!-- samples: written by tools/bank_samples.py -->"
END = "<!-- end of samples -->"
# What lies beside the samples: descriptions, licences, the expected results of other projects.
NOT_SAMPLES = {".json", ".yml", ".yaml", ".md"}
NOT_SAMPLE_NAMES = {"LICENSE", "LICENCES", "LICENSES", "SOURCES"}
# A table that does not say it needs an account and a currency: the samples of foreign banks are tried in this one.
CURRENCY = "EUR"


@dataclass(frozen=True, slots=True)
class Found:
    """What became of one sample."""

    path: str
    format: str
    result: str
    detail: str
    difference: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table, or write it into the document; 1 where a result is not what it should be."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--write", type=Path)
    options = parser.parse_args(arguments)
    found = list(try_all(options.folder))
    table = "\n".join(as_table(found))
    if options.write is None:
        print(table)
    else:
        options.write.write_text(replaced(options.write.read_text(encoding="utf-8"), table), encoding="utf-8")
    differing = [sample for sample in found if sample.difference]
    for sample in differing:
        print(f"{sample.path}: {sample.difference}", file=sys.stderr)
    return 1 if differing else 0


def samples_in(folder: Path) -> list[Path]:
    """The bank files below `folder`."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and path.suffix.lower() not in NOT_SAMPLES and path.stem.upper() not in NOT_SAMPLE_NAMES
    )


def try_all(folder: Path) -> Iterator[Found]:
    """Each sample taken in, in a database that is dropped afterwards."""
    from kulanz.cli import opening

    opening.set_up()
    from kulanz.wiring import preparing

    preparing.reach()
    from kulanz.wiring.preparing import scratch_database

    with scratch_database():
        yield from try_in_this_database(folder)


def try_in_this_database(folder: Path) -> Iterator[Found]:
    """Each sample taken in, in the database that is open."""
    from kulanz.kernel import clock
    from kulanz.kernel.acts import by_system
    from kulanz.parties.api import BrandFacts, establish_brand

    act = by_system(clock.now(), "samples")
    facts = BrandFacts(
        code="samples",
        name="Samples",
        legal_name="Samples GmbH",
        street="",
        postcode="",
        city="",
        email="a@example.org",
    )
    brand = establish_brand(act, facts)
    known = folder / "expected.json"
    expected: dict[str, Any] = json.loads(known.read_text(encoding="utf-8")) if known.exists() else {}
    for path in samples_in(folder):
        name = path.relative_to(folder).as_posix()
        yield _try(act, brand, path, name, expected.get(name, {}))


def _try(act: Any, brand: Any, path: Path, name: str, expected: dict[str, Any]) -> Found:
    from django.db import transaction

    from kulanz.kernel.refusals import Refusal
    from kulanz.ledger.api import import_bank_file

    try:
        with path.open("rb") as content, transaction.atomic():
            file = import_bank_file(
                act, brand=brand, name=path.name, content=content, any_account=True, currency=CURRENCY
            )
            # Samples of one bank share accounts and days without being one history: each is tried alone.
            transaction.set_rollback(True)
    except Refusal as refusal:
        return Found(name, expected.get("format") or "", "refused", _reason(refusal), _refusal_difference(expected))
    proven = [statement.balanced for statement in file.statements]
    if any(statement.interim for statement in file.statements):
        result = "announced"
    elif proven and all(proven):
        result = "imported, sums proven"
    else:
        result = "imported, no balances" if not any(proven) else "imported, sums partly proven"
    entries = sum(statement.entries for statement in file.statements)
    detail = f"{len(file.statements)} statements, {entries} entries"
    return Found(name, file.format, result, detail, _difference(file, expected.get("statements")))


def _reason(refusal: Any) -> str:
    """Where and why, in one cell of a table; the file's name stands in another one."""
    from kulanz.ledger.api import UnreadableBankFile

    if isinstance(refusal, UnreadableBankFile):
        reason = f"{refusal.where}: {refusal.reason}"
    else:
        reason = refusal.sentence % {**refusal.fields, "file": "it"}
        reason = reason.removeprefix("it: ").replace("Nothing was imported. ", "")
    return " ".join(reason.replace("|", "\\|").split())


def _refusal_difference(expected: dict[str, Any]) -> str:
    """A file whose statements add up must come in."""
    statements = expected.get("statements") or []
    return "is refused though it adds up" if statements and all(s.get("holds") is True for s in statements) else ""


def _difference(file: Any, expected: list[dict[str, Any]] | None) -> str:
    """In what a file that came in differs from what other readers made of it."""
    if expected is None:
        return ""
    ours = [_figures(s.opening, s.closing, s.entries + s.not_booked, s.total) for s in file.statements]
    theirs = [_figures(s.get("opening"), s.get("closing"), s.get("entries"), s.get("booked_sum")) for s in expected]
    return "" if ours == theirs else f"{ours} instead of {theirs}"


def _figures(opening: Any, closing: Any, entries: int | None, total: Any) -> tuple[str, ...]:
    from decimal import Decimal

    def plain(value: Any) -> str:
        if value is None:
            return "-"
        number = Decimal(value) if isinstance(value, str) else value.decimal
        return f"{number.normalize():f}"

    return (plain(opening), plain(closing), str(entries), plain(total))


def as_table(found: Sequence[Found]) -> Iterator[str]:
    """The table for people."""
    yield "| file | format | what becomes of it | detail |"
    yield "|---|---|---|---|"
    for sample in found:
        yield f"| {sample.path} | {sample.format} | {sample.result} | {sample.detail} |"


def replaced(document: str, table: str) -> str:
    """The document with the table between its marks."""
    before, _, rest = document.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table}\n{END}{after}"


if __name__ == "__main__":
    sys.exit(main())
