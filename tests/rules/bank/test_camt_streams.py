"""A statement of any length is read entry by entry; what stands behind its entries still counts."""

from __future__ import annotations

import io

import pytest
from tests.rules.bank.documents import balance, document, entry

from kulanz.kernel.money import Money
from kulanz.ledger.bank_formats.camt import read, stream
from kulanz.ledger.bank_formats.refusals import UnreadableBankFile
from kulanz.ledger.bank_formats.statement import Statement, balanced

OPENING, CLOSING = balance("OPBD", "5.00"), balance("CLBD", "25.00")


def one(content: bytes) -> Statement:
    (found,) = read(io.BytesIO(content), name="umsatz.xml")
    return found


def test_entries_come_one_by_one_and_the_statement_is_complete_after_the_last() -> None:
    content = document(entry(), entry(status="<Sts>PDNG</Sts>"), entry(), balances=OPENING + CLOSING)
    (found,) = list(stream(io.BytesIO(content)))[:1] or [None]
    assert found is not None
    streamed = next(stream(io.BytesIO(content)))
    assert (streamed.statement.opening, streamed.statement.not_booked) == (Money(500), 0)
    assert [e.position for e in streamed.entries] == [1, 3]
    assert streamed.statement.not_booked == 1


def test_what_nobody_took_is_passed_over_but_judged() -> None:
    good, bad = document(entry(), entry()), document(entry(), entry("<Amt Ccy='EUR'>x</Amt>"))
    assert len(list(stream(io.BytesIO(good)))) == 1
    with pytest.raises(UnreadableBankFile, match="entry 2"):
        list(stream(io.BytesIO(bad)))


def test_balances_behind_the_entries_count_as_well() -> None:
    content = document(entry(), entry()).replace(b"</Stmt>", (OPENING + CLOSING).encode() + b"</Stmt>")
    found = one(content)
    assert (found.opening, found.closing, balanced(found)) == (Money(500), Money(2500), True)


def test_pages_of_one_statement_join_at_their_intermediate_balances() -> None:
    def page(number: int, last: str, balances: str) -> Statement:
        pages = f"<StmtPgntn><PgNb>{number}</PgNb><LastPgInd>{last}</LastPgInd></StmtPgntn>"
        return one(document(entry(), balances=balances).replace(b"<Acct>", f"{pages}<Acct>".encode(), 1))

    first = page(1, "false", OPENING + balance("ITBD", "15.00"))
    middle = page(2, "false", balance("ITBD", "15.00") + balance("ITBD", "25.00"))
    last = page(3, "true", balance("ITBD", "25.00") + balance("CLBD", "35.00"))
    assert [balanced(statement) for statement in (first, middle, last)] == [True, True, True]
    assert [s.closing for s in (first, middle)] == [s.opening for s in (middle, last)]


def test_an_intermediate_balance_of_a_single_page_proves_nothing() -> None:
    assert one(document(entry(), balances=OPENING + balance("ITBD", "15.00"))).closing is None


def test_names_that_change_their_prefix_are_refused() -> None:
    content = document(entry(), entry()).replace(b"<Ntry>", b"<x:Ntry>", 1).replace(b"</Ntry>", b"</x:Ntry>", 1)
    with pytest.raises(UnreadableBankFile, match="prefix here and none elsewhere"):
        one(content)


@pytest.mark.parametrize("message", ["BkToCstmrStmt", "BkToCstmrStmtV01"])
def test_a_second_statement_begins_where_the_first_has_ended(message: str) -> None:
    first = document(entry(), entry(), balances=OPENING + CLOSING).replace(b"BkToCstmrStmt", message.encode())
    inner = first[first.index(b"<Stmt>") : first.index(b"</Stmt>") + 7]
    both = first.replace(inner, inner + b"<SplmtryData/>" + inner)
    assert [(len(s.entries), balanced(s)) for s in read(io.BytesIO(both))] == [(2, True), (2, True)]
