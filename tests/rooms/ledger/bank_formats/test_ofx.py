"""OFX and QFX: every sample of the corpus of deviations, and what is believed of a file whose sums cannot be proven."""

from __future__ import annotations

import json
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kulanz.kernel.money import Money
from kulanz.kernel.refusals import Refusal
from kulanz.ledger.bank_formats import ofx
from kulanz.ledger.bank_formats.refusals import UnreadableBankFile
from kulanz.ledger.bank_formats.statement import Detail, Entry, Statement, balanced

SAMPLES = Path(__file__).parents[3] / "samples" / "bank" / "ofx"
EXPECTED = json.loads((SAMPLES / "expected.json").read_text())
REFUSED = {"unnamed-bank/empty-tags-curdef-fitid-name.ofx": ("line 34", "the currency is missing")}

SGML = """OFXHEADER:100
DATA:OFXSGML
VERSION:102
SECURITY:NONE
ENCODING:USASCII
CHARSET:1252
COMPRESSION:NONE

<OFX><BANKMSGSRSV1><STMTTRNRS><TRNUID>1<STATUS><CODE>0<SEVERITY>INFO</STATUS>
<STMTRS><CURDEF>EUR
<BANKACCTFROM><BANKID>10020030<ACCTID>1234567<ACCTTYPE>CHECKING</BANKACCTFROM>
<BANKTRANLIST><DTSTART>20261101<DTEND>20261130
{transactions}
</BANKTRANLIST>
<LEDGERBAL><BALAMT>90.00<DTASOF>20261130</LEDGERBAL>
</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
"""
ONE = "<STMTTRN><TRNTYPE>OTHER<DTPOSTED>20261115<TRNAMT>{amount}<FITID>T1<NAME>ANNA<MEMO>RE 7{more}</STMTTRN>"


def read(content: bytes | str) -> list[Statement]:
    return list(ofx.read(BytesIO(content if isinstance(content, bytes) else content.encode()), name="bank.ofx"))


def with_one(amount: str = "10.00", more: str = "") -> str:
    return SGML.format(transactions=ONE.format(amount=amount, more=more))


def entry(content: str) -> Entry:
    [statement] = read(content)
    [found] = statement.entries
    return found


def refusal(content: bytes | str) -> tuple[str, str]:
    with pytest.raises(UnreadableBankFile) as caught:
        read(content)
    return str(caught.value.where), str(caught.value.reason)


@pytest.mark.parametrize("name", sorted(EXPECTED.keys() - REFUSED.keys()))
def test_sample_is_read_with_the_known_figures(name: str) -> None:
    statements = read((SAMPLES / name).read_bytes())
    assert sum(len(statement.entries) for statement in statements) == EXPECTED[name]["entries"]


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_sample_is_refused_for_its_reason(name: str) -> None:
    assert refusal((SAMPLES / name).read_bytes()) == REFUSED[name]


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_sample_is_recognised_by_its_beginning(name: str) -> None:
    assert ofx.sniff((SAMPLES / name).read_bytes()[:4096])


@pytest.mark.parametrize(
    ("name", "cents"),
    [
        ("unnamed-bank/amount-comma-decimal.ofx", -200000),
        ("unnamed-bank/amount-plus-sign-and-space.ofx", 100660),
        ("wells-fargo/header-on-one-line.qfx", -1000),
        ("chase/blank-line-before-header-none-after.qfx", -1000),
        ("hsbc-brasil/dtstart-ddmmyy.ofx", -1000),
    ],
)
def test_sample_amounts_are_exact(name: str, cents: int) -> None:
    [statement] = read((SAMPLES / name).read_bytes())
    assert [e.amount for e in statement.entries] == [Money(cents, "USD")]
    assert [e.booked_on for e in statement.entries] == [date(2026, 1, 15)]


@pytest.mark.parametrize(
    ("name", "payee"),
    [
        ("unnamed-bank/character-outside-latin1.ofx", "ANON UPRAVA č"),
        ("unnamed-bank/xml-declaration-ofx-2.ofx", "ANON ÉNERGIE"),
        ("lcl/check-without-payee.ofx", None),
        ("unnamed-bank/tags-outside-spec.ofx", "ANON MERCHANT"),
    ],
)
def test_sample_names_are_whole(name: str, payee: str | None) -> None:
    [statement] = read((SAMPLES / name).read_bytes())
    assert statement.entries[0].details[0].counterparty_name == payee


def test_a_bank_statement_is_read_whole() -> None:
    [statement] = read(with_one())
    assert statement == Statement(
        account_iban=None,
        account_other_id="10020030/1234567",
        currency="EUR",
        statement_id="10020030/1234567 2026-11-01–2026-11-30",
        sequence=None,
        from_on=date(2026, 11, 1),
        to_on=date(2026, 11, 30),
        opening=None,
        opening_on=None,
        closing=Money(9000, "EUR"),
        closing_on=date(2026, 11, 30),
        entries=(
            Entry(
                position=1,
                amount=Money(1000, "EUR"),
                booked_on=date(2026, 11, 15),
                value_on=None,
                bank_reference="T1",
                reversal=False,
                details=(Detail(amount=Money(1000, "EUR"), counterparty_name="ANNA", remittance="RE 7"),),
            ),
        ),
        format="OFX",
    )
    assert balanced(statement) is None


def test_codewords_in_the_memo_are_understood() -> None:
    content = with_one().replace("RE 7", "EREF+E1 MREF+M1 SVWZ+Rechnung 7 &amp; 8")
    [found] = entry(content).details
    assert (found.end_to_end_id, found.mandate_id, found.remittance) == ("E1", "M1", "Rechnung 7 & 8")


def test_the_account_of_the_other_side_is_known() -> None:
    other = "<BANKACCTTO><BANKID>COBADEFF<ACCTID>DE89370400440532013000<ACCTTYPE>CHECKING</BANKACCTTO>"
    [found] = entry(with_one(more=other)).details
    assert (found.counterparty_iban, found.counterparty_other_id) == ("DE89370400440532013000", None)


def test_pending_transactions_are_counted_and_no_money() -> None:
    pending = ONE.format(amount="5.00", more="").replace("STMTTRN>", "STMTTRNP>")
    [statement] = read(SGML.format(transactions=pending + ONE.format(amount="1.00", more="")))
    assert ([e.amount.cents for e in statement.entries], statement.not_booked) == ([100], 1)


def test_a_card_statement_is_read() -> None:
    content = (
        with_one()
        .replace("STMTRS>", "CCSTMTRS>")
        .replace("<BANKID>10020030", "")
        .replace("BANKACCTFROM>", "CCACCTFROM>")
    )
    [statement] = read(content)
    assert (statement.account_other_id, len(statement.entries)) == ("1234567", 1)


def test_an_amount_in_another_currency_is_told() -> None:
    [statement] = read(with_one(more="<CURRENCY><CURRATE>0.9<CURSYM>USD</CURRENCY>"))
    assert statement.entries[0].amount == Money(1000, "USD")
    assert statement.notes == ("Entry 1 is in USD, the account in EUR.",)


@pytest.mark.parametrize(
    ("kind", "amount", "cents", "reversal"),
    [
        ("DEBIT", "-1.00", -100, False),
        ("CREDIT", "1.00", 100, False),
        ("Debit", "+1.00", 100, True),
        ("CREDIT", "-1.00", -100, True),
        ("FEE", "1.00", 100, False),
    ],
)
def test_a_written_sign_is_the_direction(kind: str, amount: str, cents: int, reversal: bool) -> None:
    found = entry(with_one(amount).replace("OTHER", kind))
    assert (found.amount.cents, found.reversal) == (cents, reversal)


def test_a_debit_without_a_sign_is_not_believed() -> None:
    assert refusal(with_one("1.00").replace("OTHER", "DEBIT")) == (
        "line 13",
        "“1.00” has no sign and its kind is DEBIT: it is not certain whether money came or went",
    )


@pytest.mark.parametrize(
    ("written", "cents"),
    [
        ("10", 1000),
        ("1234.5", 123450),
        ("1,234.56", 123456),
        ("1.234,56", 123456),
        ("- 1 234,56", -123456),
        ("10.0000", 1000),
        (".50", 50),
        ("-0,5", -50),
    ],
)
def test_amount_is_read_exactly(written: str, cents: int) -> None:
    assert entry(with_one(written)).amount == Money(cents, "EUR")


@pytest.mark.parametrize("written", ["1,234", "1e3", "1.2.3", "zehn", "--1", "1234567890123456", "NaN"])
def test_an_amount_that_is_not_clear_is_refused(written: str) -> None:
    assert refusal(with_one(written)) == ("line 13", f"“{written}” is not an amount")


def test_a_fraction_of_a_cent_is_refused() -> None:
    assert refusal(with_one("1.005")) == (
        "line 13",
        "the amount 1.005 has more decimal places than the currency EUR knows",
    )


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("20261115", "20261345", ("line 13", "“20261345” is not a date")),
        ("<DTPOSTED>20261115", "", ("line 13", "“” is not a date")),
        ("<TRNAMT>10.00", "", ("line 13", "the amount is missing")),
        ("<CURDEF>EUR", "<CURDEF>QQQ", ("line 10", "the currency “QQQ” is not known")),
        ("<ACCTID>1234567", "", ("line 10", "the statement does not say of which account it is (ACCTID)")),
        ("<FITID>T1", "<TRNAMT>11.00", ("line 13", "TRNAMT is said twice and differently")),
        ("</STMTTRN>", "", ("line 14", "</BANKTRANLIST> ends here, but <STMTTRN> is open")),
        ("<TRNTYPE>", "verirrt<TRNTYPE>", ("line 13", "“verirrt” stands outside of any value")),
        (
            "</OFX>",
            "",
            ("whole file", "the end tag </OFX> is missing, so the file may have been cut off; please fetch it again"),
        ),
        (
            "</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>",
            "",
            ("line 10", "the end tag </STMTRS> is missing, so the file may have been cut off; please fetch it again"),
        ),
        ("<STMTRS>", "<INVSTMTRS>", ("line 10", "this is a statement of investments, not of a bank account")),
        (
            "<OFX>",
            "<!DOCTYPE OFX [<!ENTITY a 'b'>]><OFX>",
            ("line 9", "the file brings a document type of its own (DTD), which no bank sends"),
        ),
        (
            "COMPRESSION:NONE",
            "COMPRESSION:GZIP",
            ("whole file", "the file is compressed in itself; please have the bank send it uncompressed"),
        ),
    ],
)
def test_a_broken_file_is_refused_with_its_line(old: str, new: str, expected: tuple[str, str]) -> None:
    content = with_one()
    assert old in content
    assert refusal(content.replace(old, new)) == expected


def test_a_correction_of_an_earlier_file_is_refused() -> None:
    assert refusal(with_one(more="<CORRECTFITID>T0<CORRECTACTION>DELETE")) == (
        "line 13",
        "entry 1 corrects one of an earlier file; please ask the bank for a corrected statement",
    )


def test_a_file_that_was_cut_off_anywhere_is_refused() -> None:
    content = with_one().strip()
    for length in range(len(content)):
        with pytest.raises(UnreadableBankFile):
            read(content[:length])


def test_a_smaller_sign_in_a_text_is_text() -> None:
    [found] = entry(with_one().replace("RE 7", "RE 7 < 8 <b und <![CDATA[9 <c>]]>")).details
    assert found.remittance == "RE 7 < 8 <b und 9 <c>"


@pytest.mark.parametrize(
    ("encoding", "declared", "told"),
    [
        ("cp1252", "1252", False),
        ("iso-8859-1", "ISO-8859-1", False),
        ("utf-8", "1252", False),
        ("utf-8-sig", "NONE", False),
        ("utf-16", "1252", False),
        ("cp1252", "UNHEARD-OF", True),
    ],
)
def test_umlauts_are_read_whatever_is_declared(encoding: str, declared: str, told: bool) -> None:
    content = with_one().replace("ANNA", "JÖRG MÜLLER").replace("CHARSET:1252", f"CHARSET:{declared}")
    [statement] = read(content.encode(encoding))
    assert statement.entries[0].details[0].counterparty_name == "JÖRG MÜLLER"
    assert bool(statement.notes) is told


def test_entries_are_read_as_they_are_taken() -> None:
    content = SGML.format(transactions="\n".join([ONE.format(amount="1.00", more="")] * 50)).encode()
    for made in ofx.stream(BytesIO(content), name="a.ofx"):
        assert made.statement.closing is None
        assert len(list(made.entries)) == 50
        assert made.statement.closing == Money(9000, "EUR")


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_random_bytes_are_refused_politely(content: bytes) -> None:
    ofx.sniff(content)
    with pytest.raises(Refusal):
        read(content)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(EXPECTED)), st.data())
def test_a_damaged_sample_is_read_or_refused_and_never_breaks(name: str, data: st.DataObject) -> None:
    content = bytearray((SAMPLES / name).read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(content)))
        cut = data.draw(st.integers(0, 30))
        pieces = [b"<STMTTRN>", b"</STMTRS>", b"<", b"<!--", b"<![CDATA[", b"&#x110000;", b"<BANKACCTTO>"]
        content[place : place + cut] = data.draw(st.binary(max_size=12) | st.sampled_from(pieces))
    try:
        found = read(bytes(content))
    except Refusal:
        return
    assert all(entry.amount.currency for statement in found for entry in statement.entries)
