"""The bank lines of the benchmark, and the truth about each: what a careful person who knew everything would book.

Every kind of noise a real account shows, in fixed shares. The hard ones are those that look right and are not: a
number of another customer over the same sum, a slip of the pen that meets a stranger's invoice, a second payment of a
paid bill, an invoice that has not come in yet.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction
from psycopg import sql

from kulanz.bench.match_shop import ACT, DAY, FIRST_NAMES, LAST_NAMES, Shop
from kulanz.infra.ids import new_id
from kulanz.ledger.api import book_selected


@dataclass(frozen=True, slots=True)
class Owed:
    """One claim of the shop, as the payer reads it on the paper."""

    claim_id: UUID
    number: str
    reference: str
    cents: int


@dataclass(frozen=True, slots=True)
class Customer:
    """A payer with everything he owes. `known`: he has paid from this bank account before."""

    account_id: UUID
    name: str
    iban: str
    known: bool
    owed: tuple[Owed, ...]
    paid_before: tuple[str, int] | None


@dataclass(slots=True)
class Line:
    """One bank line to be. `truth` is what it pays (claim and cents; None is a credit of the account)."""

    kind: str
    cents: int
    text: str
    name: str
    iban: str
    truth: dict[UUID | None, int] = field(default_factory=dict)
    end_to_end: str = ""
    return_code: str = ""
    id: UUID = field(default_factory=new_id)

    @property
    def payable(self) -> bool:
        """Whether it truly pays something: neither noise nor something that came back."""
        return bool(self.truth)


Maker = Callable[[random.Random, Customer, Customer], list[Line]]


def _spelt(chance: random.Random, owed: Owed) -> str:
    """The reference as people write it."""
    number, reference = owed.number, owed.reference
    spellings = (
        number,
        number,
        number.lower(),
        number.replace("-", ""),
        number.replace("-", " "),
        f"Rechnung {number} vom 6.11., vielen Dank",
        f"Rg.Nr.:{number},Kd 4711",
        reference,
        " ".join(reference[i : i + 4] for i in range(0, len(reference), 4)),
        f"SVWZ+{reference}+EREF+NOTPROVIDED",
        f"Überweisung für {number[:11]} {number[11:]}",
        f"{number} Grüße aus Köln",
    )
    return chance.choice(spellings)


def _slipped(chance: random.Random, number: str) -> str:
    """One slip of the pen among the digits behind the year."""
    place = chance.randrange(8, len(number) - 1)
    match chance.randrange(3):
        case 0:
            return number[:place] + str((int(number[place]) + chance.randrange(1, 10)) % 10) + number[place + 1 :]
        case 1 if number[place] != number[place + 1]:
            return number[:place] + number[place + 1] + number[place] + number[place + 2 :]
        case _:
            return number[:place] + number[place + 1 :]


def _bank_name(chance: random.Random, name: str) -> str:
    """The name as the bank writes it."""
    first, _, last = name.partition(" ")
    spelt_out = name
    for letter, plain in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"), ("ø", "o"), ("ë", "e")):
        spelt_out = spelt_out.replace(letter, plain)
    return chance.choice(
        (name, name, name.upper(), f"{last}, {first}", f"{last} {first}", spelt_out, f"{first} und Uta {last}")
    )


def _stranger(chance: random.Random) -> tuple[str, str]:
    return f"{chance.choice(FIRST_NAMES)} {chance.choice(LAST_NAMES)}", f"DE{chance.randrange(10**19, 10**20)}"


def _line(
    chance: random.Random, kind: str, payer: Customer, cents: int, text: str, truth: dict[UUID | None, int]
) -> Line:
    return Line(kind, cents, text, _bank_name(chance, payer.name), payer.iban, truth)


def _exact(chance: random.Random, payer: Customer, _: Customer) -> list[Line]:
    owed = payer.owed[0]
    return [_line(chance, "exact", payer, owed.cents, _spelt(chance, owed), {owed.claim_id: owed.cents})]


def _third_party(chance: random.Random, payer: Customer, _: Customer) -> list[Line]:
    owed = payer.owed[0]
    name, iban = _stranger(chance)
    return [Line("third_party", owed.cents, _spelt(chance, owed), name, iban, {owed.claim_id: owed.cents})]


def _no_reference(chance: random.Random, payer: Customer, _: Customer) -> list[Line]:
    owed = payer.owed[0]
    kind = "no_reference_known" if payer.known else "no_reference"
    return [_line(chance, kind, payer, owed.cents, "Rechnung", {owed.claim_id: owed.cents})]


def _several(chance: random.Random, payer: Customer, _: Customer) -> list[Line]:
    total = sum(owed.cents for owed in payer.owed)
    text = ", ".join(owed.number for owed in payer.owed) if chance.random() < 0.8 or not payer.known else "alles"
    return [_line(chance, "several", payer, total, text, {owed.claim_id: owed.cents for owed in payer.owed})]


def _some(chance: random.Random, payer: Customer, _: Customer) -> list[Line]:
    """Names all, pays all but the last one, which he sends back."""
    paid = payer.owed[:-1] or payer.owed
    text = " + ".join(owed.number for owed in payer.owed)
    truth: dict[UUID | None, int] = {owed.claim_id: owed.cents for owed in paid}
    return [_line(chance, "some", payer, sum(owed.cents for owed in paid), text, truth)]


def _part(chance: random.Random, payer: Customer, _: Customer) -> list[Line]:
    owed = payer.owed[0]
    cents = max(1, owed.cents * chance.randrange(20, 90) // 100)
    return [_line(chance, "part", payer, cents, _spelt(chance, owed), {owed.claim_id: cents})]


def _over(chance: random.Random, payer: Customer, _: Customer) -> list[Line]:
    owed = payer.owed[0]
    rest = chance.choice((1, 50, 100, 500, 2_000, 10_000))
    truth: dict[UUID | None, int] = {owed.claim_id: owed.cents, None: rest}
    return [_line(chance, "over", payer, owed.cents + rest, _spelt(chance, owed), truth)]


def _misspelt(chance: random.Random, payer: Customer, _: Customer) -> list[Line]:
    owed = payer.owed[0]
    return [_line(chance, "misspelt", payer, owed.cents, _slipped(chance, owed.number), {owed.claim_id: owed.cents})]


def _misspelt_by_stranger(chance: random.Random, payer: Customer, _: Customer) -> list[Line]:
    owed = payer.owed[0]
    name, iban = _stranger(chance)
    text = _slipped(chance, owed.number)
    return [Line("misspelt_by_stranger", owed.cents, text, name, iban, {owed.claim_id: owed.cents})]


def _cut(chance: random.Random, payer: Customer, _: Customer) -> list[Line]:
    owed = payer.owed[0]
    text = f"{'Bestellung Herbst Winter'[: chance.randrange(11, 20)]} {owed.number}"[:27]
    return [_line(chance, "cut", payer, owed.cents, text, {owed.claim_id: owed.cents})]


def _wrong_number(chance: random.Random, payer: Customer, other: Customer) -> list[Line]:
    """He pays his own bill and writes somebody else's number."""
    owed = payer.owed[0]
    return [_line(chance, "wrong_number", payer, owed.cents, other.owed[0].number, {owed.claim_id: owed.cents})]


def _not_in_yet(chance: random.Random, payer: Customer, _: Customer) -> list[Line]:
    """The invoice he pays has not come in yet, and costs as much as one that is open. Nothing may be booked."""
    text = f"RE-2026-9{chance.randrange(10**5, 10**6)}"
    return [_line(chance, "not_in_yet", payer, payer.owed[0].cents, text, {})]


def _twice(chance: random.Random, payer: Customer, _: Customer) -> list[Line]:
    """Pays one bill twice: the second payment belongs to no claim."""
    owed = payer.owed[0]
    text, name = _spelt(chance, owed), _bank_name(chance, payer.name)
    truths: list[dict[UUID | None, int]] = [{owed.claim_id: owed.cents}, {}]
    return [Line("twice", owed.cents, text, name, payer.iban, truth) for truth in truths]


def _returned(chance: random.Random, payer: Customer, _: Customer) -> list[Line]:
    """A direct debit of ours comes back: money out, with the bank's fee, and our end-to-end id."""
    end_to_end, cents = payer.paid_before or (f"E2E{payer.owed[0].number}", payer.owed[0].cents)
    line = _line(chance, "returned", payer, -cents - 300, "RUECKLASTSCHRIFT", {})
    line.end_to_end, line.return_code = end_to_end, chance.choice(("AC04", "AM04", "MD06", "MS03"))
    return [line]


def _noise(chance: random.Random, _: Customer, __: Customer) -> list[Line]:
    name, iban = _stranger(chance)
    texts = (
        "Spende 2026",
        f"Vertrag {chance.randrange(10**7, 10**8)}",
        "Miete November",
        "",
        "Gutschrift Versicherung",
    )
    return [Line("noise", chance.randrange(100, 200_000), chance.choice(texts), name, iban)]


# Shares in a thousand.
KINDS: tuple[tuple[int, Maker], ...] = (
    (595, _exact),
    (50, _third_party),
    (60, _no_reference),
    (70, _several),
    (10, _some),
    (40, _part),
    (25, _over),
    (45, _misspelt),
    (5, _misspelt_by_stranger),
    (10, _cut),
    (10, _wrong_number),
    (10, _not_in_yet),
    (10, _twice),
    (20, _returned),
    (40, _noise),
)

_CUSTOMERS = """
    SELECT a.account_id, a.first || ' ' || a.last, a.iban, a.known,
           array_agg(c.claim_id ORDER BY c.n), array_agg(c.number ORDER BY c.n),
           array_agg(c.reference ORDER BY c.n), array_agg(c.cents ORDER BY c.n),
           coalesce((SELECT 'E2E' || e.number || ' ' || e.cents FROM bench_claim e
                      WHERE e.account_n = a.n AND e.earlier LIMIT 1), '')
      FROM bench_account a JOIN bench_claim c ON c.account_n = a.n AND NOT c.earlier
     WHERE a.n = ANY(%s) GROUP BY a.n ORDER BY a.n
"""


def lines_for(shop: Shop, count: int) -> list[Line]:
    """So many lines, the same on every machine. Each customer pays once, so that the truth stays true."""
    chance = random.Random(42)
    accounts = 4 * shop.claims // 10
    payers = _customers(chance.sample(range(accounts), min(accounts, 2 * count)))
    chance.shuffle(payers)
    makers = chance.choices([maker for _, maker in KINDS], [share for share, _ in KINDS], k=count)
    lines: list[Line] = []
    by_cents: dict[int, Customer] = {}
    for maker, payer in zip(makers, payers, strict=False):
        other = by_cents.get(payer.owed[0].cents, payers[-1])
        by_cents[payer.owed[0].cents] = payer
        lines += maker(chance, payer, other)
        if len(lines) >= count:
            break
    return lines[:count]


def _customers(numbers: Sequence[int]) -> list[Customer]:
    with connection.cursor() as cursor:
        cursor.execute(_CUSTOMERS, [list(numbers)])
        return [
            Customer(
                account_id,
                name,
                iban,
                known,
                tuple(Owed(*owed) for owed in zip(*owed_columns, strict=True)),
                _paid_before(earlier),
            )
            for account_id, name, iban, known, *owed_columns, earlier in cursor.fetchall()
        ]


def _paid_before(found: str) -> tuple[str, int] | None:
    end_to_end, _, cents = found.partition(" ")
    return (end_to_end, int(cents)) if found else None


_TABLE = """
    DROP TABLE IF EXISTS pg_temp.bench_line;
    CREATE TEMPORARY TABLE bench_line (id uuid, day date, cents bigint, name text, iban text, end_to_end text,
                                       text text, return_code text, number bigserial) ON COMMIT DROP
"""
_INSERT = """
    INSERT INTO ledger_bankline (id, statement_id, bank_account_id, account_id, fingerprint, position, booked_on,
                                 amount_cents, currency, payer_name, payer_iban, end_to_end_id, creditor_reference,
                                 remittance, bank_reference, return_code, reversal, details_incomplete, allocated_cents)
    SELECT id, %s, %s, %s, encode(sha256(id::text::bytea), 'hex'), number, day, cents, 'EUR', name, iban, end_to_end,
           '', text, '', return_code, false, false, 0 FROM bench_line
"""
_ENTRIES = """
    SELECT gen_random_uuid() AS id, {house} AS account_id, 'bankline:' || id AS key, 'bank_line' AS kind, name AS text,
           day AS booked_on, 'EUR' AS currency, 'bank:' || cents || ':;suspense:' || -cents || ':' AS legs,
           NULL::uuid AS link FROM bench_line
"""
_LEGS = """
    SELECT t.id AS transaction_id, {house} AS account_id, leg.line, leg.book, NULL::uuid AS claim_id, leg.amount_cents,
           'EUR' AS currency
      FROM bench_line b JOIN ledger_transaction t ON t.key = 'bankline:' || b.id,
           LATERAL (VALUES (1, 'bank', b.cents), (2, 'suspense', -b.cents)) AS leg (line, book, amount_cents)
"""


def put_in(shop: Shop, lines: Sequence[Line], *, days_ago: int = 0) -> None:
    """The lines stand on the house account, bank against suspense, as after an import."""
    house = sql.Literal(shop.house.pk)
    for some in _thousands(lines, 20_000):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_TABLE)
            with cursor.copy(
                "COPY bench_line (id, day, cents, name, iban, end_to_end, text, return_code) FROM STDIN"
            ) as copy:
                for line in some:
                    day = DAY - timedelta(days=days_ago)
                    row = (line.id, day, line.cents, line.name, line.iban, line.end_to_end, line.text, line.return_code)
                    copy.write_row(row)
            cursor.execute(_INSERT, [shop.statement.pk, shop.statement.bank_account_id, shop.house.pk])
            book_selected(
                ACT,
                entries=sql.SQL(_ENTRIES).format(house=house),
                legs=sql.SQL(_LEGS).format(house=house),
                count=len(some),
            )


def _thousands(lines: Sequence[Line], size: int) -> Iterator[Sequence[Line]]:
    for start in range(0, len(lines), size):
        yield lines[start : start + size]


_EARLIER = """
    SELECT c.claim_id, c.account_id, c.cents, c.number, a.first || ' ' || a.last, a.iban
      FROM bench_claim c JOIN bench_account a ON a.n = c.account_n WHERE c.earlier AND a.known ORDER BY c.n
"""


def earlier_payments() -> list[tuple[Line, UUID]]:
    """What regular customers have paid before, and for which account: so their bank accounts are known."""
    with connection.cursor() as cursor:
        cursor.execute(_EARLIER)
        return [
            (Line("earlier", cents, number, name, iban, {claim_id: cents}, end_to_end=f"E2E{number}"), account_id)
            for claim_id, account_id, cents, number, name, iban in cursor.fetchall()
        ]
