"""What happened in the sample shop before today, told as deeds in the order of their days, done by the real verbs.

Who pays late or never is decided by a hash of the invoice number, so that every demo is the same shop.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import sha256

from kulanz.cases.api import Concern, Topic, open_case
from kulanz.contact.api import Message, MessageState, deliver
from kulanz.demo.bank_files import Payment, bank_file
from kulanz.demo.cast import HE, OLD_INVOICE, iban_of
from kulanz.dunning.api import Collector, hand_over, issue_notice
from kulanz.holds.api import HoldState, holds_with_reasons, release_hold
from kulanz.kernel.acts import Act, by_person, by_system
from kulanz.kernel.clock import BERLIN
from kulanz.ledger.api import Claim, DisputeKind, claims_with_balance, import_bank_file, match, raise_dispute
from kulanz.parties.api import Brand

Progress = Callable[[str, int, int], None]

# Of a hundred invoices that are due, so many are never paid, and so many are paid late.
UNPAID_PERCENT = 2
LATE_PERCENT = 12
HANDED_OVER_MOST = 25
HOLDS_RELEASED_MOST = 10


@dataclass(frozen=True, slots=True)
class Deed:
    """Something somebody does at a moment."""

    at: datetime
    do: Callable[[], object]


def at(day: date, hour: int = 9, minute: int = 0) -> datetime:
    """A working moment of a day."""
    return datetime.combine(day, time(hour, minute), BERLIN)


def chance(number: str, purpose: str) -> int:
    """0 to 99, always the same for the same number and purpose."""
    return int(sha256(f"{purpose}|{number}".encode()).hexdigest(), 16) % 100


def finance(moment: datetime, why: str) -> Act:
    """Dana, who does the bank files."""
    return by_person("Dana Vogt", moment, why)


def never_paid(claim: Claim) -> bool:
    """Whether nobody has paid this invoice; the old one was paid, but nobody has seen the statement."""
    if claim.title == OLD_INVOICE:
        return True
    return claim.account.number != HE and chance(claim.title, "unpaid") < UNPAID_PERCENT


def paid_on(claim: Claim) -> date:
    """Most pay in time, some late."""
    if chance(claim.title, "late") < LATE_PERCENT:
        return claim.due_on + timedelta(days=3 + chance(claim.title, "days late") % 25)
    return claim.founded_on + timedelta(days=2 + chance(claim.title, "days") % 12)


def payment_of(claim: Claim, on: date) -> Payment:
    """A transfer as people write it: mostly the reference we printed, sometimes only the invoice number."""
    holder = claim.account.holder
    styles = (claim.reference, f"Rechnung {claim.title}", f"RE-NR. {claim.title} KD {claim.account.number}")
    words = styles[min(chance(claim.title, "words") // 60, 1) if chance(claim.title, "x") else 2]
    return Payment(on, claim.amount_cents, holder.name, iban_of(claim.account.number), words)


def monthly_statements(claims: Sequence[Claim], until: date) -> Iterator[tuple[date, bytes]]:
    """One bank file a month: what came in, each with the day on which it arrives."""
    by_month: dict[tuple[int, int], list[Payment]] = defaultdict(list)
    for claim in claims:
        on = paid_on(claim)
        if on <= until and not never_paid(claim):
            by_month[on.year, on.month].append(payment_of(claim, on))
    balance = 2_500_000
    for (year, month), payments in sorted(by_month.items()):
        content = bank_file(f"{year}-{month:02d}", balance, payments)
        balance += sum(payment.cents for payment in payments)
        yield max(payment.on for payment in payments), content


def unpaid(claims: Sequence[Claim], today: date) -> list[Claim]:
    """What is overdue and was never paid, longest due first."""
    late = [claim for claim in claims if never_paid(claim) and claim.due_on < today - timedelta(days=10)]
    return sorted(late, key=lambda claim: (claim.due_on, claim.title))


def reminders(claims: Sequence[Claim], today: date) -> Iterator[Deed]:
    """Seven days after the due day the friendly one, then two more, fourteen days apart."""
    for claim in claims:
        for level, days in ((0, 7), (1, 21), (2, 35)):
            day = claim.due_on + timedelta(days=days)
            if day < today:
                yield Deed(at(day, 8), lambda c=claim, n=level, d=day: _remind(c, n, d))  # type: ignore[misc]  # bound by its defaults


def _remind(claim: Claim, level: int, day: date) -> None:
    act = by_system(at(day, 8), "reminder run", name="reminder run")
    issue_notice(act, claim, level=level, pay_by=day + timedelta(days=10))


def hand_overs(claims: Sequence[Claim], collector: Collector, today: date) -> Iterator[Deed]:
    """The longest unpaid go to the collector sixty days after they were due."""
    for claim in claims[:HANDED_OVER_MOST]:
        day = claim.due_on + timedelta(days=60)
        if day < today:
            moment = at(day, 10)
            act = finance(moment, "two reminders without an answer")
            yield Deed(moment, lambda a=act, c=claim: hand_over(a, c, collector))  # type: ignore[misc]  # bound by its defaults


def release_some_holds(claims: Sequence[Claim], today: date) -> None:
    """Finance releases the oldest proposals; the others wait on the list. His was released five weeks ago."""
    day = today - timedelta(days=35)
    wanted = [claim.account_id for claim in claims if claim.due_on + timedelta(days=61) < day]
    proposals = (
        holds_with_reasons()
        .filter(account_id__in=wanted, state=HoldState.PROPOSED.value, proposed_at__lt=at(day))
        .order_by("proposed_at", "pk")
    )
    for minute, hold in enumerate(proposals[:HOLDS_RELEASED_MOST]):
        release_hold(finance(at(day, 11, minute), "reminded twice, handed over, nothing heard"), hold)


def objections(claims: Sequence[Claim], today: date) -> None:
    """Three people have objected this week."""
    words = (
        (DisputeKind.NOT_RECEIVED, "Das Paket ist bei mir nie angekommen. Die Nachbarn haben auch nichts."),
        (DisputeKind.RETURNED, "Ich habe alles zurückgeschickt, den Beleg habe ich noch."),
        (DisputeKind.IDENTITY_MISUSE, "Ich habe bei Ihnen nie etwas bestellt!"),
    )
    candidates = [claim for claim in claims if claim.account.number != HE][-len(words) :]
    for hour, (claim, (kind, said)) in enumerate(zip(candidates, words, strict=False)):
        moment = at(today - timedelta(days=2), 10 + hour)
        raise_dispute(by_person(claim.account.holder.name, moment, "portal"), claim, kind=kind, words=said)


def concerns(brand: Brand, claims: Sequence[Claim], today: date) -> None:
    """What has come in and waits for an answer."""
    said = (
        (Topic.ORDER, "Von zwölf bestellten Teelichthaltern sind nur zehn im Paket. Schicken Sie die zwei nach?"),
        (Topic.REFUND, "Ich habe vor drei Wochen zurückgeschickt und noch kein Geld."),
        (Topic.SUSPICIOUS, "Heute rief jemand an, angeblich von Ihnen, und wollte, dass ich ein Programm installiere."),
    )
    for hour, (claim, (topic, words)) in enumerate(zip(claims, said, strict=False)):
        holder = claim.account.holder
        moment = at(today - timedelta(days=1), 11 + hour, 20)
        concern = Concern(
            brand=brand,
            topic=topic,
            words=words,
            name=holder.name,
            email=holder.email,
            language=holder.language,
            key=f"demo:{topic.value}",
            account=claim.account,
            about="",
        )
        open_case(by_person(holder.name, moment, "contact form"), concern)


def live_through(brand: Brand, collector: Collector, today: date, progress: Progress) -> None:
    """Everything up to yesterday, in the order of its days where order matters."""
    claims = list(claims_with_balance().order_by("founded_on", "reference"))
    # The last of them was read yesterday morning: nothing here happens after the moment the demo is made.
    statements = list(monthly_statements(claims, today - timedelta(days=2)))
    for done, (day, content) in enumerate(statements, start=1):
        act = finance(at(day + timedelta(days=1), 8, 30), "bank file of the month")
        import_bank_file(act, brand=brand, name=f"{day:%Y-%m}.xml", content=content)
        match(act)
        progress("payments", done, len(statements))
    overdue = unpaid(claims, today)
    deeds = sorted([*reminders(overdue, today), *hand_overs(overdue, collector, today)], key=lambda deed: deed.at)
    for done, deed in enumerate(deeds, start=1):
        deed.do()
        progress("reminders", done, len(deeds))
    release_some_holds(overdue, today)
    objections(overdue, today)
    concerns(brand, claims[-40:-37], today)


def deliver_then(progress: Progress) -> None:
    """What was said in the past was sent in the past: into the sink, a minute after it was written."""
    waiting = list(Message.objects.filter(state=MessageState.QUEUED.value).order_by("queued_at"))
    for done, message in enumerate(waiting, start=1):
        deliver(by_system(message.queued_at + timedelta(minutes=1), "outbox"), message.pk)
        progress("messages", done, len(waiting))
