"""What an entry means: direction, reversal, batches, the other side, texts, dates."""

from __future__ import annotations

import io
from datetime import date

import pytest
from tests.rules.bank.documents import (
    OWN_IBAN,
    balance,
    document,
    entry,
    only_detail,
    only_entry,
    statement,
)

from kulanz.kernel.money import Money
from kulanz.ledger.bank_formats.camt import read
from kulanz.ledger.bank_formats.statement import balanced

CREDIT = "<CdtDbtInd>CRDT</CdtDbtInd>"
DEBIT = "<CdtDbtInd>DBIT</CdtDbtInd>"
BRANDT_IBAN = "DE89370400440532013000"
BRANDT = (
    "<RltdPties><Dbtr><Nm>Bernd Brandt</Nm></Dbtr>"
    f"<DbtrAcct><Id><IBAN>{BRANDT_IBAN}</IBAN></Id></DbtrAcct>"
    "<Cdtr><Nm>Laden GmbH</Nm></Cdtr>"
    f"<CdtrAcct><Id><IBAN>{OWN_IBAN}</IBAN></Id></CdtrAcct></RltdPties>"
)
SWAPPED = BRANDT.replace("Dbtr", "X").replace("Cdtr", "Dbtr").replace("X", "Cdtr")


def amount(value: str, currency: str = "EUR") -> str:
    return f"<Amt Ccy='{currency}'>{value}</Amt>"


def booked(value: str) -> str:
    """Version 8: the amount stands directly in the payment."""
    return f"<TxDtls>{amount(value)}</TxDtls>"


def transacted(value: str) -> str:
    """Version 2: the amount stands among the amount details."""
    return f"<TxDtls><AmtDtls><TxAmt>{amount(value)}</TxAmt></AmtDtls></TxDtls>"


def instructed(value: str) -> str:
    return f"<TxDtls><AmtDtls><InstdAmt>{amount(value)}</InstdAmt></AmtDtls></TxDtls>"


def test_indicator_is_the_direction_also_in_a_reversal() -> None:
    reversed_credit = only_entry(entry(indicator=DEBIT, more="<RvslInd>true</RvslInd>"))
    reversed_debit = only_entry(entry(indicator=CREDIT, more="<RvslInd>1</RvslInd>"))
    assert (reversed_credit.amount, reversed_credit.reversal) == (Money(-1000), True)
    assert (reversed_debit.amount, reversed_debit.reversal) == (Money(1000), True)


def test_statement_with_a_reversal_balances() -> None:
    read_statement = statement(
        document(
            entry(amount("30.00"), CREDIT),
            entry(amount("30.00"), DEBIT, more="<RvslInd>true</RvslInd>"),
            balances=balance("PRCD", "5.00") + balance("CLBD", "5.00"),
        )
    )
    assert balanced(read_statement) is True


def test_statement_with_a_missing_cent_does_not_balance() -> None:
    balances = balance("OPBD", "5.00") + balance("CLBD", "15.01")
    assert balanced(statement(document(entry(), balances=balances))) is False


def test_statement_with_one_balance_cannot_be_judged() -> None:
    assert balanced(statement(document(entry(), balances=balance("OPBD", "5.00")))) is None


def test_opening_booked_wins_over_previous_closing() -> None:
    found = statement(document(balances=balance("PRCD", "1.00") + balance("OPBD", "2.00", "DBIT")))
    assert (found.opening, found.opening_on) == (Money(-200), date(2026, 11, 20))


@pytest.mark.parametrize("part", [booked, transacted, instructed])
def test_batch_is_split_by_whichever_amounts_add_up(part) -> None:  # type: ignore[no-untyped-def]
    details = only_entry(entry(details=part("3.00") + part("7.00"))).details
    assert [(d.amount, d.details_incomplete) for d in details] == [(Money(300), False), (Money(700), False)]


def test_debited_batch_has_negative_parts() -> None:
    details = only_entry(entry(indicator=DEBIT, details=booked("3.00") + booked("7.00"))).details
    assert [d.amount for d in details] == [Money(-300), Money(-700)]


def test_part_against_its_batch_keeps_its_own_direction() -> None:
    parts = f"<TxDtls>{amount('12.00')}{CREDIT}</TxDtls><TxDtls>{amount('2.00')}{DEBIT}</TxDtls>"
    assert [d.amount for d in only_entry(entry(details=parts)).details] == [Money(1200), Money(-200)]


def test_indicator_of_the_original_payment_inside_a_returned_batch_is_not_the_movement() -> None:
    parts = f"<TxDtls>{amount('4.00')}{CREDIT}</TxDtls><TxDtls>{amount('6.00')}{CREDIT}</TxDtls>"
    found = only_entry(entry(indicator=DEBIT, details=parts))
    assert [d.amount for d in found.details] == [Money(-400), Money(-600)]


def test_batch_over_several_detail_blocks_is_one_batch() -> None:
    blocks = f"{booked('3.00')}</NtryDtls><NtryDtls>{booked('7.00')}"
    assert len(only_entry(entry(details=blocks)).details) == 2


@pytest.mark.parametrize(
    "parts",
    [
        booked("3.00") + booked("7.01"),
        booked("3.00") + "<TxDtls/>",
        "<TxDtls/><TxDtls/>",
        f"<TxDtls>{amount('3.00', 'USD')}</TxDtls>" + booked("7.00"),
    ],
)
def test_batch_that_does_not_add_up_stays_whole_and_says_so(parts: str) -> None:
    detail = only_detail(entry(details=parts))
    assert (detail.amount, detail.details_incomplete) == (Money(1000), True)


def test_whole_batch_tells_only_what_all_its_details_agree_on() -> None:
    def part(payer: str, text: str) -> str:
        return (
            f"<TxDtls><RltdPties><Dbtr><Nm>{payer}</Nm></Dbtr></RltdPties>"
            f"<RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls>"
        )

    different = only_detail(entry(details=part("Anders", "R-1") + part("Brandt", "R-2")))
    alike = only_detail(entry(details=part("Anders", "R-1") + part("Anders", "R-1")))
    assert (different.counterparty_name, different.remittance) == (None, "R-1 R-2")
    assert (alike.counterparty_name, alike.remittance) == ("Anders", "R-1")


def test_batch_without_any_details_is_incomplete() -> None:
    assert only_detail(entry(details="<Btch><NbOfTxs>17</NbOfTxs></Btch>")).details_incomplete is True


def test_batch_of_which_only_one_payment_is_told_is_incomplete() -> None:
    found = only_detail(entry(details="<Btch><NbOfTxs>3</NbOfTxs></Btch><TxDtls/>"))
    assert (found.amount, found.details_incomplete) == (Money(1000), True)


def test_entry_without_details_is_one_complete_payment() -> None:
    found = only_detail(entry(more="<AddtlNtryInf>Kontoführung</AddtlNtryInf>"))
    assert (found.amount, found.details_incomplete) == (Money(1000), False)
    assert found.additional_text == "Kontoführung"


def test_single_payment_differing_by_the_banks_charges_is_complete() -> None:
    parts = f"<TxDtls><AmtDtls><TxAmt>{amount('10.30')}</TxAmt></AmtDtls><Chrgs>{amount('0.30')}</Chrgs></TxDtls>"
    found = only_detail(entry(details=parts))
    assert (found.amount, found.charges, found.details_incomplete) == (Money(1000), Money(30), False)


def test_payment_in_another_currency_counts_with_the_entry() -> None:
    dollars = amount("11.50", "USD")
    parts = f"<TxDtls>{dollars}<AmtDtls><InstdAmt>{dollars}</InstdAmt></AmtDtls></TxDtls>"
    found = only_detail(entry(details=parts), version="08")
    assert (found.amount, found.original_amount) == (Money(1000), Money(1150, "USD"))
    assert found.details_incomplete is False


def test_payer_of_a_credit_and_payee_of_a_debit_are_the_other_side() -> None:
    came = only_detail(entry(details=f"<TxDtls>{BRANDT}</TxDtls>"))
    went = only_detail(entry(indicator=DEBIT, details=f"<TxDtls>{SWAPPED}</TxDtls>"))
    assert (came.counterparty_name, came.counterparty_iban) == ("Bernd Brandt", BRANDT_IBAN)
    assert (went.counterparty_name, went.counterparty_iban) == ("Bernd Brandt", BRANDT_IBAN)


@pytest.mark.parametrize("parties", [BRANDT, SWAPPED])
def test_returned_debit_names_the_debtor_amount_reason_and_fees(parties: str) -> None:
    found = only_detail(
        entry(
            amount("35.00"),
            DEBIT,
            details=(
                "<TxDtls><Refs><EndToEndId>R-2026-17</EndToEndId><MndtId>M-4</MndtId></Refs>"
                f"<AmtDtls><InstdAmt>{amount('30.00')}</InstdAmt><TxAmt>{amount('35.00')}</TxAmt></AmtDtls>"
                f"<Chrgs>{amount('2.00')}</Chrgs><Chrgs>{amount('3.00')}<CdtDbtInd>DBIT</CdtDbtInd></Chrgs>"
                f"{parties}<RtrInf><Rsn><Cd>MS03</Cd></Rsn></RtrInf></TxDtls>"
            ),
        )
    )
    assert found.amount == Money(-3500)
    assert (found.counterparty_name, found.counterparty_iban) == ("Bernd Brandt", BRANDT_IBAN)
    assert (found.end_to_end_id, found.mandate_id, found.return_code) == ("R-2026-17", "M-4", "MS03")
    assert (found.original_amount, found.charges) == (Money(3000), Money(500))
    assert found.details_incomplete is False


def test_charges_of_version_8_stand_in_records() -> None:
    records = (
        f"<Chrgs><TtlChrgsAndTaxAmt Ccy='EUR'>2.50</TtlChrgsAndTaxAmt><Rcrd>{amount('3.00')}</Rcrd>"
        f"<Rcrd>{amount('0.50')}<CdtDbtInd>CRDT</CdtDbtInd></Rcrd></Chrgs>"
    )
    assert only_detail(entry(details=f"<TxDtls>{records}</TxDtls>"), version="08").charges == Money(250)


def test_total_of_charges_counts_where_nothing_else_is_said() -> None:
    total = "<Chrgs><TtlChrgsAndTaxAmt Ccy='EUR'>2.50</TtlChrgsAndTaxAmt></Chrgs>"
    assert only_detail(entry(details=f"<TxDtls>{total}</TxDtls>"), version="08").charges == Money(250)


def test_payer_of_version_8_may_be_a_party_or_a_bank() -> None:
    person = "<Dbtr><Pty><Nm>Bernd Brandt</Nm></Pty></Dbtr>"
    bank = "<Dbtr><Agt><FinInstnId><Nm>Hausbank</Nm></FinInstnId></Agt></Dbtr>"
    names = [
        only_detail(entry(details=f"<TxDtls><RltdPties>{p}</RltdPties></TxDtls>")).counterparty_name
        for p in (person, bank)
    ]
    assert names == ["Bernd Brandt", "Hausbank"]


def test_account_without_iban_is_kept_apart() -> None:
    parties = "<RltdPties><DbtrAcct><Id><Othr><Id>4711</Id></Othr></Id></DbtrAcct></RltdPties>"
    found = only_detail(entry(details=f"<TxDtls>{parties}</TxDtls>"))
    assert (found.counterparty_iban, found.counterparty_other_id) == (None, "4711")


def test_iban_with_spaces_is_the_same_iban() -> None:
    parties = "<RltdPties><DbtrAcct><Id><IBAN>de89 3704 0044 0532 0130 00</IBAN></Id></DbtrAcct></RltdPties>"
    assert only_detail(entry(details=f"<TxDtls>{parties}</TxDtls>")).counterparty_iban == BRANDT_IBAN


def test_every_line_of_the_remittance_is_kept() -> None:
    texts = (
        "<TxDtls><RmtInf><Ustrd>Rechnung 1</Ustrd><Ustrd>und\n   2</Ustrd>"
        "<Strd><RfrdDocInf><Nb>R-3</Nb></RfrdDocInf><CdtrRefInf><Ref>RF18539007547034</Ref></CdtrRefInf>"
        "<AddtlRmtInf>danke</AddtlRmtInf></Strd>"
        "<Strd><CdtrRefInf><Ref>RF45G72UUR</Ref></CdtrRefInf></Strd></RmtInf></TxDtls>"
    )
    found = only_detail(entry(details=texts))
    assert found.creditor_reference == "RF18539007547034"
    assert found.remittance == "Rechnung 1 und 2 R-3 danke RF45G72UUR"


def test_what_says_nothing_is_nothing() -> None:
    references = "<Refs><EndToEndId>NOTPROVIDED</EndToEndId><MndtId> </MndtId></Refs>"
    found = only_detail(entry(details=f"<TxDtls>{references}</TxDtls>"))
    assert (found.end_to_end_id, found.mandate_id) == (None, None)


@pytest.mark.parametrize(
    "written",
    [
        "<Dt>2026-11-20</Dt>",
        "<Dt>2026-11-20+01:00</Dt>",
        "<DtTm>2026-11-20T23:30:00Z</DtTm>",
        "<DtTm>2026-11-20T00:10:00.000000000+02:00</DtTm>",
    ],
)
def test_day_is_the_one_the_bank_wrote(written: str) -> None:
    found = only_entry(entry(more=f"<BookgDt>{written}</BookgDt><ValDt>{written}</ValDt>"))
    assert (found.booked_on, found.value_on) == (date(2026, 11, 20), date(2026, 11, 20))


def test_bank_reference_of_the_entry_or_of_its_only_payment() -> None:
    of_entry = only_entry(entry(more="<AcctSvcrRef>A1</AcctSvcrRef>"))
    of_payment = only_entry(entry(details="<TxDtls><Refs><AcctSvcrRef>B2</AcctSvcrRef></Refs></TxDtls>"))
    assert (of_entry.bank_reference, of_payment.bank_reference) == ("A1", "B2")


@pytest.mark.parametrize(
    "status",
    ["<Sts>PDNG</Sts>", "<Sts>INFO</Sts>", "<Sts><Cd>PDNG</Cd></Sts>", "<Sts><Prtry>X</Prtry></Sts>"],
)
def test_only_booked_entries_are_money(status: str) -> None:
    found = statement(document(entry(status=status), entry()))
    assert ([e.position for e in found.entries], found.not_booked, found.notes) == ([2], 1, ())


def test_entry_without_status_is_booked_and_noted() -> None:
    found = statement(document(entry(status=""), entry(status="")))
    assert len(found.entries) == 2
    assert found.notes == ("2 entries have no status; they were taken as booked.",)


def test_entry_in_another_currency_is_reported_and_does_not_balance() -> None:
    found = statement(
        document(
            entry(),
            entry(amount("1.00", "CHF")),
            balances=balance("OPBD", "0.00") + balance("CLBD", "11.00"),
        )
    )
    assert found.notes == ("1 entries are not in EUR, the currency of the account; first: 2.",)
    assert balanced(found) is False


def test_account_without_currency_has_that_of_its_balance_even_if_nothing_is_on_it() -> None:
    found = statement(
        document(
            account="<Acct><Id><Othr><Id>99</Id></Othr></Id></Acct>",
            balances=balance("OPBD", "0", currency="CHF"),
        )
    )
    assert (found.account_iban, found.account_other_id, found.currency) == (None, "99", "CHF")
    assert found.opening == Money(0, "CHF")


@pytest.mark.parametrize("version", ["01", "02", "03", "04", "06", "08", "10", "13"])
def test_every_version_is_read_by_its_names(version: str) -> None:
    assert only_detail(entry(details=booked("10.00")), version=version).amount == Money(1000)


def test_names_may_carry_a_prefix() -> None:
    prefixed = document(entry()).replace(b"</", b"</b:").replace(b"<", b"<b:").replace(b"<b:/b:", b"</b:")
    prefixed = prefixed.replace(b"<b:?", b"<?").replace(b"xmlns=", b"xmlns:b=")
    assert statement(prefixed).entries[0].amount == Money(1000)


def test_entities_of_xml_itself_are_text() -> None:
    texts = "<TxDtls><RmtInf><Ustrd>M&#252;ller &amp; S&#xF6;hne</Ustrd></RmtInf></TxDtls>"
    assert only_detail(entry(details=texts)).remittance == "Müller & Söhne"


UMLAUT = "<TxDtls><RltdPties><Dbtr><Nm>Jörg Müßig</Nm></Dbtr></RltdPties></TxDtls>"
NOTED = (
    "The file is not written in the character encoding it should have; it was read as Windows-1252. "
    "Check umlauts in names."
)


@pytest.mark.parametrize(
    ("head", "encoding", "notes"),
    [
        ("", "utf-8", ()),
        ("", "utf-8-sig", ()),
        ("", "utf-16", ()),
        ("<?xml version='1.0' encoding='utf-16'?>", "utf-16", ()),
        ("<?xml version='1.0' encoding='ISO-8859-1'?>", "latin-1", ()),
        ("<?xml version='1.0' encoding='ISO-8859-15'?>", "iso8859-15", ()),
        ("<?xml version='1.0' encoding='windows-1252'?>", "cp1252", ()),
        ("", "latin-1", (NOTED,)),
        ("<?xml version='1.0' encoding='UTF-8'?>", "cp1252", (NOTED,)),
    ],
)
def test_umlauts_survive_what_banks_do_to_encodings(head: str, encoding: str, notes: tuple[str, ...]) -> None:
    content = document(entry(details=UMLAUT), head=head).decode().encode(encoding)
    found = statement(content)
    assert found.entries[0].details[0].counterparty_name == "Jörg Müßig"
    assert found.notes == notes


class Stream(io.BytesIO):
    """A pipe: it cannot be rewound."""

    def seekable(self) -> bool:
        return False

    def seek(self, *_: int) -> int:
        raise io.UnsupportedOperation("seek")


def test_stream_that_cannot_be_rewound_is_read() -> None:
    (found,) = read(Stream(document(entry())), name="pipe")
    assert len(found.entries) == 1


def test_statements_come_one_after_the_other() -> None:
    first, second = (document(entry(), entry()), document())
    inner = first.split(b"</BkToCstmrStmt>")[0] + b"<Stmt>" + second.split(b"<Stmt>")[1]
    assert [[e.position for e in s.entries] for s in read(io.BytesIO(inner))] == [[1, 2], []]
