"""Which bank line pays which claim: found set-wise, booked alone only on two agreeing facts, else shown to a person.

Stage 1 (all there is so far): the text names claims of one account and their outstanding sum equals the amount.
A reference alone never books a differing amount: a mistyped number may hit somebody else's claim. Everything the
text names but the amount denies becomes a suggestion with its evidence. What the bank sent back or took back is no
payment, and what came in on a trial account is not ours: no rule touches them. A movement whose details do not
explain its amount is at most suggested. Later stages (known payers, typing errors,
names) join the list `STAGES` with lower scores.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import TypeVar
from uuid import UUID

from django.db import connection, transaction
from rapidfuzz import fuzz

from kulanz.kernel.acts import Act
from kulanz.ledger.allocations import Portion, allocate, lock_lines
from kulanz.ledger.models import BankLine, Suggestion
from kulanz.parties.api import lock_accounts

BOOK_FROM_SCORE = 85
CHUNK = 500

# Words the payer wrote that are a reference of a claim. Invoice numbers with separators ("RE-2026/1001") are compared
# without them, as they are stored. References written in groups ("RF55 5363 65") are found by trying every length
# behind an "RF" plus two digits in the text without separators.
_HITS = """
    WITH line AS MATERIALIZED (
        SELECT l.id, amount_cents, l.currency, payer_name, payer_iban, booked_on, details_incomplete,
               upper(remittance || ' ' || end_to_end_id || ' ' || creditor_reference) AS words
          FROM ledger_bankline l JOIN ledger_bankaccount ours ON ours.id = l.bank_account_id AND NOT ours.on_trial
         WHERE amount_cents > 0 AND allocated_cents = 0 AND return_code = '' AND NOT reversal AND l.id = ANY(%s)
    ), token AS (
        SELECT DISTINCT id, word FROM line, regexp_split_to_table(words, '[^A-Z0-9]+') AS word
         WHERE length(word) BETWEEN 4 AND 25
        UNION
        SELECT id, regexp_replace(word, '[^A-Z0-9]', '', 'g')
          FROM line, regexp_split_to_table(words, '[^A-Z0-9./_-]+') AS word
         WHERE length(word) BETWEEN 5 AND 80 AND word ~ '[./_-]'
        UNION
        SELECT id, substr(compact, start, width)
          FROM (SELECT id, regexp_replace(words, '[^A-Z0-9]', '', 'g') AS compact FROM line) AS c,
               LATERAL (SELECT m.start FROM generate_series(1, length(compact) - 4) AS m (start)
                         WHERE substr(compact, m.start, 4) ~ '^RF[0-9][0-9]$') AS p,
               generate_series(5, 25) AS width
         WHERE start + width - 1 <= length(compact)
    )
    SELECT DISTINCT line.id, line.amount_cents, line.payer_name, line.payer_iban, line.booked_on,
           line.details_incomplete,
           b.claim_id, b.account_id, b.outstanding_cents, r.value, p.name,
           EXISTS (SELECT 1 FROM ledger_bankline earlier
                     JOIN ledger_allocation a ON a.bank_line_id = earlier.id AND a.account_id = b.account_id
                    WHERE earlier.payer_iban = line.payer_iban AND line.payer_iban <> '')
      FROM token
      JOIN line USING (id)
      JOIN ledger_claimreference r ON r.value = token.word
      JOIN ledger_claimbalance b ON b.claim_id = r.claim_id
           AND b.outstanding_cents > 0 AND b.currency = line.currency
      JOIN parties_account acc ON acc.id = b.account_id
      LEFT JOIN parties_person p ON p.id = acc.person_id
"""


@dataclass(frozen=True, slots=True)
class Hit:
    """A claim named in the text of a line, with everything that speaks for or against it."""

    line_id: UUID
    amount_cents: int
    payer_name: str
    payer_iban: str
    booked_on: date
    details_incomplete: bool
    claim_id: UUID
    account_id: UUID
    outstanding_cents: int
    reference: str
    holder_name: str
    iban_known: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """A claim a line may pay: how sure we are, by which rule, and why; and who paid when."""

    line_id: UUID
    claim_id: UUID
    account_id: UUID
    cents: int
    score: int
    rule: str
    evidence: dict[str, object]
    payer_iban: str
    booked_on: date


@dataclass(frozen=True, slots=True)
class Matched:
    """What one run did, in bank lines."""

    booked: int
    suggested: int
    unmatched: int


Stage = Callable[[Sequence[UUID]], list[Candidate]]
T = TypeVar("T")


def by_reference(line_ids: Sequence[UUID]) -> list[Candidate]:
    """Stage 1: claims named in the text."""
    with connection.cursor() as cursor:
        cursor.execute(_HITS, [list(line_ids)])
        rows = cursor.fetchall()
    hits: dict[UUID, dict[UUID, Hit]] = defaultdict(dict)
    for row in rows:
        hit = Hit(*row)
        hits[hit.line_id].setdefault(hit.claim_id, hit)
    return [candidate for per_line in hits.values() for candidate in _judge(list(per_line.values()))]


def _judge(hits: Sequence[Hit]) -> list[Candidate]:
    """All claims that one line names: certain only if they are one account's and add up to the amount, and if the
    bank has told us everything about the line."""
    total = sum(hit.outstanding_cents for hit in hits)
    one_account = len({hit.account_id for hit in hits}) == 1
    if one_account and total == hits[0].amount_cents and not hits[0].details_incomplete:
        return [_candidate(hit, score=98, rule="reference_and_amount", amount="equal") for hit in hits]
    return [_candidate(hit, score=_doubtful(hit), rule="reference_only", amount=_compare(hit)) for hit in hits]


def _doubtful(hit: Hit) -> int:
    """Below the threshold whatever agrees: these are for a person. An agreeing payer ranks higher."""
    agreeing = hit.iban_known or _name_similarity(hit) >= 90
    if hit.outstanding_cents == hit.amount_cents:
        return 80 if agreeing else 75
    return 70 if agreeing else 30


def _compare(hit: Hit) -> str:
    if hit.amount_cents == hit.outstanding_cents:
        return "equal"
    return "lower" if hit.amount_cents < hit.outstanding_cents else "higher"


def _name_similarity(hit: Hit) -> int:
    """0 to 100, whatever the order of first and last name."""
    return round(fuzz.token_sort_ratio(hit.payer_name.casefold(), (hit.holder_name or "").casefold()))


def _candidate(hit: Hit, *, score: int, rule: str, amount: str) -> Candidate:
    evidence: dict[str, object] = {
        "reference": hit.reference,
        "amount": amount,
        "iban_known": hit.iban_known,
        "name_similarity": _name_similarity(hit),
    }
    return Candidate(
        line_id=hit.line_id,
        claim_id=hit.claim_id,
        account_id=hit.account_id,
        cents=min(hit.amount_cents, hit.outstanding_cents),
        score=score,
        rule=rule,
        evidence=evidence,
        payer_iban=hit.payer_iban,
        booked_on=hit.booked_on,
    )


STAGES: tuple[Stage, ...] = (by_reference,)


def match(act: Act, *, dry_run: bool = False, line_ids: Sequence[UUID] | None = None) -> Matched:
    """Match the unexplained lines (or only these), in chunks of their own transaction each.

    Books what is certain, keeps suggestions for what is not. `dry_run` decides the same and writes nothing.
    """
    ids = list(line_ids) if line_ids is not None else _unexplained_ids()
    totals = [_match_chunk(act, chunk, dry_run=dry_run) for chunk in _chunks(ids, CHUNK)]
    return Matched(
        booked=sum(t.booked for t in totals),
        suggested=sum(t.suggested for t in totals),
        unmatched=sum(t.unmatched for t in totals),
    )


def _unexplained_ids() -> list[UUID]:
    """Payments nobody has explained yet, oldest first."""
    return list(
        BankLine.objects.filter(amount_cents__gt=0, allocated_cents=0)
        .filter(return_code="", reversal=False, bank_account__on_trial=False)
        .order_by("booked_on", "id")
        .values_list("pk", flat=True)
    )


def _chunks(items: Iterable[T], size: int) -> Iterable[list[T]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


@transaction.atomic
def _match_chunk(act: Act, line_ids: Sequence[UUID], *, dry_run: bool) -> Matched:
    """Look, lock the accounts and lines found, look again under the locks, then act: nothing is booked on an old view.

    Without the lock on the lines, a person who books one of them by hand at this moment would make the whole chunk
    fail. A claim of an account that came up only on the second look waits for the next run.
    """
    candidates = _candidates(line_ids)
    if not dry_run and candidates:
        locked = {account.pk for account in lock_accounts(c.account_id for c in candidates)}
        lock_lines(c.line_id for c in candidates)
        second_look = _candidates(line_ids)
        unlocked = {c.line_id for c in second_look if c.account_id not in locked}
        candidates = [c for c in second_look if c.line_id not in unlocked]
    certain, doubtful = _separate(candidates)
    booked = {c.line_id for c in certain}
    suggested = {c.line_id for c in doubtful}
    if not dry_run:
        allocate(
            act.as_rule("ledger.matching"),
            [Portion(c.line_id, c.account_id, c.claim_id, c.cents, c.rule, c.score, c.evidence) for c in certain],
        )
        _keep_suggestions(line_ids, doubtful)
    return Matched(len(booked), len(suggested), len(line_ids) - len(booked) - len(suggested))


def _candidates(line_ids: Sequence[UUID]) -> list[Candidate]:
    return [candidate for stage in STAGES for candidate in stage(line_ids)]


def _separate(candidates: Sequence[Candidate]) -> tuple[list[Candidate], list[Candidate]]:
    """Certain ones and those for a person. If two lines want one claim, none of them books by itself; but where one
    bank account has paid it twice, the earlier payment does, as it would have done had it come alone."""
    sure: dict[UUID, list[Candidate]] = defaultdict(list)
    wanted: dict[UUID, dict[UUID, str]] = defaultdict(dict)
    for c in candidates:
        if c.score >= BOOK_FROM_SCORE:
            sure[c.line_id].append(c)
            wanted[c.claim_id][c.line_id] = c.payer_iban
    certain: list[Candidate] = []
    taken: set[UUID] = set()
    for line_id in sorted(sure, key=lambda line_id: (sure[line_id][0].booked_on, line_id)):
        claims = {c.claim_id for c in sure[line_id]}
        if not claims & taken and all(_one_payer(wanted[claim_id]) for claim_id in claims):
            certain += sure[line_id]
            taken |= claims
    booked = {c.line_id for c in certain}
    return certain, [c for c in candidates if c.line_id not in booked]


def _one_payer(iban_of: Mapping[UUID, str]) -> bool:
    """Whether all lines that want one claim come from one bank account. Nobody is known by an empty IBAN."""
    return len(iban_of) == 1 or (len(set(iban_of.values())) == 1 and "" not in iban_of.values())


def _keep_suggestions(line_ids: Sequence[UUID], doubtful: Sequence[Candidate]) -> None:
    """Suggestions are a view of today: old ones of these lines go, today's take their place. One that still holds
    keeps its id: a person may have it on the screen while the next round runs."""
    old = Suggestion.objects.filter(bank_line_id__in=line_ids)
    today = {(c.line_id, c.claim_id) for c in doubtful}
    gone = [pk for pk, line, claim in old.values_list("pk", "bank_line_id", "claim_id") if (line, claim) not in today]
    Suggestion.objects.filter(pk__in=gone).delete()
    Suggestion.objects.bulk_create(
        [
            Suggestion(
                bank_line_id=c.line_id,
                claim_id=c.claim_id,
                account_id=c.account_id,
                score=min(c.score, 70) if c.score >= BOOK_FROM_SCORE else c.score,
                rule=c.rule,
                evidence=c.evidence,
            )
            for c in doubtful
        ],
        update_conflicts=True,
        unique_fields=["bank_line", "claim"],
        update_fields=["score", "rule", "evidence"],
    )
