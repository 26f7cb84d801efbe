"""Collection agencies and their clerks."""

from __future__ import annotations

from django.db import transaction

from kulanz.dunning.models import Collector
from kulanz.infra.audit import Note, record
from kulanz.kernel.acts import Act
from kulanz.kernel.references import normalise
from kulanz.kernel.refusals import NotFound
from kulanz.parties.api import User


@transaction.atomic
def establish_collector(
    act: Act, *, code: str, name: str, email: str, phone: str, street: str, postcode: str, city: str, iban: str = ""
) -> Collector:
    """A collection agency, known again by its code. `iban`: from which it pays out what it has collected."""
    collector, created = Collector.objects.get_or_create(
        code=code,
        defaults={
            "name": name,
            "email": email,
            "phone": phone,
            "street": street,
            "postcode": postcode,
            "city": city,
            "iban": normalise(iban),
        },
    )
    if created:
        record(act, [Note("established", "dunning.collector", collector.pk)])
    return collector


@transaction.atomic
def admit_clerk(act: Act, collector: Collector, user: User) -> None:
    """This login sees the orders of this agency from now on, and of no other one."""
    for other in Collector.objects.filter(clerks=user).exclude(pk=collector.pk):
        other.clerks.remove(user)
    collector.clerks.add(user)
    record(act, [Note("clerk admitted", "dunning.collector", collector.pk, facts={"user": str(user.pk)})])


def find_collector(code: str) -> Collector:
    """By its code. Raises NotFound."""
    found = Collector.objects.filter(code=code).first()
    if found is None:
        raise NotFound(reference=code)
    return found
