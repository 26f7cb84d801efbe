"""A file that cannot be read with certainty is refused: which file, where, why. Never anything else."""

from __future__ import annotations

import io
from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.rules.bank.documents import balance, document, entry, statements
from tests.rules.bank.test_camt_samples import READ, SAMPLES

from kulanz.kernel.text import Phrase
from kulanz.ledger.bank_formats.camt import read, sniff
from kulanz.ledger.bank_formats.refusals import UnreadableBankFile

ENTRY_2 = "entry 2 of statement 253"


def refusal_of(content: bytes) -> tuple[str, str]:
    with pytest.raises(UnreadableBankFile) as refusal:
        statements(content)
    assert refusal.value.code == "bank_file_unreadable"
    assert refusal.value.file == "umsatz.xml"
    return refusal.value.where, refusal.value.reason


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        (entry(""), "the amount is missing"),
        (entry("<Amt Ccy='EUR'> </Amt>"), "the amount is missing"),
        (entry("<Amt Ccy='EUR'>12,34</Amt>"), "“12,34” is not an amount"),
        (entry("<Amt Ccy='EUR'>-12.34</Amt>"), "“-12.34” is not an amount"),
        (entry("<Amt Ccy='EUR'>1e3</Amt>"), "“1e3” is not an amount"),
        (entry("<Amt Ccy='EUR'>1_000</Amt>"), "“1_000” is not an amount"),
        (entry("<Amt Ccy='EUR'>٣.00</Amt>"), "“٣.00” is not an amount"),
        (entry("<Amt Ccy='EUR'>1000000000000000</Amt>"), "“1000000000000000” is not an amount"),
        (
            entry("<Amt Ccy='EUR'>1.001</Amt>"),
            "the amount 1.001 has more decimal places than the currency EUR knows",
        ),
        (
            entry("<Amt Ccy='JPY'>1.5</Amt>"),
            "the amount 1.5 has more decimal places than the currency JPY knows",
        ),
        (entry("<Amt>1.00</Amt>"), "the currency is missing"),
        (entry("<Amt Ccy='QQQ'>1.00</Amt>"), "the currency “QQQ” is not known"),
        (entry("<Amt Ccy='eur'>1.00</Amt>"), "the currency “eur” is not known"),
        (entry(indicator=""), "it is not said whether this is a credit or a debit"),
        (entry(indicator="<CdtDbtInd>PLUS</CdtDbtInd>"), "“PLUS” is neither CRDT nor DBIT"),
        (entry(more="<BookgDt><Dt>20.11.2026</Dt></BookgDt>"), "“20.11.2026” is not a date"),
        (entry(more="<ValDt><Dt>2026-02-30</Dt></ValDt>"), "“2026-02-30” is not a date"),
    ],
)
def test_entry_that_cannot_be_read_exactly_is_refused_by_its_number(second: str, reason: str) -> None:
    assert refusal_of(document(entry(), second, entry())) == (ENTRY_2, reason)


@pytest.mark.parametrize("written", ["10", "10.", "10.0", "10.00000", "+10.00", "\n10.00 "])
def test_amount_may_be_written_in_every_way_the_standard_allows(written: str) -> None:
    (statement,) = statements(document(entry(f"<Amt Ccy='EUR'>{written}</Amt>")))
    assert statement.entries[0].amount.cents == 1000


def test_unreadable_balance_is_refused_by_its_code() -> None:
    balances = balance("OPBD", "1.00") + balance("CLBD", "1.00", "")
    assert refusal_of(document(balances=balances)) == (
        "balance CLBD of statement 253",
        "it is not said whether this is a credit or a debit",
    )


def test_balance_we_do_not_use_is_not_judged() -> None:
    assert len(statements(document(balances=balance("OPBD", "1.00") + balance("CLAV", "x")))) == 1


def test_statement_of_no_currency_at_all_is_refused() -> None:
    content = document(account="<Acct><Id><Othr><Id>99</Id></Othr></Id></Acct>")
    assert refusal_of(content) == ("statement 253", "the currency is missing")


def test_statement_without_number_is_refused() -> None:
    content = document(entry()).replace(b"<Id>253</Id>", b"")
    assert refusal_of(content) == ("whole file", "a statement has no number (Id)")


@pytest.mark.parametrize(
    ("content", "where", "reason"),
    [
        (b"", "whole file", "the file is empty"),
        (b" \n\t ", "whole file", "the file is empty"),
        (b"\xef\xbb\xbf", "whole file", "the file is empty"),
        (b":20:STARTUMSE\r\n:25:12030000/202051\r\n", "whole file", "this is not an XML file"),
        (b"PK\x03\x04", "whole file", "this is not an XML file"),
        (
            b"<?xml version='1.0' encoding='klingon'?><a/>",
            "whole file",
            "the character encoding “klingon” is not known",
        ),
        (
            b"<?xml version='1.0' encoding='unicode_escape'?><a/>",
            "whole file",
            "the character encoding “unicode_escape” is not known",
        ),
        (b"<html>\n<body/></html>", "line 2", "this is no bank statement (camt.052, camt.053 or camt.054) but “body”"),
        (b"<a/>", "whole file", "there is no statement inside"),
        (b"<a>\n<BkToCstmrStmt>\n</a>", "line 3", "the XML is broken: mismatched tag"),
        (b"<a>\n<BkToCstmrStmt/>&nbsp;</a>", "line 2", "the XML is broken: undefined entity"),
        (
            b"<a xmlns='urn:iso:std:iso:20022:tech:xsd:pain.001.001.09'><CstmrCdtTrfInitn/></a>",
            "line 1",
            "this is no bank statement (camt.052, camt.053 or camt.054) but “pain.001.001.09”",
        ),
    ],
)
def test_what_is_no_statement_is_refused_with_what_it_is(content: bytes, where: str, reason: str) -> None:
    assert refusal_of(content) == (where, reason)


def test_truncated_file_is_refused() -> None:
    where, reason = refusal_of(document(entry()).split(b"</Stmt>")[0])
    assert (where, reason) == ("line 1", "the XML is broken: no element found")


@pytest.mark.parametrize(
    "declaration",
    [
        "<!DOCTYPE Document>",
        "<!DOCTYPE Document SYSTEM 'http://127.0.0.1:9/a.dtd'>",
        "<!DOCTYPE Document [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]>",
        "<!DOCTYPE Document [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_document_type_is_refused_before_anything_in_it_counts(declaration: str, encoding: str) -> None:
    content = document(entry(), head=f"\n{declaration}").decode().encode(encoding)
    assert refusal_of(content) == (
        "line 2",
        "the file brings a document type of its own (DTD), which no bank sends",
    )


def test_endless_nesting_is_refused() -> None:
    nested = "<x>" * 20_000 + "</x>" * 20_000
    assert refusal_of(document(entry(details=nested))) == ("line 1", "the elements are nested too deeply")


@pytest.mark.parametrize("opening", [b"<!--", b"<a b='", b"<?a "])
def test_endless_tag_is_refused_early(opening: bytes) -> None:
    assert refusal_of(b"<a>\n" + opening + b"x" * 3_000_000) == (
        "line 2",
        "a tag or comment is longer than a megabyte",
    )


def test_long_text_is_only_long() -> None:
    text = "<AddtlNtryInf>" + "Dank " * 400_000 + "</AddtlNtryInf>"
    (statement,) = statements(document(entry(more=text)))
    assert len(statement.entries[0].details[0].additional_text) == 1_999_999


def test_the_sentence_says_file_place_and_reason() -> None:
    with pytest.raises(UnreadableBankFile) as refusal:
        statements(document(entry()[:-1].replace("10.00", "zehn") + ">"))
    assert refusal.value.english == (
        "The bank file umsatz.xml cannot be read (entry 1 of statement 253): “zehn” is not an amount."
    )


def test_place_and_reason_can_be_said_in_another_language() -> None:
    with pytest.raises(UnreadableBankFile) as refusal:
        statements(document(entry("<Amt Ccy='EUR'>100%</Amt>")))
    where, reason = refusal.value.where, refusal.value.reason
    assert isinstance(where, Phrase)
    assert isinstance(reason, Phrase)
    assert (where.sentence, where.fields) == (
        "entry %(entry)s of statement %(statement)s",
        {"entry": 1, "statement": "253"},
    )
    assert (reason.sentence, reason.fields) == ("“%(text)s” is not an amount", {"text": "100%"})


def test_other_formats_are_not_taken_for_camt() -> None:
    assert not sniff(b"")
    assert not sniff(b":20:STARTUMSE camt.053")
    assert not sniff(b"<html>")
    assert sniff(document(entry()).decode().encode("utf-16")[:300])


def read_or_refuse(content: bytes) -> None:
    """Everything but a statement or our refusal is a bug, and fails the test."""
    with suppress(UnreadableBankFile):
        for _ in read(io.BytesIO(content)):
            pass


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"", b"<", b"\xff\xfe<\x00", b"<?xml version='1.0' encoding='"]))
def test_random_bytes_are_refused_and_nothing_else_happens(content: bytes, beginning: bytes) -> None:
    with pytest.raises(UnreadableBankFile):
        list(read(io.BytesIO(beginning + content)))


@settings(max_examples=250, deadline=None)
@given(
    name=st.sampled_from(sorted(READ)),
    cut=st.floats(0, 1),
    length=st.integers(0, 40),
    instead=st.one_of(
        st.binary(max_size=12),
        st.sampled_from([b"1e999999", b"\xc3\x28", b"<Ntry/>", b"</Stmt>", b"&x;", b"NaN", b"<!DOCTYPE a>"]),
    ),
)
@example(name="camt053.v8.xml", cut=0.0, length=0, instead=b"\xff\xfe")
def test_damaged_samples_are_read_or_refused(name: str, cut: float, length: int, instead: bytes) -> None:
    content = (SAMPLES / name).read_bytes()
    at = int(cut * len(content))
    read_or_refuse(content[:at] + instead + content[at + length :])


@settings(max_examples=150, deadline=None)
@given(
    name=st.sampled_from(sorted(READ)),
    which=st.integers(0, 400),
    text=st.text(alphabet="0123456789.,-+eE_ TZ:ABCDINFOK٣", max_size=24),
)
def test_any_text_in_any_element_is_read_or_refused(name: str, which: int, text: str) -> None:
    pieces = (SAMPLES / name).read_bytes().split(b"</")
    at = which % len(pieces)
    head, _, _ = pieces[at].rpartition(b">")
    pieces[at] = head + b">" + text.encode()
    read_or_refuse(b"</".join(pieces))
