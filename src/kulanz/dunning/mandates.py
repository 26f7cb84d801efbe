"""What is in a collector's hands, for whoever reads bank lines: a collector pays for many customers at once."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from kulanz.dunning.models import CollectionOrder, Collector
from kulanz.dunning.states import OrderState
from kulanz.infra.sets import among


class CollectorsMandates:
    """Answers the matching of bank lines (`ledger.matching.collectors.Mandates`)."""

    def paying_from(self) -> frozenset[str]:
        """The bank accounts of our collectors."""
        return frozenset(Collector.objects.exclude(iban="").values_list("iban", flat=True))

    def in_hands(self, iban: str, claim_ids: Iterable[UUID]) -> frozenset[UUID]:
        """Of these claims, those that the collector who pays from this account holds today."""
        held = CollectionOrder.objects.filter(
            collector__iban=iban, claim_id__in=among(claim_ids), state=OrderState.HANDED_OVER.value
        )
        return frozenset(held.values_list("claim_id", flat=True))
