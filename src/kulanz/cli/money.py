"""`match`, `claims`, `explain`, `object`: what is owed, what was paid, and why."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from kulanz.cli import opening
from kulanz.cli.output import Answer, working
from kulanz.cli.verbs import verb
from kulanz.kernel.money import Money

if TYPE_CHECKING:
    from kulanz.infra.models import Upload
    from kulanz.kernel.acts import Act
    from kulanz.ledger.api import Claim

# Spelt out, because `--help` must not load the books; a test compares them with the books' own lists.
State = Literal["reversed", "written_off", "settled", "disputed", "part_paid", "open"]
Kind = Literal[
    "already_paid",
    "identity_misuse",
    "wrong_amount",
    "not_received",
    "returned",
    "withdrawn",
    "defective",
    "unknown_charge",
    "other",
]


def register(app: typer.Typer) -> None:
    """Make the commands known."""
    verb(app, "match", example="kulanz match --dry-run --json")(match)
    verb(app, "claims", example="kulanz claims --customer K1001 --state open --json")(claims)
    verb(app, "explain", example="kulanz explain RE1001 --lang de")(explain)
    verb(app, "object", example="kulanz object RE1001 --kind already_paid --proof receipt.pdf")(object_)


def match(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Decide the same and write nothing.")] = False,
) -> Answer:
    """Match bank lines with claims.

    Of the lines nobody has explained, what is certain is booked and what is not is suggested to a person.
    """
    opening.open_books()
    from kulanz.ledger.api import match as match_lines

    begun = time.monotonic()
    with working("Matching"):
        matched = match_lines(opening.act("match"), dry_run=dry_run)
    seconds = round(time.monotonic() - begun, 3)
    document = {
        "booked": matched.booked,
        "suggested": matched.suggested,
        "unmatched": matched.unmatched,
        "seconds": seconds,
        "dry_run": dry_run,
    }

    def lines() -> Iterator[str]:
        would = "would be " if dry_run else ""
        yield f"{matched.booked} bank lines {would}booked, {matched.suggested} {would}suggested to a person, "
        yield f"{matched.unmatched} unmatched, in {seconds} seconds"

    return Answer(document, lines)


def claims(
    customer: Annotated[str | None, typer.Option(metavar="REF", help="Only this account's.")] = None,
    state: Annotated[State | None, typer.Option(help="Only those in this state.")] = None,
) -> Answer:
    """List claims, longest due first."""
    opening.open_books()
    rows = _claims(customer, state)

    def lines() -> Iterator[str]:
        head = ("due", "reference", "invoice", "debtor", "amount", "open", "state")
        yield "{:10}  {:25}  {:16}  {:12}  {:>14}  {:>14}  {}".format(*head)
        for row in rows:
            amount, left = (f"{row[key]['amount']} {row[key]['currency']}" for key in ("amount", "open"))
            yield (
                f"{row['due']}  {row['reference']:25}  {row['invoice']:16}  {row['debtor']:12}  "
                f"{amount:>14}  {left:>14}  {row['state']}"
            )

    return Answer({"claims": rows}, lines)


def _claims(customer: str | None, state: str | None) -> Iterator[dict[str, Any]]:
    """One query however many claims there are; plain columns, because a hundred thousand objects take a minute.

    The account is looked for at once, so that a wrong reference is refused before anything is printed.
    """
    from kulanz.ledger.api import ClaimState, claims_with_balance, in_state
    from kulanz.parties.api import find_account

    query = claims_with_balance()
    if customer is not None:
        query = query.filter(account=find_account(customer))
    if state is not None:
        query = in_state(query, ClaimState(state))
    return _rows(query.order_by("due_on", "id"))


def _rows(query: Any) -> Iterator[dict[str, Any]]:
    from kulanz.ledger.api import ClaimBalance

    columns = (
        "reference",
        "invoice__number",
        "account__number",
        "due_on",
        "amount_cents",
        "currency",
        "balance__outstanding_cents",
        "balance__charged_cents",
        "balance__written_off_cents",
        "balance__reversed_cents",
        "balance__open_disputes",
    )
    balance = ClaimBalance()
    for row in query.values_list(*columns).iterator(chunk_size=5_000):
        reference, invoice, debtor, due_on, cents, currency, *sums = row
        balance.outstanding_cents, balance.charged_cents, balance.written_off_cents = sums[:3]
        balance.reversed_cents, balance.open_disputes = sums[3:]
        yield {
            "reference": reference,
            "invoice": invoice or reference,
            "debtor": debtor,
            "due": due_on.isoformat(),
            "amount": Money(cents, currency).as_json(),
            "open": Money(balance.outstanding_cents, currency).as_json(),
            "state": balance.state.value,
        }


def explain(
    reference: Annotated[str, typer.Argument(metavar="REF", help="A claim, invoice, hold, case or account.")],
) -> Answer:
    """Tell the whole story of a thing.

    One sentence with numbers, what happened, and what can be done now.
    """
    opening.open_books()
    from kulanz.explain.api import explain as explain_thing
    from kulanz.kernel import clock

    story = explain_thing(reference, on=clock.today())

    def lines() -> Iterator[str]:
        yield story.sentence
        yield ""
        for fact in (fact.as_json() for fact in story.facts):
            yield f"{fact['on']}  {fact['title']}" + (f": {fact['text']}" if fact["text"] else "")
        yield ""
        for step in story.next_steps:
            yield f"→ {step.text}"

    return Answer(story.as_json(), lines)


def object_(
    claim: Annotated[str, typer.Argument(metavar="CLAIM", help="Payment reference or invoice number.")],
    kind: Annotated[Kind, typer.Option(help="Why it is not owed.")],
    amount: Annotated[
        str | None,
        typer.Option(metavar="A", help="Only this part of it, such as 12.34 (default: all of it)."),
    ] = None,
    proof: Annotated[Path | None, typer.Option(metavar="FILE", help="PDF, JPEG or PNG; not needed.")] = None,
) -> Answer:
    """Dispute a claim for its debtor.

    Reminders and collection pause at once, until a person has decided. Needs no proof.
    """
    content = _read_proof(proof) if proof is not None else None
    opening.open_books()
    from django.db import transaction

    from kulanz.ledger.api import DisputeKind, add_proof, claims_with_balance, find_claim, object_to

    act = opening.act(f"object {claim}")
    found = find_claim(claim)
    part = _part(amount, found)
    with transaction.atomic():
        objection = object_to(act, found, kind=DisputeKind(kind), amount=part)
        dispute = objection.dispute
        kept = _keep_proof(act, proof, content, found)
        if kept is not None:  # also where the same objection had been raised before
            add_proof(act, dispute, kept.pk)
    state = claims_with_balance().get(pk=found.pk).balance.state.value
    document = {
        "claim": found.reference,
        "state": state,
        "decision_due": dispute.decide_by.isoformat(),
        "dispute": dispute.reference,
        "kind": dispute.kind,
        "amount": None if dispute.amount_cents is None else Money(dispute.amount_cents, dispute.currency).as_json(),
        "new": objection.is_new,
    }
    text = f"Objection {dispute.reference} to {found.title}: a person decides by {dispute.decide_by.isoformat()}."
    if not objection.is_new:
        text += " It was open already."
    return Answer(document, lambda: [text])


def _read_proof(proof: Path) -> bytes:
    """At most one byte more than is allowed: enough for the refusal to see that it is too large."""
    with proof.open("rb") as file:
        return file.read(10_000_001)


def _part(amount: str | None, claim: Claim) -> Money | None:
    if amount is None:
        return None
    try:
        return Money.written(amount, claim.currency)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--amount") from error


def _keep_proof(act: Act, proof: Path | None, content: bytes | None, claim: Claim) -> Upload | None:
    from kulanz.infra.uploads import keep_upload

    if proof is None or content is None:
        return None
    return keep_upload(act, name=proof.name, content=content, account_id=claim.account_id)
