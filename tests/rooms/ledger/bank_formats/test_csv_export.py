"""Every table we have a sample of is taken in with its figures, or refused for the reason that stands here."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kulanz.ledger.bank_formats import csv_export
from kulanz.ledger.bank_formats.csv_export.known import known_layouts
from kulanz.ledger.bank_formats.refusals import UnreadableBankFile
from kulanz.ledger.bank_formats.statement import Entry, Statement, balanced

ROOT = Path(__file__).parents[4]
SAMPLES = ROOT / "tests" / "samples" / "bank"
FOREIGN, OWN = SAMPLES / "csv_bank2ynab", SAMPLES / "csv_own"
# A licence does not allow to keep these in the project: they are read where they lie beside it.
BESIDE = ROOT.parent / "shared" / "data" / "03_bank" / "csv_de_rechnungspilot"
NO_FILE = SAMPLES / "no operator has a layout here"
NOT_SAMPLES = {"LICENSE", "LICENCES.md", "README.md"}

# File: account, currency, first and last day, opening, closing, entries, announced, sum of the entries (minor units).
Figures = tuple[str | None, str, str, str, int | None, int | None, int, int, int]
TAKEN: dict[str, list[Figures]] = {
    "20171001-20171106.csv": [(None, "EUR", "2017-10-01", "2017-10-01", None, None, 1, 0, -5999)],
    "2018-04-14_10-52-13_bunq-transactieoverzicht.csv": [
        ("NL47BUNQ2025181418", "EUR", "2018-03-01", "2018-03-09", None, None, 3, 0, 72854)
    ],
    "20180226-1000594757-umsatz.CSV": [("1000594757", "EUR", "2018-02-22", "2018-02-22", None, None, 1, 0, -3699)],
    "2019-03-02_11-50-46_bunq-statement.csv": [
        ("NL26BUNQ2025126409", "EUR", "2018-12-06", "2018-12-17", None, None, 7, 0, -2382)
    ],
    # The bank numbers its bookings: between the first and the second some are left out, so these are two statements.
    "CSV_A_20180414_112204.csv": [
        ("NL77RABO0311467415", "EUR", "2018-03-01", "2018-03-01", 559477, 525728, 1, 0, -33749),
        ("NL77RABO0311467415", "EUR", "2018-03-14", "2018-03-16", 1303453, 1233453, 2, 0, -70000),
    ],
    "MS_JANE_SMITH_01-12-2019_14-12-2019.csv": [(None, "GBP", "2019-12-02", "2019-12-12", None, None, 10, 3, -28580)],
    "MonzoDataExport_February2018_2018-02-26_174335.csv": [
        (None, "GBP", "2018-02-25", "2018-02-25", None, None, 1, 0, -1000)
    ],
    "Movements_1234512345_201805271848.csv": [
        ("123456789/1234", "CZK", "2018-05-27", "2018-05-27", None, None, 1, 0, -100)
    ],
    # Whoever made these anonymous wrote the year 1111: the intake refuses days that far off.
    "TH_20180101-20180523_page_1.csv": [(None, "CZK", "1111-11-11", "1111-11-11", None, None, 9, 0, -259999)],
    "TH_20180101-20180523_strana_1.csv": [(None, "CZK", "1111-11-11", "1111-11-11", None, None, 9, 0, -259999)],
    "TH_20180521-20180523.csv": [(None, "CZK", "1111-11-11", "1111-11-11", None, None, 1, 0, -11111)],
    "TransactionHistory_20180418043121.csv": [
        ("FRANK Account 666-666666-666", "SGD", "2018-04-13", "2018-04-18", None, 666666, 8, 0, -17328)
    ],
    "Umsaetze_KtoNr538917600_EUR_02-03-2018_1503.CSV": [
        ("DE44200400000538917600", "EUR", "2018-03-02", "2018-03-02", None, None, 1, 0, -1722)
    ],
    "export_BE11123456789012_20180304_1422.csv": [
        ("BE11123456789012", "EUR", "2018-02-28", "2018-02-28", 22335, 21995, 1, 0, -340)
    ],
    "export_KBC-Mastercard Business Essential_20200204_1604.csv": [
        ("1234567890123456", "EUR", "2020-01-02", "2020-02-03", None, None, 3, 0, 273)
    ],
    "statement_1.csv": [(None, "GBP", "2018-02-10", "2018-02-10", None, None, 1, 0, -2059)],
    "test_swedebank_statement.xls": [
        ("LT357300000000000000", "LTL", "2014-10-01", "2014-10-06", 1037404, 1295297, 13, 0, 257893)
    ],
    "umsatz-1234________1234-20180227.CSV": [
        ("51_5 4400 7700 9222443", "EUR", "2018-02-20", "2018-02-20", None, None, 1, 0, -500)
    ],
    # Written for these tests.
    "bunq.csv": [("NL47BUNQ2025181418", "EUR", "2026-11-18", "2026-11-19", None, None, 2, 0, 111000)],
    "comdirect.csv": [(None, "EUR", "2026-11-01", "2026-11-20", 219054, 126053, 3, 1, -93001)],
    "commerzbank.csv": [("DE89370400440532013000", "EUR", "2026-11-17", "2026-11-19", None, None, 3, 0, -193000)],
    "consorsbank.csv": [(None, "EUR", "2026-11-18", "2026-11-19", None, None, 2, 0, -89000)],
    "dbs.csv": [("123-45678-9", "SGD", "2026-11-15", "2026-11-16", None, None, 2, 0, 497450)],
    "deutsche_bank_bis_2024.csv": [(None, "EUR", "2023-11-01", "2023-11-20", None, 123456, 2, 0, 132100)],
    "dkb.csv": [("DE02120300000000202051", "EUR", "2026-11-01", "2026-11-20", None, 409332, 3, 1, 96270)],
    "dkb_bis_2023.csv": [("DE02120300000000202051", "EUR", "2022-09-20", "2022-10-10", None, None, 2, 0, 102889)],
    "dkb_karte.csv": [
        ("Visa Kreditkarte 4998 •••• •••• 1234", "EUR", "2026-11-19", "2026-11-19", None, -15541, 1, 1, -15541)
    ],
    "finom.csv": [("DE89370400440532013000", "EUR", "2026-11-18", "2026-11-19", 0, 18000, 2, 0, 18000)],
    "gls_ohne_saldo.csv": [("DE02300606010002474689", "EUR", "2026-11-16", "2026-11-17", None, None, 2, 0, 1731)],
    "hypovereinsbank.csv": [("10108669", "EUR", "2026-11-18", "2026-11-19", None, None, 2, 0, 11000)],
    "hypovereinsbank_neu.csv": [("10108669", "EUR", "2026-11-19", "2026-11-19", None, None, 1, 0, 14990)],
    "ing.csv": [("DE02500105170137075030", "EUR", "2026-11-01", "2026-11-20", None, None, 3, 0, 239556)],
    "ing_mit_saldo.csv": [("DE02500105170137075030", "EUR", "2026-11-01", "2026-11-20", 0, 239556, 3, 0, 239556)],
    "n26.csv": [(None, "EUR", "2026-11-18", "2026-11-19", None, None, 2, 0, 111000)],
    "olb.csv": [("DE89370400440532013000", "EUR", "2026-11-19", "2026-11-19", None, None, 1, 0, 14990)],
    "paypal.csv": [(None, "EUR", "2026-11-17", "2026-11-19", 100000, 9592, 3, 0, -90408)],
    "paypal_english.csv": [(None, "GBP", "2026-09-11", "2026-09-19", 0, 14582, 2, 0, 14582)],
    "postbank.csv": [("DE02100100100006820101", "EUR", "2026-11-01", "2026-11-20", 250000, 224950, 2, 0, -25050)],
    "postbank_bis_2023.csv": [
        ("DE02100100100006820101", "EUR", "2022-11-15", "2022-11-17", 103990, 114990, 2, 0, 11000)
    ],
    "qonto.csv": [(None, "EUR", "2026-11-19", "2026-11-19", None, None, 1, 0, 14990)],
    "revolut.csv": [
        (None, "EUR", "2026-11-16", "2026-11-17", 47760, 62710, 2, 1, 14950),
        (None, "GBP", "2026-11-17", "2026-11-17", 0, 4210, 1, 0, 4210),
    ],
    "revolut_business.csv": [(None, "EUR", "2026-11-18", "2026-11-19", 0, 10970, 2, 0, 10970)],
    "sparkasse_camt_dos.csv": [("DE02120300000000202051", "EUR", "2026-11-17", "2026-11-19", None, None, 4, 1, 198920)],
    "sparkasse_camt_utf16.csv": [
        ("DE02120300000000202051", "EUR", "2026-11-17", "2026-11-19", None, None, 4, 1, 198920)
    ],
    "sparkasse_camt_v2.csv": [("DE02120300000000202051", "EUR", "2026-11-17", "2026-11-19", None, None, 4, 1, 198920)],
    "sparkasse_camt_v8.csv": [("DE02120300000000202051", "EUR", "2026-11-17", "2026-11-19", None, None, 4, 1, 198920)],
    "sparkasse_mt940.csv": [("DE02120300000000202051", "EUR", "2026-11-18", "2026-11-19", None, None, 3, 1, 18685)],
    "targobank.csv": [("DE02300209000106531065", "EUR", "2026-11-18", "2026-11-19", None, None, 3, 0, 107121)],
    "targobank_punkt.csv": [("DE02300209000106531065", "EUR", "2026-11-18", "2026-11-19", None, None, 2, 0, 107816)],
    "vivid.csv": [(None, "EUR", "2026-11-18", "2026-11-19", None, None, 2, 0, 13790)],
    "volksbank.csv": [("DE02300606010002474689", "EUR", "2026-11-17", "2026-11-20", 0, 118495, 4, 0, 118495)],
    "volksbank_bis_2020.csv": [("30060601/2474689", "EUR", "2020-03-01", "2020-03-20", 1000000, 1074899, 2, 0, 74899)],
    "wise.csv": [(None, "EUR", "2026-11-18", "2026-11-19", 0, 8877, 2, 0, 8877)],
}
_DAY_OR_MONTH = (
    "can be read with the day or with the month first, and nothing in the file decides. "
    "A layout file for this bank can (docs/bank-csv.md)"
)
_DESCRIBE = (
    "To take such files, describe in a layout file which column is the day and which the amount, and how they are "
    "written (docs/bank-csv.md)"
)
_DESCRIBE_LINES = "To take such files, describe in a layout file what stands where (docs/bank-csv.md)"
_NULL_ROW = "“A null transaction, just to confuse things;;”"
REFUSED: dict[str, tuple[str, str]] = {
    "20180226_12345678.csv": ("line 2", f"“10/02/2018” {_DAY_OR_MONTH}"),
    "W80844_EBH_201945.202122.csv": (
        "line 3",
        "the balance is 1055.56 HUF there, but the rows lead to 2695.56 HUF. Rows are missing or were changed; export "
        "the whole period once more",
    ),
    "dba33fceecd62c3c727893361e0ba4d3.P000000027355791.csv": (
        "line 1",
        "no line names its columns, and no known bank writes lines like “27 Feb 2018;UMC-;7.80;;MCDONALD'S (TAM KIOSK) "
        f"SI NG 22FEB”. {_DESCRIBE_LINES}",
    ),
    # Its head says EUR, its amounts are euros times 13.7603: Austrian schillings.
    "kta_ei.dat": (
        "line 2",
        "the text says 6,49, the amount -89.30 EUR: the amounts are not in the currency the file names",
    ),
    "test_BOI_TransactionExport.csv": (
        "line 2",
        "it does not say in which currency the amounts are. Say which currency the account has",
    ),
    "test_delimiter_tab.csv": (
        "line 1",
        "no line names its columns, and no known bank writes lines like “18.09.2017;HOFER DANKT 0527 K2 18.09. 17:20;"
        f"18.09.2017;;33,87”. {_DESCRIBE_LINES}",
    ),
    "test_headers.csv": (
        "line 1",
        f"no known bank has the columns “Date;Payee;SomeOtherDate;Inflow;Currency;skip;skip”. {_DESCRIBE}",
    ),
    "test_raiffeisen_01.csv": ("line 71", f"there are 3 fields where there should be 7: {_NULL_ROW}"),
    "test_row_format_CD_flag.csv": (
        "line 1",
        "no line names its columns, and no known bank writes lines like “18.09.2017;HOFER DANKT 0527 K2 18.09. 17:20;"
        f"18.09.2017;33,87;O”. {_DESCRIBE_LINES}",
    ),
    "test_row_format_default.csv": (
        "line 1",
        "no line names its columns, and no known bank writes lines like “18.09.2017;HOFER DANKT 0527 K2 18.09. 17:20;"
        f"18.09.2017;;33,87”. {_DESCRIBE_LINES}",
    ),
    "test_row_format_neg_inflow.csv": ("line 71", "there is no amount"),
    "comdirect_zwei_konten.csv": (
        "line 6",
        "there are several accounts in the file, and it does not say which. Export them singly",
    ),
    "paypal_doubtful_days.csv": ("line 2", f"“11/09/2026” {_DAY_OR_MONTH}"),
}


def samples(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.name not in NOT_SAMPLES) if folder.is_dir() else []


ALL = [*samples(FOREIGN), *samples(OWN)]


def read(path: Path, account: str | None = None, currency: str | None = None) -> list[Statement]:
    with path.open("rb") as file:
        layouts = known_layouts(NO_FILE)
        return list(csv_export.read(file, name=path.name, account=account, currency=currency, layouts=layouts))


def figures(statement: Statement) -> Figures:
    return (
        statement.account_iban or statement.account_other_id,
        statement.currency,
        str(statement.from_on),
        str(statement.to_on),
        None if statement.opening is None else statement.opening.cents,
        None if statement.closing is None else statement.closing.cents,
        len(statement.entries),
        statement.not_booked,
        sum(entry.amount.cents for entry in statement.entries),
    )


def entries(name: str) -> list[Entry]:
    return [entry for statement in read(OWN / name) for entry in statement.entries]


def test_every_sample_is_accounted_for() -> None:
    assert {path.name for path in ALL} == set(TAKEN) | set(REFUSED)


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.name)
def test_every_sample_is_recognised_as_a_table(path: Path) -> None:
    assert csv_export.sniff(path.read_bytes()[:4096])


@pytest.mark.parametrize("path", [path for path in ALL if path.name in TAKEN], ids=lambda path: path.name)
def test_a_sample_is_taken_in_with_its_figures(path: Path) -> None:
    statements = read(path)
    assert [figures(statement) for statement in statements] == TAKEN[path.name]
    for statement in statements:
        assert balanced(statement) is not False
        assert all(sum(d.amount.cents for d in e.details) == e.amount.cents for e in statement.entries)


@pytest.mark.parametrize("path", [path for path in ALL if path.name in REFUSED], ids=lambda path: path.name)
def test_a_sample_is_refused_for_its_reason(path: Path) -> None:
    with pytest.raises(UnreadableBankFile) as refusal:
        read(path)
    assert (refusal.value.where, refusal.value.reason) == REFUSED[path.name]
    assert refusal.value.file == path.name


def test_balances_of_the_sample_without_currency_contradict_it_once_the_currency_is_said() -> None:
    with pytest.raises(UnreadableBankFile) as refusal:
        read(FOREIGN / "test_BOI_TransactionExport.csv", currency="EUR")
    assert refusal.value.where == "line 5"
    assert refusal.value.reason.startswith("the balance is 100.00 EUR there, but the rows lead to -402.50 EUR.")


@pytest.mark.skipif(not BESIDE.is_dir(), reason="the samples under another licence are not beside the project")
def test_the_samples_beside_the_project_are_taken_in() -> None:
    found = {path.name: [figures(statement) for statement in read(path)] for path in samples(BESIDE)}
    ing = ("DE89370400440532013000", "EUR", "2025-11-17", "2025-12-09")
    assert found == {
        "dkb.csv": [("DE42120300001033738756", "EUR", "2025-11-28", "2025-12-08", None, 409332, 8, 0, 5043)],
        "ing-mit-saldo.csv": [(*ing, None, 6633190, 20, 0, 136253)],
        "ing.csv": [(*ing, None, None, 20, 0, 136253)],
        "sparkasse-lzo-mt940.csv": [
            ("DE89370400440532013000", "EUR", "2025-12-03", "2025-12-05", None, None, 7, 3, 33251)
        ],
    }


def test_the_same_export_reads_the_same_in_windows_dos_and_utf_16() -> None:
    windows, dos, utf_16 = (entries(f"sparkasse_camt_{name}.csv") for name in ("v2", "dos", "utf16"))
    assert windows == dos == utf_16
    assert windows[0].details[0].counterparty_name == "Jürgen Größmann"


def test_a_returned_debit_tells_reason_original_amount_and_charges() -> None:
    for name, code in (("sparkasse_camt_v2.csv", "AC04"), ("sparkasse_mt940.csv", "MS03")):
        [entry] = [entry for entry in entries(name) if entry.amount.cents == -6295]
        detail = entry.details[0]
        assert (detail.return_code, detail.mandate_id, detail.end_to_end_id) == (code, "KD-7741", "RE-2026-00390")
        assert (str(detail.original_amount), str(detail.charges)) == ("59.95 EUR", "3.00 EUR")
        assert detail.counterparty_iban == "DE02300209000106531065"
        assert not entry.reversal


def test_a_cancelled_booking_is_a_reversal_in_the_direction_the_money_moved() -> None:
    [entry] = [entry for entry in entries("sparkasse_camt_v2.csv") if entry.reversal]
    assert entry.amount.cents == -2500


def test_a_structured_reference_is_not_left_in_the_text() -> None:
    detail = entries("sparkasse_camt_v2.csv")[0].details[0]
    assert (detail.creditor_reference, detail.remittance) == ("RF18539007547034", "")


def test_positions_count_announced_rows_too() -> None:
    assert [entry.position for entry in entries("sparkasse_camt_v2.csv")] == [2, 3, 4, 5]


def test_text_cut_into_lines_is_one_text_again() -> None:
    detail = entries("volksbank_bis_2020.csv")[0].details[0]
    assert detail.remittance == "Rechnung RE-2020-00117 Rücksendung abgezogen"
    assert (detail.end_to_end_id, detail.additional_text) == ("K-2291", "UEBERWEISUNGSGUTSCHR")


def test_what_a_bank_packs_into_one_text_is_unpacked() -> None:
    paid, debited, rent = (entry.details[0] for entry in entries("commerzbank.csv"))
    assert (paid.counterparty_name, paid.counterparty_iban, paid.end_to_end_id) == (
        "FRIEDA ANDERS",
        "DE02500105170137075030",
        "K-2291",
    )
    assert (debited.mandate_id, debited.end_to_end_id) == ("M-1002", "VERTRAG-55")
    assert rent.end_to_end_id is None
    [_, transfer, debit] = (entry.details[0] for entry in entries("comdirect.csv"))
    assert (transfer.counterparty_name, transfer.counterparty_iban) == ("Ralf Thurn", "DE02700100800030876808")
    assert (debit.counterparty_name, debit.remittance, debit.mandate_id) == ("Netzanbieter GmbH", "Telefon", "M-1002")


def test_a_fee_is_a_payment_of_its_own_so_that_the_customers_stays_whole() -> None:
    entry = entries("paypal.csv")[0]
    assert entry.amount.cents == 14582
    assert [detail.amount.cents for detail in entry.details] == [14990, -408]
    assert entry.details[0].counterparty_name == "Frieda Anders"
    assert entry.bank_reference == "7AB12345CD678901E"


def test_the_other_side_is_the_payer_of_money_in_and_the_payee_of_money_out() -> None:
    assert [entry.details[0].counterparty_name for entry in entries("dkb.csv")] == [
        "Frieda Anders",
        "Netzanbieter GmbH",
        "Bert Brandt",
    ]


def test_a_balance_of_another_day_is_not_the_closing_one() -> None:
    [statement] = read(OWN / "dkb_bis_2023.csv")
    assert statement.closing is None
    assert statement.notes == ("The balance of 2022-10-20 is not the one at the end of the period; it was not used.",)
    [other] = read(OWN / "dkb.csv")
    assert (other.closing_on, other.notes) == (date(2026, 11, 20), ())


def test_a_balance_that_does_not_add_up_as_the_one_before_is_not_taken_for_it() -> None:
    [fits] = read(OWN / "postbank.csv")
    assert fits.opening is not None
    [does_not] = read(OWN / "deutsche_bank_bis_2024.csv")
    assert does_not.opening is None


def test_the_caller_says_the_account_where_the_file_does_not() -> None:
    [statement] = read(OWN / "n26.csv", account="DE89 3704 0044 0532 0130 00")
    assert statement.account_iban == "DE89370400440532013000"
    [old_number] = read(OWN / "hypovereinsbank.csv", account="DE02700202700010108669")
    assert old_number.account_iban == "DE02700202700010108669"


def test_a_file_of_another_account_than_the_caller_says_is_refused() -> None:
    for name in ("commerzbank.csv", "hypovereinsbank.csv"):
        with pytest.raises(UnreadableBankFile, match="it is of the account"):
            read(OWN / name, account="DE02120300000000202051")
