"""MT940 and MT942: every sample with the figures known for it, or refused for the reason in the table; and what the
fields mean, entry by entry.

The figures were computed by other readers than ours (see samples/bank/mt940/LICENCES.md for the files' origin).
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import mt940 as library
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kulanz.kernel.money import Money
from kulanz.kernel.refusals import Refusal
from kulanz.ledger.bank_formats import mt940
from kulanz.ledger.bank_formats.refusals import UnreadableBankFile
from kulanz.ledger.bank_formats.statement import Detail, Entry, Statement, balanced

SAMPLES = Path(__file__).parents[3] / "samples" / "bank" / "mt940"
EXPECTED = json.loads((SAMPLES / "expected.json").read_text())
DAY = date(2026, 11, 20)

OUTSIDE = "the field :%s: stands outside of a statement, which begins with :20:"
NO_ACCOUNT = "the statement does not say of which account it is (field :25:)"
NO_OPENING = "the statement has no opening balance (field :60F:)"
REFUSED = {
    "betterplace/amount_formats.sta": ("line 2", "the field :60F: stands twice in one statement"),
    "betterplace/currency_in_25.sta": ("line 1", NO_OPENING),
    "betterplace/empty_86.sta": ("line 1", OUTSIDE % "86"),
    "betterplace/empty_entry_date.sta": ("line 1", OUTSIDE % "61"),
    "betterplace/empty_line.sta": ("line 2", NO_ACCOUNT),
    "betterplace/missing_crlf_at_end.sta": ("line 1", OUTSIDE % "62F"),
    "betterplace/sepa_snippet_broken.sta": ("line 6", "the field :25: stands where none can be"),
    "cmxl/account_balance_credit.sta": ("line 1", NO_ACCOUNT),
    "cmxl/account_balance_debit.sta": ("line 1", NO_ACCOUNT),
    "cmxl/account_identification_iban.sta": ("line 1", NO_OPENING),
    "cmxl/account_identification_legacy.sta": ("line 1", NO_OPENING),
    "cmxl/available_balance.sta": ("line 1", OUTSIDE % "64"),
    "cmxl/closing_balance.sta": ("line 1", OUTSIDE % "62F"),
    "cmxl/reference.sta": ("line 1", NO_ACCOUNT),
    "cmxl/statement_details.sta": ("line 1", OUTSIDE % "61"),
    "cmxl/statement_line.sta": ("line 1", OUTSIDE % "61"),
    "cmxl/statement_number.sta": ("line 1", NO_ACCOUNT),
    "self-provided/account_identification.sta": ("line 1", NO_OPENING),
    "self-provided/empty_non_swift.sta": ("line 1", OUTSIDE % "NS"),
    "self-provided/gv_codes.sta": (
        "statement STARTUMS 0",
        "the closing balance (field :62F:) is missing, so the file may have been cut off; please fetch it from the "
        "bank again",
    ),
    "self-provided/invalid_statement.sta": ("whole file", "there is no statement inside"),
    "self-provided/mt942.sta": (
        "line 11",
        "the bank counts 1 movements of 2.30 EUR in all, the file holds 1 of 0.42 EUR",
    ),
    "self-provided/multiline.sta": ("line 38", OUTSIDE % "61"),
    "self-provided/sparkassen.sta": ("line 1", OUTSIDE % "61"),
}
NOT_READ_BY_THE_LIBRARY = {"ASNB/mt940.txt", "ASNB/mt940_with_spaces_for_entry_date.txt"}
# The other readers could not read one movement ("C500NTRF…"); read, it changes the sum, which is wrong either way.
READ_MORE = {"jejik/knab.sta": (1, "-6760.00")}


def read(content: bytes | str, name: str = "statement.sta") -> list[Statement]:
    return list(mt940.read(BytesIO(content if isinstance(content, bytes) else content.encode()), name=name))


def sample(name: str) -> list[Statement]:
    return read((SAMPLES / name).read_bytes(), name)


def decimal(money: Money | None) -> Decimal | None:
    return None if money is None else money.decimal


def number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def file_with(*lines: str, opening: str = "C261119EUR0,00", closing: str = "C261120EUR100,00") -> str:
    head = [":20:STARTUMS", ":25:10020030/1234567", ":28C:12/1", f":60F:{opening}"]
    return "\r\n".join([*head, *lines, f":62F:{closing}", "-", ""])


def one(*lines: str, closing: str = "C261120EUR100,00") -> Entry:
    [statement] = read(file_with(*lines, closing=closing))
    [entry] = statement.entries
    return entry


def detail(text: str, line: str = ":61:2611201120C100,00NTRFNONREF") -> Detail:
    [found] = one(line, f":86:{text}").details
    return found


def refusal(content: bytes | str) -> tuple[str, str]:
    with pytest.raises(UnreadableBankFile) as caught:
        read(content)
    return str(caught.value.where), str(caught.value.reason)


# Samples


@pytest.mark.parametrize("name", sorted(EXPECTED.keys() - REFUSED.keys()))
def test_sample_is_read_with_the_known_figures(name: str) -> None:
    expected = [
        (number(s["opening"]), number(s["closing"]), s["entries"], Decimal(s["booked_sum"]), s["holds"])
        for s in EXPECTED[name]
    ]
    if name in READ_MORE:
        index, booked = READ_MORE[name]
        expected[index] = (*expected[index][:3], Decimal(booked), expected[index][4])
    found = [
        (
            decimal(statement.opening),
            decimal(statement.closing),
            len(statement.entries),
            sum((entry.amount.decimal for entry in statement.entries), Decimal(0)),
            balanced(statement),
        )
        for statement in sample(name)
    ]
    assert found == expected


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_sample_is_refused_for_its_reason(name: str) -> None:
    with pytest.raises(UnreadableBankFile) as caught:
        sample(name)
    assert (str(caught.value.where), str(caught.value.reason)) == REFUSED[name]
    assert caught.value.file == name


def test_every_well_formed_sample_whose_sums_hold_is_read() -> None:
    holding = {name for name, told in EXPECTED.items() if told and all(s["holds"] for s in told)}
    assert len(holding) == 16
    assert not holding & REFUSED.keys()


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_sample_is_recognised_by_its_beginning(name: str) -> None:
    assert mt940.sniff((SAMPLES / name).read_bytes()[:4096]) is (name != "self-provided/invalid_statement.sta")


def test_accounts_of_the_samples_are_known() -> None:
    assert [(s.account_iban, s.account_other_id) for s in sample("jejik/rabobank-iban.sta")] == [
        ("NL71RABO0123456789", None),
        ("NL71RABO0123456789", None),
    ]
    assert {s.account_other_id for s in sample("jejik/rabobank.sta")} == {"1291.99.348", "1526.89.184"}
    [hungarian] = sample("self-provided/raiffeisen-cmi.sta")
    assert (hungarian.account_iban, hungarian.account_other_id) == (None, "UBRTHUHB/123456789150ABCDEF002")


# Returns, reversals


def test_a_reversed_credit_takes_money_away() -> None:
    first = sample("betterplace/sepa_mt9401.sta")[0]
    assert first.entries[5] == Entry(
        position=6,
        amount=Money(-20488, "EUR"),
        booked_on=date(2007, 9, 4),
        value_on=date(2007, 9, 4),
        bank_reference=None,
        reversal=True,
        details=(Detail(amount=Money(-20488, "EUR"), remittance="0904059003", additional_text="SAMMLER/STORNO"),),
    )


def test_a_reversed_debit_brings_money_back() -> None:
    entry = one(":61:2611201120RD100,00NTRFNONREF")
    assert (entry.amount, entry.reversal) == (Money(10000, "EUR"), True)


def test_a_storno_without_a_mark_keeps_the_direction_of_its_mark() -> None:
    entry = one(":61:2611201120C100,00NMSCNONREF", ":86:835?00STORNO?20SVWZ+falsch gebucht")
    assert (entry.amount, entry.reversal) == (Money(10000, "EUR"), True)


def test_a_returned_transfer_says_why_in_the_words_of_the_standard() -> None:
    entries = sample("betterplace/sepa_mt9401.sta")[0].entries
    assert [(e.details[0].end_to_end_id, e.details[0].return_code) for e in entries] == [
        ("TFNR 40005 00005", "MS03"),
        ("TFNR 44003 00001", "MS03"),
        ("TFNR 40005 00002", "MS03"),
        (None, None),
        ("TFNR 44003 00002", "AC06"),
        (None, None),
        (None, None),
    ]


def test_a_returned_debit_has_its_reason_its_original_amount_and_the_charges() -> None:
    entry = one(
        ":61:2611201120D53,50NRTINONREF//8327000090031789",
        ":86:109?00SEPA-LASTSCHR. RETOURE CORE?109200?20EREF+RE-2026-000123?21MRE",
        "F+KD-4711?22CRED+DE98ZZZ09999999999?23OAMT+50,00?24COAM+3,50?25SV",
        "WZ+Retoure SEPA Lastsch?26vom 18.11.2026 Rechnung 123?30COBAD",
        "EFFXXX?31DE89370400440532013000?32FRIEDA ANDERS?34912",
    )
    assert entry == Entry(
        position=1,
        amount=Money(-5350, "EUR"),
        booked_on=DAY,
        value_on=DAY,
        bank_reference="8327000090031789",
        reversal=False,
        details=(
            Detail(
                amount=Money(-5350, "EUR"),
                counterparty_name="FRIEDA ANDERS",
                counterparty_iban="DE89370400440532013000",
                end_to_end_id="RE-2026-000123",
                mandate_id="KD-4711",
                remittance="Retoure SEPA Lastsch vom 18.11.2026 Rechnung 123",
                return_code="MD06",
                original_amount=Money(5000, "EUR"),
                charges=Money(350, "EUR"),
                additional_text="SEPA-LASTSCHR. RETOURE CORE CRED+DE98ZZZ09999999999",
            ),
        ),
    )


def test_original_amount_and_charges_may_stand_in_the_second_line_of_the_movement() -> None:
    found = detail(
        "109?00RUECKLASTSCHRIFT?20EREF+E1",
        ":61:2611201120D53,50NRTINONREF//1\r\n/OCMT/EUR50,00//CHGS/EUR3,50/",
    )
    assert (found.original_amount, found.charges) == (Money(5000, "EUR"), Money(350, "EUR"))


@pytest.mark.parametrize(
    ("code", "said", "expected"),
    [
        ("109", "901", "AC01"),
        ("109", "914", "MS03"),
        ("108", "909", "MD01"),
        ("109", "917", "917"),  # a number nobody attests is told as it stands
        ("105", "991", None),  # a direct debit's sequence, not a reason
        ("166", "914", None),
    ],
)
def test_reasons_are_translated_only_where_they_are_known(code: str, said: str, expected: str | None) -> None:
    assert detail(f"{code}?00TEXT?20EREF+E1?34{said}").return_code == expected


def test_a_reason_in_the_text_of_a_return_is_found() -> None:
    assert detail("109?00RUECKLASTSCHRIFT?20SVWZ+RUECKGABEGRUND: AC04 Konto").return_code == "AC04"
    assert detail("166?00GUTSCHRIFT?20SVWZ+GRUND: AC04").return_code is None


def test_a_dutch_return_says_why_between_slashes() -> None:
    found = detail("/RTRN/AC04/Closed//EREF/E1//CNTP/NL32INGB0000012345/INGBNL2A/J JANSEN///REMI/USTD//Factuur 7/")
    assert (found.return_code, found.end_to_end_id, found.remittance) == ("AC04", "E1", "Factuur 7")


# The German field 86


def test_a_german_credit_is_taken_apart() -> None:
    [entry] = sample("betterplace/sepa_mt9401.sta")[5].entries
    assert entry.details == (
        Detail(
            amount=Money(5099005, "EUR"),
            counterparty_name="Florian Frech",
            counterparty_iban="DE06508800500194780100",
            end_to_end_id="TFNR 21005 EndToEndId 00001",
            remittance="Verwend CTSc-01 eBB TFNr 21005",
            additional_text="GUTSCHRIFT Empfaenger Florian Frech UK 01",
        ),
    )


def test_a_full_subfield_goes_on_and_a_short_one_ends_a_word() -> None:
    found = detail("166?00GUTSCHRIFT?20SVWZ+Rechnung 4711 und Rech?21nung 4712?22Kundennummer 9?32MAX MUSTERMANN")
    assert found.remittance == "Rechnung 4711 und Rechnung 4712 Kundennummer 9"


def test_blanks_cut_off_at_the_end_of_a_banks_line_are_put_back() -> None:
    entries = sample("betterplace/sepa_mt9401.sta")[6].entries
    assert entries[2].details[0].counterparty_name == "Empfaenger 6 mit 70 Zeichen Empfaenger 6 mit 70 Zeiche"


def test_a_codeword_cut_in_two_by_a_subfield_is_still_one() -> None:
    found = detail("166?20CRED+A24B12CDE0000000034 XS?21 EREF+1?22BCDEFGHIJKLMNOPQRSTUVWXY SV?23WZ+bei SPOTIFY")
    assert found.remittance == "bei SPOTIFY"


def test_text_before_the_first_codeword_stays() -> None:
    assert detail("166?20Vorab?21EREF+E1?22SVWZ+Rechnung 7").remittance == "Vorab Rechnung 7"


def test_a_text_without_codewords_is_the_remittance() -> None:
    assert detail("051?00UEBERWEISUNG?20RECHNUNG 4711?21VOM 3.11.").remittance == "RECHNUNG 4711 VOM 3.11."


def test_codewords_with_a_colon_count_where_none_has_a_plus() -> None:
    found = detail("166?20Rechnung 7 EREF: E2E-1 MREF: M1?21IBAN: DE89370400440532013000 BIC: COBADEFFXXX")
    assert (found.remittance, found.end_to_end_id, found.mandate_id, found.counterparty_iban) == (
        "Rechnung 7",
        "E2E-1",
        "M1",
        "DE89370400440532013000",
    )


def test_a_question_mark_of_the_payer_is_text() -> None:
    assert detail("166?00GUTSCHRIFT?20SVWZ+Wirklich? Ja?? 15?21 Euro?32MAX").remittance == "Wirklich? Ja?? 15 Euro"


def test_a_question_mark_at_the_end_loses_nothing() -> None:
    [entry] = sample("self-provided/malformed_details.sta")[0].entries
    assert entry.details[0].ultimate_name == "Finanzamt Sentinel?"


def test_a_payer_cannot_pass_his_text_off_as_the_banks() -> None:
    found = detail(
        "166?00GUTSCHRIFT?20EREF+E1?21SVWZ+x?31DE11FALSCH0000000?22EREF+E2?32FALSCH"
        "?30COBADEFFXXX?31DE89370400440532013000?32FRIEDA ANDERS"
    )
    assert (found.counterparty_iban, found.counterparty_name, found.end_to_end_id) == (
        "DE89370400440532013000",
        "FRIEDA ANDERS",
        "E1",
    )
    assert found.remittance == "x?31DE11FALSCH0000000 EREF+E2?32FALSCH"


def test_an_account_without_an_iban_is_told_with_its_bank() -> None:
    found = detail("051?00UEBERWEISUNG?20RE 1?3012030000?319003932309?32DEUTSCHE KREDITBANK AG")
    assert (found.counterparty_iban, found.counterparty_other_id) == (None, "12030000/9003932309")


def test_a_creditor_reference_stands_alone() -> None:
    found = detail("166?20SVWZ+RF18 5390 0754 7034?32MAX")
    assert (found.creditor_reference, found.remittance) == ("RF18539007547034", "")


def test_the_payer_behind_the_payer_is_the_ultimate_one() -> None:
    assert detail("166?20SVWZ+RE 7?21ABWA+Erika Beispiel?32MAX").ultimate_name == "Erika Beispiel"


@pytest.mark.parametrize("nothing", ["NOTPROVIDED", "NONREF", ""])
def test_a_reference_that_says_nothing_is_none(nothing: str) -> None:
    assert detail(f"166?20EREF+{nothing}?21SVWZ+RE 7").end_to_end_id is None


# Dialects


def test_dutch_codewords_between_slashes_are_taken_apart() -> None:
    found = detail(
        "/TRTP/SEPA OVERBOEKING/IBAN/NL91ABNA0417164300/BIC/ABNANL2A/NAME/\r\nJ JANSEN/REMI/Factuur 7/EREF/NOTPROVIDED"
    )
    assert found == Detail(
        amount=Money(10000, "EUR"),
        counterparty_name="J JANSEN",
        counterparty_iban="NL91ABNA0417164300",
        remittance="Factuur 7",
        additional_text="SEPA OVERBOEKING",
    )


def test_a_structured_dutch_reference_is_the_creditor_reference() -> None:
    found = detail("/EREF/E1//REMI/STRD/CUR/9876123456789012/")
    assert (found.creditor_reference, found.remittance) == ("9876123456789012", "")


@pytest.mark.parametrize(
    ("name", "statement", "entry", "expected"),
    [
        ("ASNB/mt940.txt", 0, 0, ("hr gjlm paulissen", "NL47INGB9999999999", None, "Betaling sieraden")),
        ("jejik/sns.sta", 0, 0, ("marechal s", None, "0987654321", "dit is een test")),
        ("jejik/knab.sta", 1, 0, ("PICQER", "NL65INGB0123456789", None, "FACTUUR 201403110, 201403113")),
        ("jejik/rabobank-iban.sta", 0, 0, ("CONTRA ACCOUNT HOLDER", "NL70ABNA0987654321", None, "")),
        (
            "jejik/rabobank.sta",
            0,
            0,
            (
                "W.P. Jansen",
                None,
                "0121470966",
                "Terugboeking NIET AKKOORD MET AFSCHRIJVING KOSTEN KINDEROPVANG JUNI 20095731",
            ),
        ),
        (
            "mBank/mt940.sta",
            0,
            0,
            (
                "JAN NOWAK UL. NIJAKA 1 M 2 31-234 KRAKOW",
                None,
                "56114010810000267002001001",
                "PRZELEW SRODKOW",
            ),
        ),
        (
            "jejik/triodos.sta",
            0,
            0,
            (
                None,
                None,
                "0390123456",
                "ALGEMENE TUSSENREKENING KOSTEN VAN 01-10-2010 TOT EN MET 31-12-2010",
            ),
        ),
        (
            "sberbank/171011_01234945.sta",
            0,
            1,
            (
                "ERGO Eletbiztosito Zrt.",
                None,
                "10918001/0000002595841185",
                "136508 A10580361 201709260001003009 136508 Tranz. Illet\ufffdk: 10.38HUF",
            ),
        ),
        (
            "self-provided/raphaelm.sta",
            0,
            0,
            ("Empfänger", None, None, "Verwendungszweck 1 Verwendungszweck 2"),
        ),
    ],
)
def test_dialect_of_a_bank_is_understood(
    name: str, statement: int, entry: int, expected: tuple[str | None, str | None, str | None, str]
) -> None:
    [found] = sample(name)[statement].entries[entry].details
    assert (
        found.counterparty_name,
        found.counterparty_iban,
        found.counterparty_other_id,
        found.remittance,
    ) == expected


def test_a_large_german_bank_runs_codewords_on_and_puts_a_blank_before_the_type() -> None:
    entry = one(
        ":61:2611201120D12,35 NRTIKREF+//2026021783252833",
        "/OCMT/EUR11,85//CHGS/EUR0,50/",
        ":86:109?00SEPA-LASTSCHR. RETOURE CORE?109075/629?20EREF+A1.300080779.",
        "400143254?21.4961336 KREF+SEPA-DA202606?2201221740-34972000-P1 MR",
        "EF+2?230852HW2723821 CRED+DE98ZZZ0?249999999999 OAMT+11,85 SVWZ+?",
        "25SONSTIGE GRUENDE Rechnung 7?30CSDBDE71XXX?31DE8937040044053201",
        "3000?32ANDERS?33FRIEDA",
    )
    assert entry.bank_reference == "2026021783252833"
    assert entry.details == (
        Detail(
            amount=Money(-1235, "EUR"),
            counterparty_name="ANDERS FRIEDA",
            counterparty_iban="DE89370400440532013000",
            end_to_end_id="A1.300080779.400143254.4961336",
            mandate_id="20852HW2723821",
            remittance="SONSTIGE GRUENDE Rechnung 7",
            original_amount=Money(1185, "EUR"),
            charges=Money(50, "EUR"),
            additional_text="SEPA-LASTSCHR. RETOURE CORE KREF+SEPA-DA20260601221740-34972000-P1 "
            "CRED+DE98ZZZ09999999999 /OCMT/EUR11,85//CHGS/EUR0,50/",
        ),
    )


def test_what_a_program_doubled_behind_the_text_is_left_out() -> None:
    found = detail(
        "166?00UEBERWEISUNG?10931?20SVWZ+Rechnung 7 \r\n?21 IBAN: DE89370400440532013000 BIC: COBADEFF\r\n"
        "?30COBADEFF?31DE89370400440532013000?32FRIEDA ANDERS"
    )
    assert found.remittance == "Rechnung 7"


def test_subfields_without_a_business_code_are_understood() -> None:
    assert detail("?00GUTSCHRIFT?20Rechnung 7?32MAX") == Detail(
        amount=Money(10000, "EUR"), counterparty_name="MAX", remittance="Rechnung 7", additional_text="GUTSCHRIFT"
    )


def test_each_subfield_may_stand_in_a_line_of_its_own() -> None:
    found = detail("229\r\n?00BONIFICATION\r\n?20RE 7\r\n?32ABC")
    assert (found.counterparty_name, found.remittance) == ("ABC", "RE 7")


def test_messages_with_swedish_brackets_are_read() -> None:
    message = "ä4:\n:20:5566\n:25:10020030/1234567\n:28C:188/1\n:60F:C130928SEK0,\n:62F:C130930SEK0,\n-å\n"
    assert [s.closing for s in read(message * 2)] == [Money(0, "SEK")] * 2


def test_a_text_behind_the_closing_balance_belongs_to_nothing() -> None:
    content = file_with(":61:2611201120C100,00NTRFNONREF", ":86:Rechnung 7").replace("\r\n-", "\r\n:86:Hinweis\r\n-")
    assert read(content)[0].entries[0].details[0].remittance == "Rechnung 7"


def test_a_page_that_goes_on_in_the_next_is_a_statement_of_its_own() -> None:
    pages = [s for s in sample("betterplace/sepa_mt9401.sta") if s.account_other_id == "50880050/0194785000888"]
    assert [(s.sequence, s.opening, s.closing) for s in pages] == [
        ("00004/00001", Money(-361251902, "EUR"), Money(-363258504, "EUR")),
        ("00004/00002", Money(-363258504, "EUR"), Money(-381490147, "EUR")),
        ("00004/00003", Money(-381490147, "EUR"), Money(-511359352, "EUR")),
    ]


def test_a_page_may_leave_out_the_currency_of_its_balance() -> None:
    assert [s.closing for s in sample("self-provided/raphaelm.sta")] == [
        Money(10500000, "DEM"),
        Money(14500000, "DEM"),
        Money(9500000, "DEM"),
    ]


def test_a_statement_number_of_zeros_is_none() -> None:
    [statement] = read(file_with().replace(":28C:12/1", ":28C:00000/001").replace("100,00", "0,00"))
    assert statement.sequence == "00000/001"
    [statement] = read(file_with().replace(":28C:12/1", ":28C:0").replace("100,00", "0,00"))
    assert (statement.sequence, statement.statement_id) == (None, "STARTUMS 0")


@pytest.mark.parametrize(
    ("written", "iban", "other"),
    [
        ("DE89370400440532013000", "DE89370400440532013000", None),
        ("DE89370400440532013000EUR", "DE89370400440532013000", None),
        ("DE89 3704 0044 0532 0130 00", "DE89370400440532013000", None),
        ("NL71RABO0123456789 EUR", "NL71RABO0123456789", None),
        ("COBADEFFXXX/DE89370400440532013000", "DE89370400440532013000", None),
        ("70011110/4005287001EUR", None, "70011110/4005287001"),
        ("10020030/1234567", None, "10020030/1234567"),
        ("//AT39364/12345678912/EUR", None, "AT39364/12345678912"),
    ],
)
def test_the_account_is_an_iban_or_a_number_with_its_bank(written: str, iban: str | None, other: str | None) -> None:
    [statement] = read(file_with(closing="C261120EUR0,00").replace("10020030/1234567", written))
    assert (statement.account_iban, statement.account_other_id) == (iban, other)


# Days


def test_a_booking_day_over_the_turn_of_the_year_gets_its_own_year() -> None:
    [statement] = read(
        file_with(":61:2701021230C100,00NTRFNONREF", opening="C261229EUR0,00", closing="C261230EUR100,00")
    )
    [entry] = statement.entries
    assert (entry.value_on, entry.booked_on) == (date(2027, 1, 2), date(2026, 12, 30))
    assert (statement.from_on, statement.to_on) == (date(2026, 12, 30), date(2026, 12, 30))


def test_a_booking_day_is_the_one_closest_to_the_value_date() -> None:
    [statement] = read(
        file_with(":61:2610010102C100,00NTRFNONREF", opening="C261229EUR0,00", closing="C270102EUR100,00")
    )
    assert statement.entries[0].booked_on == date(2027, 1, 2)


def test_the_thirtieth_of_february_is_its_last_day_and_is_told() -> None:
    [statement] = sample("self-provided/february_30.sta")
    assert statement.entries[0].value_on == date(2016, 2, 29)
    assert statement.notes == (
        "Movements with a value date in February that does not exist, as banks that reckon interest in months of "
        "thirty days write it: 1. The last day of February was taken.",
    )


@pytest.mark.parametrize("written", ["2602311120", "2613011120", "2611201131", "2602451120"])
def test_a_day_that_does_not_exist_is_refused(written: str) -> None:
    where, reason = refusal(file_with(f":61:{written}C100,00NTRFNONREF"))
    assert (where, reason) == ("line 5", f"“{written[:6]} {written[6:]}” is not a date")


def test_a_movement_years_away_from_its_statement_is_refused() -> None:
    content = file_with(":61:2311201120C100,00NTRFNONREF")
    assert refusal(content) == (
        "line 5",
        "the booking day 2023-11-20 is more than a year away from the statement of 2026-11-19 to 2026-11-20",
    )


# Interim reports


def test_an_interim_report_is_marked_and_has_no_balances() -> None:
    [statement] = sample("mBank/mt942.sta")
    assert (statement.interim, statement.format, statement.opening, statement.closing) == (True, "MT942", None, None)
    assert [entry.amount for entry in statement.entries] == [Money(1, "PLN")] * 3
    assert not sample("mBank/mt940.sta")[0].interim


INTERIM = (
    ":20:X\n:25:10020030/1234567\n:28C:1/1\n:34F:EUR{limit}\n:13D:2611201815+0100\n"
    ":61:2611201120C10,00NTRFNONREF\n:61:2611201120{mark}5,00NTRFNONREF\n:90D:{debits}\n:90C:{credits}\n-\n"
)


def test_an_announced_movement_is_counted_and_no_money() -> None:
    content = INTERIM.format(limit="0", mark="ED", debits="1EUR5,00", credits="1EUR10,00")
    [statement] = read(content)
    assert ([entry.amount.cents for entry in statement.entries], statement.not_booked) == ([1000], 1)


def test_an_interim_report_whose_sums_differ_is_refused() -> None:
    content = INTERIM.format(limit="0", mark="D", debits="1EUR5,00", credits="2EUR15,00")
    assert refusal(content) == (
        "line 9",
        "the bank counts 2 movements of 15.00 EUR in all, the file holds 1 of 10.00 EUR",
    )


def test_an_interim_report_may_leave_out_small_movements() -> None:
    content = INTERIM.format(limit="5,00", mark="D", debits="1EUR5,00", credits="2EUR15,00")
    assert len(read(content)[0].entries) == 2


# Letters


UMLAUTS = file_with(":61:2611201120C100,00NTRFNONREF", ":86:166?20SVWZ+Gebühr für Öl?32JÖRG MÜLLER-STRAßER")


@pytest.mark.parametrize(
    ("encoding", "guessed"),
    [("utf-8", False), ("utf-8-sig", False), ("utf-16", False), ("cp1252", True), ("cp850", True), ("cp437", True)],
)
def test_umlauts_are_read_in_every_encoding_banks_use(encoding: str, guessed: bool) -> None:
    [statement] = read(UMLAUTS.encode(encoding))
    [found] = statement.entries[0].details
    assert (found.counterparty_name, found.remittance) == ("JÖRG MÜLLER-STRAßER", "Gebühr für Öl")
    assert bool(statement.notes) is guessed


def test_umlauts_of_the_german_seven_bit_code_are_umlauts() -> None:
    found = detail("166?20SVWZ+Geb}hr f}r [pfel?32J|RG M}LLER STRA~ER".replace("J|RG M}LLER STRA~ER", "J|rg M}ller"))
    assert (found.counterparty_name, found.remittance) == ("Jörg Müller", "Gebühr für Äpfel")


def test_brackets_that_are_no_umlauts_stay() -> None:
    assert detail("166?20SVWZ+RE[2026] {7} 3|4?32MAX").remittance == "RE[2026] {7} 3|4"


def test_hungarian_letters_are_read() -> None:
    [statement] = sample("self-provided/raiffeisen-cmi.sta")
    assert statement.entries[0].details[0].additional_text == "Csoportos átutalás jóváírása"


def test_control_characters_do_not_reach_the_books() -> None:
    found = detail("166?20SVWZ+Rechnung\x007\x07?32MAX")
    assert found.remittance == "Rechnung 7"


# What is refused


@pytest.mark.parametrize(
    ("written", "cents"),
    [
        ("100,00", 10000),
        ("100,", 10000),
        ("100", 10000),
        ("0000000000000000100,5", 10050),
        (",50", 50),
        ("1.234,56", 123456),
        ("1234.56", 123456),
        ("100,000", 10000),
    ],
)
def test_amount_is_read_exactly(written: str, cents: int) -> None:
    assert one(f":61:2611201120C{written}NTRFNONREF").amount == Money(cents, "EUR")


@pytest.mark.parametrize("written", ["1,2,3", "1.234", "1,234.56", "12.3", "9999999999999999,00", "1..2"])
def test_an_amount_that_is_not_clear_is_refused(written: str) -> None:
    where, reason = refusal(file_with(f":61:2611201120C{written}NTRFNONREF"))
    assert (where, reason) == ("line 5", f"“{written}” is not an amount")


def test_a_fraction_of_a_cent_is_refused() -> None:
    assert refusal(file_with(":61:2611201120C1,005NTRFNONREF")) == (
        "line 5",
        "the amount 1.005 has more decimal places than the currency EUR knows",
    )


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (":60F:C261119EUR0,00", ":60F:C261119QQQ0,00", ("line 4", "the currency “QQQ” is not known")),
        (":60F:C261119EUR0,00", ":60F:C2611190,00", ("line 4", "the currency is missing")),
        (
            ":62F:C261120EUR100,00",
            ":62F:C261120EUR100,00 000",
            ("line 6", "“C261120EUR100,00 000” is not a balance (field :62F:)"),
        ),
        (
            ":62F:C261120EUR100,00\r\n",
            "",
            (
                "statement STARTUMS 12/1",
                "the closing balance (field :62F:) is missing, so the file may have been cut off; please fetch it "
                "from the bank again",
            ),
        ),
        (":60F:C261119EUR0,00\r\n", "", ("line 1", NO_OPENING)),
        (":25:10020030/1234567\r\n", "", ("line 1", NO_ACCOUNT)),
        ("C100,00NTRF", "X100,00NTRF", ("line 5", "“2611201120X100,00NTRFNONREF” is not a movement (field :61:)")),
    ],
)
def test_a_broken_file_is_refused_with_its_line(old: str, new: str, expected: tuple[str, str]) -> None:
    content = file_with(":61:2611201120C100,00NTRFNONREF")
    assert old in content
    assert refusal(content.replace(old, new)) == expected


def test_a_movement_behind_the_closing_balance_is_refused() -> None:
    content = file_with(":61:2611201120C100,00NTRFNONREF").replace("\r\n-", "\r\n:61:2611201120C1,00NTRFNONREF\r\n-")
    assert refusal(content) == ("line 7", "a movement stands behind the closing balance")


def test_an_endless_line_is_refused() -> None:
    where, reason = refusal(file_with(":86:" + "x" * 70_000))
    assert (where, reason) == ("line 5", "the line is far too long for a bank statement")


def test_a_dash_in_a_text_does_not_end_the_message() -> None:
    [statement] = read(file_with(":61:2611201120C100,00NTRFNONREF", ":86:Rechnung 7", "-", "und 8"))
    assert statement.entries[0].details[0].remittance == "Rechnung 7 - und 8"


def test_a_field_that_no_statement_has_is_text() -> None:
    assert detail("Rechnung\r\n:99:7").remittance == "Rechnung :99:7"


def test_entries_are_read_as_they_are_taken() -> None:
    content = file_with(*[":61:2611201120C1,00NTRFNONREF"] * 100).encode()
    [stream] = mt940.stream(BytesIO(content), name="a.sta")
    assert stream.statement.closing is None or list(stream.entries) == []
    for made in mt940.stream(BytesIO(content), name="a.sta"):
        assert made.statement.opening == Money(0, "EUR")
        assert made.statement.closing is None
        assert next(made.entries).position == 1
        assert len(list(made.entries)) == 99
        assert made.statement.closing == Money(10000, "EUR")


# A second opinion


@pytest.mark.parametrize("name", sorted(EXPECTED.keys() - REFUSED.keys() - NOT_READ_BY_THE_LIBRARY))
def test_the_library_reads_the_same_amounts_and_days(name: str) -> None:
    content = (SAMPLES / name).read_bytes()
    theirs = [
        [(entry.data["amount"].amount, entry.data["date"]) for entry in statement if "amount" in entry.data]
        for statement in library.parse_statements(content, options=library.Options.all())
    ]
    ours = [[(entry.amount.decimal, entry.value_on) for entry in statement.entries] for statement in sample(name)]
    assert ours == theirs


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("C100,00NTRF", "C0000000001234567,89NTRF"),  # it would book 123456.00
        ("C100,00NTRF", "C12.34NTRF"),  # 12.00
        ("C261120EUR100,00", "C261120100,00"),  # a balance of 0.00 in the currency "100"
    ],
)
def test_what_the_library_would_cut_down_is_read_whole(old: str, new: str) -> None:
    content = file_with(":61:2611201120C100,00NTRFNONREF").replace(old, new)
    [theirs] = library.parse_statements(content, options=library.Options.all())
    [ours] = read(content)
    expected = {"C0000000001234567,89NTRF": (123456789, 10000), "C12.34NTRF": (1234, 10000)}
    amounts = (ours.entries[0].amount.cents, ours.closing.cents if ours.closing else None)
    assert amounts == expected.get(new, (10000, 10000))
    their_closing = theirs.data["final_closing_balance"].amount.amount
    assert (int(theirs[0].data["amount"].amount * 100), int(their_closing * 100)) != amounts


# Any input


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
@example(b":20:X\n:25:1\n:60F:C26")
def test_random_bytes_are_refused_politely(content: bytes) -> None:
    mt940.sniff(content)
    with pytest.raises(Refusal):
        read(content)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(sorted(EXPECTED.keys() - {"ASNB/mt940.txt", "ASNB/mt940_with_spaces_for_entry_date.txt"})),
    st.data(),
)
def test_a_damaged_sample_is_read_or_refused_and_never_breaks(name: str, data: st.DataObject) -> None:
    content = bytearray((SAMPLES / name).read_bytes()[:4000])
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(content)))
        cut = data.draw(st.integers(0, 30))
        content[place : place + cut] = data.draw(st.binary(max_size=12) | st.sampled_from([b":61:", b"\n:62F:", b"?"]))
    try:
        found = read(bytes(content))
    except Refusal:
        return
    assert all(entry.amount.currency for statement in found for entry in statement.entries)


WORDS = st.lists(
    st.text(
        alphabet="abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZäöüß0123456789-.,/()", min_size=1, max_size=20
    ),
    min_size=1,
    max_size=8,
).map(" ".join)
REFERENCES = st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=3, max_size=35).filter(
    lambda text: text not in {"NONREF", "NOTPROVIDED", "NOTAVAILABLE", "EREF", "KREF", "MARF", "PREF", "NOREF"}
)
DETAILS = st.builds(
    Detail,
    amount=st.integers(-(10**10), 10**10).map(lambda cents: Money(cents, "EUR")),
    counterparty_name=WORDS.filter(lambda text: len(text) <= 54),
    counterparty_iban=st.sampled_from(["DE89370400440532013000", "NL91ABNA0417164300", None]),
    end_to_end_id=st.none() | REFERENCES,
    mandate_id=st.none() | REFERENCES,
    remittance=WORDS,
    original_amount=st.none() | st.integers(0, 10**8).map(lambda cents: Money(cents, "EUR")),
    return_code=st.sampled_from([None, "MD06", "AC01"]),
)
ENTRIES = st.builds(
    lambda detail, value_on, days, reversal: Entry(
        position=0,
        amount=detail.amount,
        booked_on=value_on + timedelta(days=days),
        value_on=value_on,
        bank_reference=None,
        reversal=reversal,
        details=(detail,),
    ),
    DETAILS,
    st.dates(date(2020, 6, 1), date(2020, 12, 31)),
    st.integers(-100, 100),
    st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(ENTRIES, max_size=4))
def test_what_was_written_is_read_again(entries: list[Entry]) -> None:
    numbered = tuple(replace(entry, position=position) for position, entry in enumerate(entries, 1))
    statement = Statement(
        account_iban="DE02120300000000202051",
        account_other_id=None,
        currency="EUR",
        statement_id="STARTUMS 7/1",
        sequence="7/1",
        from_on=None,
        to_on=date(2020, 12, 31),
        opening=Money(100, "EUR"),
        opening_on=date(2020, 12, 31),
        closing=Money(100 + sum(entry.amount.cents for entry in numbered), "EUR"),
        closing_on=date(2020, 12, 31),
        entries=numbered,
        format="MT940",
    )
    [found] = read(mt940.write([statement]))
    plain = tuple(
        replace(entry, details=tuple(replace(d, additional_text="") for d in entry.details)) for entry in found.entries
    )
    assert replace(found, from_on=None, entries=plain) == statement
    assert balanced(found) is True
