"""Moving a row along its state machine: where the old state still holds, with an audit note."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from django.db import models

from kulanz.infra.audit import Note, record
from kulanz.kernel.acts import Act
from kulanz.kernel.refusals import SomebodyWasFaster
from kulanz.kernel.states import S, StateMachine

M = TypeVar("M", bound=models.Model)


def move(
    act: Act,
    row: models.Model,
    machine: StateMachine[S],
    *,
    old: S,
    new: S,
    account_id: UUID | None = None,
    **changes: object,
) -> None:
    """Take `row` from `old` to `new` and set `changes` with it.

    Raises ImpossibleMove when the table forbids it, SomebodyWasFaster when the row is no longer in `old`.
    """
    machine.check(old, new)
    manager = type(row)._default_manager
    updated = manager.filter(pk=row.pk, state=old.value).update(state=new.value, **changes)
    if updated == 0:
        raise SomebodyWasFaster
    row.refresh_from_db()
    subject = row._meta.label_lower
    record(act, [Note(f"{old.value} → {new.value}", subject, row.pk, account_id)])
