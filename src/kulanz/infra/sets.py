"""Large sets of ids in queries: one parameter, however many there are."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models.expressions import RawSQL


def id_array(ids: Iterable[UUID]) -> str:
    """These ids as an array literal, each once. Thousands are written in a fraction of the time that the driver takes
    for as many parameters."""
    return "{" + ",".join({str(i) for i in ids}) + "}"


def among(ids: Iterable[UUID]) -> RawSQL:
    """For `filter(claim_id__in=among(ids))`."""
    return RawSQL("SELECT unnest(%s::uuid[])", [id_array(ids)])
