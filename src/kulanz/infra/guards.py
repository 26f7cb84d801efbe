"""Triggers that many tables share. A guard refuses; it never repairs."""

from __future__ import annotations

import pgtrigger


def append_only(table: str) -> pgtrigger.Trigger:
    """Rows of this table are written once: no update, no delete, no truncate."""
    return pgtrigger.Trigger(
        name="append_only",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete | pgtrigger.Truncate,
        func=(
            f"RAISE EXCEPTION '{table} is append-only: % refused, record a correction instead', TG_OP "
            "USING ERRCODE = 'restrict_violation';"
        ),
    )


def never_deleted(table: str) -> pgtrigger.Trigger:
    """Rows of this table may change state but never disappear."""
    return pgtrigger.Trigger(
        name="never_deleted",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Delete | pgtrigger.Truncate,
        func=(f"RAISE EXCEPTION '{table} keeps its rows: % refused', TG_OP USING ERRCODE = 'restrict_violation';"),
    )


def fixed(table: str, *columns: str) -> pgtrigger.Trigger:
    """The named columns never change after the row was written."""
    comparison = " OR ".join(f'OLD."{c}" IS DISTINCT FROM NEW."{c}"' for c in columns)
    return pgtrigger.Trigger(
        name="fixed_columns",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func=(
            f"IF {comparison} THEN RAISE EXCEPTION '{table}: {', '.join(columns)} never change' "
            "USING ERRCODE = 'restrict_violation'; END IF; RETURN NEW;"
        ),
    )
