"""What is printed: one document, however long, or text for people."""

import io
import json

from kulanz.cli.output import Answer, Printer, write_json


def written(document: dict[str, object]) -> str:
    out = io.StringIO()
    write_json(document, out)
    return out.getvalue()


def test_an_array_may_be_written_while_it_is_read() -> None:
    rows = ({"number": number} for number in range(3))
    assert json.loads(written({"name": "Müller", "rows": rows, "none": iter(())})) == {
        "name": "Müller",
        "rows": [{"number": 0}, {"number": 1}, {"number": 2}],
        "none": [],
    }


def test_nothing_to_say_is_a_document_too() -> None:
    assert json.loads(written({})) == {}


def test_a_failure_after_the_document_does_not_print_a_second_one(capsys) -> None:
    printer = Printer(as_json=True)
    printer.print(Answer({"urls": {}}, list))
    printer.print_failure("trouble", "The worker did not stay up.")
    printed = capsys.readouterr()
    assert json.loads(printed.out) == {"urls": {}}
    assert printed.err == "The worker did not stay up.\n"
