"""The shop the matching is measured in: customers, open invoices, reminders, collection and holds, in ten claims for
each bank line to come.

Written by a few large statements with every guard in force; transactions go through `ledger.book_selected`. Names are
drawn from small lists, so that many customers share theirs; invoice numbers lie close together, so that a slip of the
pen meets another customer's invoice; a third of the amounts are popular prices.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import gcd

from django.db import connection, transaction
from psycopg import sql

from kulanz.dunning.api import establish_collector
from kulanz.infra.ids import fresh_id_in_sql
from kulanz.kernel.acts import Act, by_system
from kulanz.ledger.api import BankStatement, book_selected, configure_bank_account
from kulanz.machines.api import create_endpoint
from kulanz.parties.api import Account, Brand, BrandFacts, establish_brand, house_account, sort_key

CLAIMS_PER_LINE = 10
DAY = date(2026, 11, 20)
ACT: Act = by_system(datetime(2026, 11, 20, 9, tzinfo=UTC), "benchmark")
OUR_IBAN = "DE02120300000000202051"
BOOKED_AT_ONCE = 50_000
SCATTER = 7_368_787

_FIRST = """
Anna Jürgen Paul Marie Søren Käthe Lukas Björn Zoë Jörg Frieda Karl Eva Hans Ute Günther Sabine Peter Renate Max
Emma Ben Lea Tim Ida Noah Mia Finn Ella Jan Rosa Otto Clara Emil Lina Jonas Greta Anton Martha Oskar Helene Theo
Ruth Felix Nina Ralf Petra Olaf Heike Uwe
"""
_STEMS = """
Müll Schmidt Schneid Fisch Web Mey Wagn Beck Schulz Hoffmann Schäf Koch Bau Richt Klein Wolf Schröd Neumann Schwarz
Zimmermann Braun Krüg Hofmann Hartmann Lang Schmitt Wern Krause Lehmann Köhl Maier Herrmann König Walt Kais Fuchs
Petersen Weiß Jung Groß
"""
FIRST_NAMES = _FIRST.split()
LAST_NAMES = [
    stem + ending for stem in _STEMS.split() for ending in ("er", "", "mann", "inger", "sen", "ke", "itz", "low")
]

_TABLES = """
    CREATE TABLE bench_account (n bigint PRIMARY KEY, person_id uuid, account_id uuid, first text, last text,
                                iban text, known boolean);
    CREATE TABLE bench_claim (n bigint PRIMARY KEY, account_n bigint, account_id uuid, claim_id uuid, invoice_id uuid,
                              number text, value text, reference text, cents bigint, due_on date, earlier boolean);
    SELECT setseed(0.42)
"""
_ACCOUNTS = """
    INSERT INTO bench_account
    SELECT n, {id}, {id}, (%s::text[])[1 + floor(random() * %s)::int], (%s::text[])[1 + floor(random() * %s)::int],
           'DE' || lpad((n * 97 + 13)::text, 20, '7'), n < %s
      FROM generate_series(0, %s - 1) AS n
"""
_PEOPLE = """
    WITH key (name, folded) AS (SELECT * FROM unnest(%s::text[], %s::text[]))
    INSERT INTO parties_person (id, name, is_company, street, postcode, city, country, email, phone, language, sort_key)
    SELECT b.person_id, b.first || ' ' || b.last, false, 'Ahornweg 7', '04229', 'Leipzig', 'DE',
           CASE WHEN b.n %% 5 = 0 THEN '' ELSE 'k' || b.n || '@example.org' END, '', 'de', f.folded || ' ' || l.folded
      FROM bench_account b JOIN key f ON f.name = b.first JOIN key l ON l.name = b.last
"""
_OPENED = """
    INSERT INTO parties_account (id, brand_id, number, kind, person_id, opened_at)
    SELECT account_id, %s, 'K' || n, 'customer', person_id, %s FROM bench_account
"""
# Ten claims belong to four accounts: one, two, three, four. The number has nothing to do with whose it is.
_CLAIMS = """
    INSERT INTO bench_claim
    SELECT i, a.n, a.account_id, {id}, {id}, 'RE-2026-' || number, 'RE2026' || number,
           'RF' || lpad((98 - ('27142026' || number || '271500')::numeric %% 97)::text, 2, '0') || 'RE2026' || number,
           CASE WHEN random() < 0.35 THEN (ARRAY[499, 999, 1299, 1499, 1999, 2499, 2999, 3999, 4999, 5999, 7999, 8999,
                                                9999, 12999, 14999, 19999])[1 + floor(random() * 16)::int]
                ELSE 500 + floor(random() * random() * 40000)::bigint END,
           %s + ((i %% 50) - 8)::int, i >= %s
      FROM (SELECT i, lpad(((i * 7368787 + 17) %% %s + 1)::text, 7, '0') AS number
              FROM generate_series(0::bigint, %s - 1) AS i) AS numbered
      JOIN bench_account a ON a.n = CASE WHEN i >= %s THEN i - %s
                                         ELSE 4 * (i / 10) + (ARRAY[0,1,1,2,2,2,3,3,3,3])[1 + i %% 10] END
"""
_INVOICES = """
    INSERT INTO ledger_invoice (id, brand_id, account_id, number, kind, order_number, corrects_number, issued_on,
                                total_cents, currency)
    SELECT invoice_id, %s, account_id, number, 'invoice', '', '', due_on - 14, cents, 'EUR' FROM bench_claim
     WHERE n >= %s AND n < %s;
    INSERT INTO ledger_claim (id, reference, account_id, ordered_by_id, kind, invoice_id, amount_cents, currency,
                              founded_on, due_on)
    SELECT claim_id, reference, account_id, account_id, 'principal', invoice_id, cents, 'EUR', due_on - 14, due_on
      FROM bench_claim WHERE n >= %s AND n < %s;
    INSERT INTO ledger_claimreference (value, claim_id, account_id)
    SELECT v, claim_id, account_id FROM bench_claim, LATERAL (VALUES (value), (reference)) AS both_of_them (v)
     WHERE n >= %s AND n < %s
"""
# Overdue claims: every second one was reminded, of those some twice and more; a few are in a collector's hands.
_REMINDED = """
    CREATE TABLE bench_pursued AS
    SELECT b.*, {id} AS procedure_id, n %% 100 AS lot FROM bench_claim b
     WHERE due_on < %s AND NOT earlier AND n %% 2 = 0;
    INSERT INTO dunning_procedure (id, claim_id, account_id, state, started_at, ended_because)
    SELECT procedure_id, claim_id, account_id, 'running', %s, '' FROM bench_pursued;
    CREATE TABLE bench_notice AS
    SELECT {id} AS id, {id} AS message_id, p.*, level
      FROM bench_pursued p, generate_series(0, CASE WHEN lot < 30 THEN 2 ELSE 0 END) AS level;
    INSERT INTO contact_message (id, key, kind, channel, brand_id, account_id, language, to_name, to_address, sheet,
                                 state, queued_at, attempts, trouble)
    SELECT message_id, 'notice:' || id, 'dunning_notice', 'letter', %s, account_id, 'de', 'bench', 'bench', '{{}}',
           'queued', %s, 0, '' FROM bench_notice;
    INSERT INTO dunning_dunningnotice (id, procedure_id, claim_id, account_id, level, issued_on, issued_at, pay_by,
                                       outstanding_cents, currency, message_id)
    SELECT id, procedure_id, claim_id, account_id, level, %s, %s, %s, cents, 'EUR', message_id FROM bench_notice;
    INSERT INTO dunning_collectionorder (id, reference, claim_id, account_id, collector_id, state, amount_cents,
                                         currency, handed_over_at, handed_over_by, ended_because)
    SELECT {id}, 'KB' || n, claim_id, account_id, %s, 'handed_over', cents, 'EUR', %s, 'Dana Vogt', ''
      FROM bench_pursued WHERE lot < 10;
    INSERT INTO holds_hold (id, reference, account_id, kind, effect, state, words, proposed_at, proposed_by,
                            released_at, released_by, released_by_kind, confirmed_by, lifted_by, lifted_by_kind,
                            lifted_because)
    SELECT procedure_id, 'SB' || n, account_id, 'payment', 'no_invoice_purchase', 'active', '', %s, 'holds.review',
           %s, 'Dana Vogt', 'person', '', '', '', ''
      FROM bench_pursued WHERE lot < 30;
    INSERT INTO holds_holdreason (id, hold_id, account_id, claim_id, giver, given_at)
    SELECT {id}, procedure_id, account_id, claim_id, 'dunning.overdue_claim', %s FROM bench_pursued WHERE lot < 30
"""
_GROWN = "parties_person, parties_account, ledger_invoice, ledger_claim, ledger_claimbalance, ledger_claimreference, \
ledger_transaction, ledger_posting, dunning_procedure, dunning_dunningnotice, dunning_collectionorder, holds_hold, \
holds_holdreason, bench_account, bench_claim"


@dataclass(frozen=True, slots=True)
class Shop:
    """Whose books they are, and how many claims are open in them. Claims numbered from `claims` on were paid before,
    by `earlier` customers whose bank accounts are therefore known."""

    brand: Brand
    house: Account
    statement: BankStatement
    claims: int
    earlier: int


def open_shop(claims: int) -> Shop:
    """A shop with that many open claims. Takes about as long as a thousandth of a second for every five of them."""
    brand = establish_brand(
        ACT,
        BrandFacts(
            code="bench", name="Bench", legal_name="Bench GmbH", street="", postcode="", city="", email="b@example.org"
        ),
    )
    bank_account = configure_bank_account(ACT, brand=brand, iban=OUR_IBAN, holder="Bench GmbH")
    earlier = claims // 10
    statement = BankStatement.objects.create(
        bank_account=bank_account,
        statement_id="bench",
        file_name="bench",
        file_sha256="0" * 64,
        format="bench",
        currency="EUR",
        entries=0,
        new_lines=0,
        imported_at=ACT.at,
        imported_by=ACT.by.name,
    )
    shop = Shop(brand, house_account(brand), statement, claims, earlier)
    _people(shop)
    _invoices(shop)
    _pursue(shop)
    create_endpoint(ACT, brand, "https://shop.example/hooks")
    run(f"ANALYZE {_GROWN}")
    return shop


def run(statements: str, parameters: list[object] | None = None) -> None:
    """Statements with `{id}` where a fresh id belongs."""
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(statements).format(id=fresh_id_in_sql()), parameters)  # type: ignore[arg-type]  # our own


def _people(shop: Shop) -> None:
    accounts = 4 * -(-shop.claims // 10)
    names = sorted({*FIRST_NAMES, *LAST_NAMES})
    run(_TABLES)
    run(_ACCOUNTS, [FIRST_NAMES, len(FIRST_NAMES), LAST_NAMES, len(LAST_NAMES), shop.earlier, accounts])
    run("ANALYZE bench_account")
    run(_PEOPLE, [names, [sort_key(name) for name in names]])
    run(_OPENED, [shop.brand.pk, ACT.at])


def _invoices(shop: Shop) -> None:
    total = shop.claims + shop.earlier
    numbers = _coprime(total)
    run(_CLAIMS, [DAY, shop.claims, numbers, total, shop.claims, shop.claims])
    run("CREATE INDEX ON bench_claim (account_n); ANALYZE bench_claim")
    for start in range(0, total, BOOKED_AT_ONCE):
        end = min(start + BOOKED_AT_ONCE, total)
        with transaction.atomic():
            run(_INVOICES, [shop.brand.pk, start, end, start, end, start, end])
            chosen = sql.SQL(f" FROM bench_claim b WHERE n >= {start} AND n < {end}")
            book_selected(ACT, entries=_ENTRIES + chosen, legs=_LEGS.format(chosen=chosen), count=end - start)


def _coprime(total: int) -> int:
    """A number range in which the scattering of invoice numbers meets none twice."""
    return next(size for size in range(total, 2 * total + 2) if gcd(size, SCATTER) == 1)


_ENTRIES = sql.SQL("""
    SELECT invoice_id AS id, account_id, 'invoice:bench:' || number AS key, 'invoice' AS kind, number AS text,
           due_on - 14 AS booked_on, 'EUR' AS currency,
           'receivable:' || cents || ':' || claim_id || ';revenue:' || -cents || ':' AS legs, NULL::uuid AS link
""")
_LEGS = sql.SQL("""
    SELECT invoice_id AS transaction_id, account_id, leg.line, leg.book, leg.claim_id, leg.amount_cents,
           'EUR' AS currency
      FROM (SELECT * {chosen}) AS b, LATERAL (VALUES
           (1, 'receivable', b.claim_id, b.cents), (2, 'revenue', NULL::uuid, -b.cents)
           ) AS leg (line, book, claim_id, amount_cents)
""")


def _pursue(shop: Shop) -> None:
    collector = establish_collector(
        ACT, code="bench", name="Bench Inkasso", email="i@example.org", phone="", street="", postcode="", city=""
    )
    reminded = ACT.at - timedelta(days=1)
    on = reminded.date()
    with transaction.atomic():
        pay_by = DAY + timedelta(days=9)
        run(
            _REMINDED,
            [
                on,
                reminded,
                shop.brand.pk,
                reminded,
                on,
                reminded,
                pay_by,
                collector.pk,
                *[reminded] * 4,
            ],
        )
