"""Collection: what a collector's first letter must say, what he may cost, and when nothing may be handed over at all.

Handing a claim over is a burden: here a rule only ever says "not", "not yet" or "a person decides". Reports to credit
bureaus stand in `bureaux`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from kulanz.kernel.money import EUR, Money
from kulanz.kernel.text import N_, Phrase
from kulanz.law.answers import Answer
from kulanz.law.fees import FeeTable, court_table, lawyer_table, value_added_tax
from kulanz.law.parameters import parameter
from kulanz.law.refusals import ImpossibleFacts
from kulanz.law.registry import rule
from kulanz.law.rounding import to_the_cent

# RDG § 13a(1): what every first letter has, and what it has only if the claim contains it.
_ALWAYS = (
    "creditor_name",
    "creditor_address",
    "claim_ground",
    "authority_name",
    "authority_address",
    "authority_electronic",
)
_WITH_INTEREST = ("interest_base", "interest_rate", "interest_period")
_WITH_HIGH_INTEREST = ("interest_above_statutory_notice",)
_WITH_COSTS = ("cost_kind", "cost_amount", "cost_ground")
_WITH_VALUE_ADDED_TAX = ("vat_declaration",)
_WITH_RESEARCHED_ADDRESS = ("address_notice", "address_error_notice")


class CollectionGate(StrEnum):
    """What happens to a claim that somebody would like to hand over. A person releases every hand-over."""

    STOP_RESTRICT = "stop_restrict"  # identity misuse: everything stops, the data are restricted
    PAUSE_DUNNING = "pause_dunning"  # disputed, or a case is open
    NOT_IN_DEFAULT = "not_in_default"
    HUMAN_RELEASE = "human_release"


class CollectionCost(NamedTuple):
    """The highest cost line of a collector, in euros: fee, lump sum for post, value added tax, and their sum."""

    fee: Decimal
    lump: Decimal
    vat: Decimal
    total: Decimal


@rule("COL-01")
def first_letter_missing(
    *,
    fields: Sequence[str] | None = None,
    interest: bool = False,
    interest_above_statutory: bool = False,
    costs: bool = False,
    vat: bool = False,
    address_researched: bool = False,
) -> Answer[list[str]]:
    """What is missing in the first letter of a collector to a private person, by the names of the fields.

    `interest`, `costs` and `vat` say that the letter asks for them; `interest_above_statutory` that the rate is higher
    than the law's; `address_researched` that the address did not come from the creditor. `claim_ground` stands for
    ground, subject and date of the contract.
    """
    wanted = [
        *_ALWAYS,
        *(_WITH_INTEREST if interest or interest_above_statutory else ()),
        *(_WITH_HIGH_INTEREST if interest_above_statutory else ()),
        *(_WITH_COSTS if costs else ()),
        *(_WITH_VALUE_ADDED_TAX if vat else ()),
        *(_WITH_RESEARCHED_ADDRESS if address_researched else ()),
    ]
    missing = [field for field in wanted if field not in set(fields or ())]
    because = (
        Phrase(N_("The letter must also state: %(missing)s."), missing=", ".join(missing))
        if missing
        else Phrase(N_("The letter states everything that a first collection letter must state."))
    )
    return Answer(result=missing, rule="COL-01", because=because)


@rule("COL-04")
def collection_cost(
    *,
    value: Decimal,
    rate: Decimal | None = None,
    undisputed: bool = True,
    vat: bool = False,
    simple: bool = False,
    extensive: bool = False,
    mandate_date: date | None = None,
) -> Answer[CollectionCost]:
    """The most a collector may cost the person for a claim of `value` euros: fee, lump sum, value added tax, total.

    `rate` is the fee rate that is asked for and is cut to what the law allows; without one the highest allowed rate
    counts. `simple`: an undisputed claim paid on the first demand; `extensive`: particularly extensive or difficult;
    `vat`: the creditor cannot deduct it. `mandate_date` decides the fee table (RVG § 60); without it the newest counts.
    Raises BeyondKnownValues for mandates before the oldest table.
    """
    if rate is not None and rate <= 0:
        raise ImpossibleFacts(reason=Phrase(N_("a fee rate is above zero")))
    highest = _highest_rate(undisputed=undisputed, simple=simple, extensive=extensive)
    allowed = highest if rate is None else min(rate, highest)
    table = lawyer_table(mandate_date)
    fee = table.at_rate(_full_fee(table, value, undisputed), allowed)
    lump = min(
        to_the_cent(fee * parameter("rvg_lump").fixed["percent"] / 100), Decimal(parameter("rvg_lump").fixed["cap"])
    )
    tax = to_the_cent((fee + lump) * value_added_tax()) if vat else Decimal("0.00")
    cost = CollectionCost(fee=fee, lump=lump, vat=tax, total=fee + lump + tax)
    because = Phrase(
        N_("A collector may cost at most what a lawyer would: %(rate)s of the full fee, in all %(total)s."),
        rate=allowed,
        total=Money.rounded(cost.total, EUR),
    )
    steps = tuple(_cost_steps(table, rate, allowed, cost))
    return Answer(result=cost, rule="COL-04", because=because, steps=steps)


@rule("COL-06")
def collections_gate(
    *,
    disputed: bool | None = None,
    identity_claim: bool | None = None,
    open_case: bool | None = None,
    in_default: bool | None = None,
) -> Answer[CollectionGate]:
    """Whether a claim may go to collection: stopped, paused, not yet, or for a person to release.

    Identity misuse goes before dispute, dispute before everything else. What nobody has told us counts for the person:
    a claim is handed over only if it is known to be undisputed and in default.
    """
    stopped = _stop(disputed, identity_claim, open_case)
    if stopped:
        return stopped
    if not in_default:
        return _gate(CollectionGate.NOT_IN_DEFAULT, N_("The person is not in default: nothing is handed over."))
    return _gate(CollectionGate.HUMAN_RELEASE, N_("Nothing stands against a hand-over; a person decides about it."))


@rule("COL-10")
def mahnverfahren_court_fee(*, value: Decimal, applied_on: date | None = None) -> Answer[Decimal]:
    """The court's fee in euros for an order for payment over `value` euros: half a fee, and at least the minimum.

    `applied_on` decides the table; without it the newest counts. Raises BeyondKnownValues before the oldest table.
    """
    table = court_table(applied_on)
    least = parameter("mahnverfahren_min_fee").value(applied_on or table.first)
    fee = max(table.at_rate(table.full_fee(value), Decimal("0.5")), least)
    because = Phrase(
        N_("Half a fee for a value of %(value)s, and at least %(least)s, is %(fee)s."),
        value=Money.rounded(value, EUR),
        least=Money.rounded(least, EUR),
        fee=Money.rounded(fee, EUR),
    )
    return Answer(result=fee, rule="COL-10", because=because)


def _highest_rate(*, undisputed: bool, simple: bool, extensive: bool) -> Decimal:
    """RVG VV 2300 note (1), (2)."""
    rates = parameter("rvg_rates").fixed
    if not undisputed:
        return Decimal(rates["disputed_cap"])
    if extensive:
        return Decimal(rates["undisputed_absolute_cap"])
    return Decimal(rates["simple_undisputed"] if simple else rates["normal_undisputed_cap"])


def _full_fee(table: FeeTable, value: Decimal, undisputed: bool) -> Decimal:
    """RVG § 13(2): a small undisputed claim has a small fee of its own."""
    full = table.full_fee(value)
    if undisputed and value <= table.small_claim_value:
        return parameter("rvg_small_collection_fee").value(table.first)
    return full


def _cost_steps(table: FeeTable, rate: Decimal | None, allowed: Decimal, cost: CollectionCost) -> Iterator[Phrase]:
    yield Phrase(N_("Fee table in force from %(first)s: %(reference)s."), first=table.first, reference=table.reference)
    if rate is not None and rate > allowed:
        yield Phrase(N_("A rate of %(rate)s was asked for; at most %(allowed)s is owed."), rate=rate, allowed=allowed)
    yield Phrase(
        N_("Fee %(fee)s, lump sum for post %(lump)s, value added tax %(vat)s."),
        fee=Money.rounded(cost.fee, EUR),
        lump=Money.rounded(cost.lump, EUR),
        vat=Money.rounded(cost.vat, EUR),
    )


def _stop(disputed: bool | None, identity_claim: bool | None, open_case: bool | None) -> Answer[CollectionGate] | None:
    if identity_claim:
        return _gate(
            CollectionGate.STOP_RESTRICT,
            N_("The person says that somebody else ordered in his name: dunning and collection stop at once."),
        )
    if disputed:
        return _gate(
            CollectionGate.PAUSE_DUNNING,
            N_("The claim is disputed: it is neither handed over nor reported until a person has decided."),
        )
    if open_case:
        return _gate(
            CollectionGate.PAUSE_DUNNING, N_("A case about this claim is open: dunning waits until it is decided.")
        )
    if disputed is None or identity_claim is None:
        return _gate(CollectionGate.PAUSE_DUNNING, N_("Nobody has said that the claim is undisputed: dunning waits."))
    return None


def _gate(gate: CollectionGate, sentence: str) -> Answer[CollectionGate]:
    return Answer(result=gate, rule="COL-06", because=Phrase(sentence))
