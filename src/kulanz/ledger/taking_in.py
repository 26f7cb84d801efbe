"""Taking in a bank file: import it, then match what nobody has explained yet. And a person's yes to a suggestion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO
from uuid import UUID

from django.db import transaction

from kulanz.kernel.acts import Act
from kulanz.kernel.refusals import SomebodyWasFaster
from kulanz.ledger.allocations import allocate
from kulanz.ledger.bank import ImportedFile, import_bank_file
from kulanz.ledger.claims import NothingOutstanding
from kulanz.ledger.matching import Matched, match
from kulanz.ledger.models import BankLine, ClaimBalance, Suggestion
from kulanz.ledger.outgoing import book_ordered_refunds
from kulanz.ledger.portions import LineAlreadyExplained, Portion, lock_lines
from kulanz.ledger.returned_debits import book_returns
from kulanz.parties.api import Brand, lock_accounts


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What became of a file and of its new lines."""

    file: ImportedFile
    matched: Matched


def take_in(act: Act, *, brand: Brand, name: str, content: bytes | BinaryIO) -> TakenIn:
    """Import the file, then match its new lines, and the older ones that still wait. A file that came before brings
    nothing new.

    Two steps on purpose: the file is in the books whole or not at all; matching follows in chunks of their own, and
    what a crash leaves unmatched is shown to a person. Raises what `import_bank_file` raises.
    """
    file = import_bank_file(act, brand=brand, name=name, content=content)
    statements = [statement.id for statement in file.statements]
    new = BankLine.objects.filter(statement_id__in=statements, amount_cents__gt=0).order_by("booked_on", "pk")
    taken = TakenIn(file, match(act, line_ids=list(new.values_list("pk", flat=True))))
    match(act)
    book_what_went_out(act)
    return taken


def book_what_went_out(act: Act) -> None:
    """What we ordered and the bank has carried out, and what the bank took back: each where nothing is left to ask."""
    book_ordered_refunds(act)
    book_returns(act)


@transaction.atomic
def accept_suggestion(act: Act, line: BankLine, suggestion_id: UUID) -> frozenset[UUID]:
    """A person agrees that this line pays this claim: as much as is outstanding; a rest stays unexplained.

    The evidence that convinced him is kept with the booking. Returns the settled claims.
    Raises SomebodyWasFaster when the suggestion is gone, NothingOutstanding when its claim has been paid meanwhile,
    LineAlreadyExplained when nothing is left of the line.
    """
    suggestion = Suggestion.objects.select_related("claim__invoice").filter(pk=suggestion_id, bank_line=line).first()
    if suggestion is None or suggestion.claim is None:
        raise SomebodyWasFaster
    lock_accounts([suggestion.account_id])
    lock_lines([line.pk])
    line.refresh_from_db()
    balance = ClaimBalance.objects.get(claim=suggestion.claim)
    if not balance.outstanding_cents:
        raise NothingOutstanding(claim=suggestion.claim.title)
    cents = min(balance.outstanding_cents, line.unexplained.cents)
    if cents <= 0:
        raise LineAlreadyExplained(left=line.unexplained, amount=balance.outstanding)
    evidence = {**suggestion.evidence, "by": act.by.name}
    portion = Portion(
        line.pk, suggestion.account_id, suggestion.claim_id, cents, suggestion.rule, suggestion.score, evidence
    )
    return allocate(act, [portion])
