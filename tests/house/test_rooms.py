"""The house itself: doors are used, facts are heard, words are explained."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from kulanz.kernel.events import Event, listeners
from kulanz.parties.api import PERMISSIONS, Role
from kulanz.wiring.subscriptions import SUBSCRIPTIONS

SOURCE = Path(__file__).parents[2] / "src" / "kulanz"
# Rooms with a door. Kernel, infra and ui are floors: everybody may step on any board of them.
ROOMS = {"law", "parties", "ledger", "contact", "holds", "shop", "cases", "dunning", "machines", "explain"}
OPEN = {"api", "events"}


def _foreign_imports() -> list[str]:
    found = []
    for path in sorted(SOURCE.rglob("*.py")):
        room = path.relative_to(SOURCE).parts[0]
        if "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.ImportFrom) or node.module is None:
                continue
            # "from kulanz.dunning import api" names its door in the import.
            module = f"{node.module}.{node.names[0].name}" if node.module.count(".") == 1 else node.module
            parts = module.split(".")
            if len(parts) < 2 or parts[0] != "kulanz" or parts[1] not in ROOMS or parts[1] == room:
                continue
            if len(parts) < 3 or parts[2] not in OPEN:
                found.append(f"{path.relative_to(SOURCE)}: {module}")
    return found


def test_rooms_are_entered_through_their_door() -> None:
    strays = [line for line in _foreign_imports() if "ledger.bank_formats" not in line]
    assert strays == []


def test_every_event_has_a_listener() -> None:
    known = {
        cls.name
        for path in SOURCE.rglob("events.py")
        for cls in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(cls, ast.ClassDef) and any(getattr(base, "id", "") == "Event" for base in cls.bases)
    }
    heard = {event.__name__ for event, handlers in SUBSCRIPTIONS if handlers}
    assert known == heard


def test_the_page_of_subscriptions_is_installed() -> None:
    assert all(issubclass(event, Event) for event in listeners())
    assert len(listeners()) == len(SUBSCRIPTIONS)


def test_every_role_may_do_something() -> None:
    assert set(PERMISSIONS) == set(Role)
    assert all(PERMISSIONS[role] for role in Role)


def test_only_the_kernel_reads_the_clock() -> None:
    reading = re.compile(r"datetime\.now\(|date\.today\(|timezone\.now\(|time\.time\(")
    allowed = {"kernel/clock.py", "infra/logs.py", "cli/failures.py"}  # logs carry the real moment
    strays = [
        str(path.relative_to(SOURCE))
        for path in sorted(SOURCE.rglob("*.py"))
        if str(path.relative_to(SOURCE)) not in allowed and reading.search(path.read_text(encoding="utf-8"))
    ]
    assert strays == []


def test_the_kernel_knows_no_django() -> None:
    strays = [
        path.name
        for path in (SOURCE / "kernel").glob("*.py")
        if "django" in path.read_text(encoding="utf-8").replace("no Django", "").replace("Django must not", "")
    ]
    assert strays == []


def test_every_setting_has_a_line_in_the_documents() -> None:
    text = (SOURCE / "infra" / "config.py").read_text(encoding="utf-8")
    names = {f"KULANZ_{name.upper()}" for name in re.findall(r'value\("([a-z_]+)"', text)} | {
        "KULANZ_DATA_DIR",
        "KULANZ_NOW",
    }
    documented = (SOURCE.parents[1] / "docs" / "settings.md").read_text(encoding="utf-8")
    assert [name for name in sorted(names) if name not in documented] == []
