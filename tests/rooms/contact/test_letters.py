"""Letters on paper: what stands on them, where, and that nothing a customer wrote can steer the page."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from dataclasses import replace
from datetime import date

import pytest
from pypdf import PdfReader
from syrupy.assertion import SnapshotAssertion

from kulanz.contact.letters.characters import bound, breakable, printable
from kulanz.contact.letters.render import MOST_LETTERS, render, render_many
from kulanz.contact.letters.sheet import Address, Letter, Payment, Sender, Table
from kulanz.kernel.money import Money

SHOP = Sender(
    name="Lindenhaus",
    legal_line="Lindenhaus Versand GmbH",
    street="Ahornweg 12",
    postcode_city="04109 Leipzig",
    country="Deutschland",
    email="service@lindenhaus.example",
    phone="0341 5550 120",
    web="www.lindenhaus.example",
    iban="DE02120300000000202051",
    bic="BYLADEM1001",
    bank_name="Deutsche Kreditbank",
    registration_lines=(
        "Amtsgericht Leipzig, HRB 99871",
        "Geschäftsführung: Dr. Mira Toth",
        "USt-IdNr. DE999999999",
    ),
)
WRITTEN_ON = date(2026, 11, 21)
RECIPIENT = Address(("Frau", "Jutta Anders", "Große Bleichen 8", "20354 Hamburg"))
PAYMENT = Payment(
    creditor_name="Lindenhaus Versand GmbH",
    iban="DE02120300000000202051",
    bic="BYLADEM1001",
    amount=Money(8990),
    reference="RF18539007547034",
    due_on=date(2026, 12, 5),
)
CHECK_HINT_DE = (
    "Geben Sie den Code auf www.lindenhaus.example/pruefen ein. Sie sehen sofort, was wir Ihnen geschrieben haben."
)
CHECK_HINT_EN = "Enter the code at www.lindenhaus.example/check. You see at once what we have written to you."


def account_block_explained() -> Letter:
    """Why invoice purchase is not offered at present, in German."""
    return Letter(
        language="de",
        sender=SHOP,
        recipient=RECIPIENT,
        written_on=WRITTEN_ON,
        subject="Kauf auf Rechnung ist zurzeit nicht möglich: eine Rechnung über 89,90 € ist offen",
        reference_lines=(
            ("Vorgang", "V-7K3P-9XQ2"),
            ("Kundennummer", "K 204 811"),
            ("Rechnung", "R-2026-004711"),
        ),
        paragraphs=(
            "Guten Tag Frau Anders,",
            "Sie können im Moment nicht auf Rechnung kaufen, weil die Rechnung R-2026-004711 "
            "vom 2. Oktober 2026 "
            "noch offen ist. Sobald die 89,90 € bei uns eingegangen sind, ist Kauf auf "
            "Rechnung sofort wieder "
            "möglich, ohne dass Sie etwas tun müssen. Mit anderen Zahlungsarten können Sie weiter bestellen.",
            "So setzt sich der Betrag zusammen:",
        ),
        table=Table(
            header=("Vorgang", "Datum", "Betrag"),
            rows=(
                ("Rechnung R-2026-004711: Wollpullover, 2 Stück", "02.10.2026", "119,90 €"),
                ("Ihre Zahlung", "14.10.2026", "−30,00 €"),
            ),
            numeric_columns=frozenset({2}),
            total=("Noch offen", "", "89,90 €"),
        ),
        after_table=(
            "Haben Sie schon bezahlt, oder stimmt etwas nicht? Dann schreiben Sie uns oder "
            "rufen Sie an. Ein Einwand "
            "braucht keine Form und keinen Nachweis; bis er geprüft ist, heben wir die Einschränkung auf.",
        ),
        payment=PAYMENT,
        closing="Mit freundlichen Grüßen",
        signature="Cem Yıldız\nKundenservice Lindenhaus",
        check_code="4KQ7-XM2P-9",
        check_hint=CHECK_HINT_DE,
    )


def payment_reminder() -> Letter:
    """The friendly reminder, in English."""
    return Letter(
        language="en",
        sender=SHOP,
        recipient=Address(("Mr Oliver Brandt", "Flat 3", "27 Orchard Lane", "Bristol BS1 5TR", "UNITED KINGDOM")),
        written_on=WRITTEN_ON,
        subject="Reminder: invoice R-2026-004711, €89.90 still to pay",
        reference_lines=(
            ("Case", "V-7K3P-9XQ2"),
            ("Customer number", "K 204 811"),
            ("Invoice", "R-2026-004711"),
        ),
        paragraphs=(
            "Dear Mr Brandt,",
            "€89.90 of invoice R-2026-004711 has not reached us yet. Perhaps it slipped "
            "through: please transfer it "
            "by 5 December 2026. This reminder costs you nothing.",
        ),
        table=Table(
            header=("Item", "Date", "Amount"),
            rows=(
                ("Invoice R-2026-004711: wool jumper, 2 pieces", "2026-10-02", "€119.90"),
                ("Your payment", "2026-10-14", "−€30.00"),
            ),
            numeric_columns=frozenset({2}),
            total=("Still to pay", "", "€89.90"),
        ),
        after_table=(
            "If you have paid in the last few days, please ignore this letter. If the "
            "invoice is wrong or not yours, "
            "tell us: we stop everything until it has been looked at by a person.",
        ),
        payment=PAYMENT,
        closing="Yours sincerely",
        signature="Cem Yıldız\nLindenhaus customer care",
        check_code="4KQ7-XM2P-9",
        check_hint=CHECK_HINT_EN,
        enclosures=("Copy of invoice R-2026-004711",),
    )


def payment_confirmed() -> Letter:
    """Paid is paid, in German; nothing to pay, so no payment part."""
    return Letter(
        language="de",
        sender=SHOP,
        recipient=RECIPIENT,
        written_on=WRITTEN_ON,
        subject="Ihre Zahlung ist da: Rechnung R-2026-004711 ist erledigt",
        reference_lines=(("Vorgang", "V-7K3P-9XQ2"), ("Kundennummer", "K 204 811")),
        paragraphs=(
            "Guten Tag Frau Anders,",
            "Ihre Zahlung von 89,90 € ist am 20. November 2026 eingegangen. Die Rechnung "
            "R-2026-004711 ist damit "
            "vollständig bezahlt, und Sie können ab sofort wieder auf Rechnung kaufen.",
            "Falls Sie in den letzten Tagen noch einen Brief dazu bekommen haben, ist er gegenstandslos. Vielen Dank.",
        ),
        closing="Mit freundlichen Grüßen",
        signature="Kundenservice Lindenhaus",
        check_code="4KQ7-XM2P-9",
        check_hint=CHECK_HINT_DE,
    )


SAMPLES = (account_block_explained, payment_reminder, payment_confirmed)


def pages(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def words(pdf: bytes) -> str:
    """All text with single spaces, so that line breaks on paper do not matter."""
    return " ".join(" ".join(pages(pdf)).split())


def long_letter() -> Letter:
    letter = account_block_explained()
    assert letter.table is not None
    return replace(letter, table=replace(letter.table, rows=letter.table.rows * 15))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.__name__)
def test_a_sample_letter_reads_as_it_always_did(sample, snapshot: SnapshotAssertion) -> None:
    assert "\n--- next page ---\n".join(pages(render(sample()))) == snapshot


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.__name__)
def test_a_usual_letter_fits_one_page_and_carries_no_page_number(sample) -> None:
    texts = pages(render(sample()))
    assert len(texts) == 1
    assert "Seite 1" not in texts[0]
    assert "Page 1" not in texts[0]


def test_the_facts_stand_on_paper() -> None:
    text = words(render(account_block_explained()))
    for fact in (
        "Jutta Anders",
        "Große Bleichen 8",
        "V-7K3P-9XQ2",
        "R-2026-004711",
        "21. November 2026",
        "So bezahlen Sie",
        "DE02 1203 0000 0000 2020 51",
        "RF18539007547034",
        "5. Dezember 2026",
        "So prüfen Sie, ob dieser Brief von uns ist",
        "4KQ7-XM2P-9",
        "Lindenhaus Versand GmbH",
        "Amtsgericht Leipzig, HRB 99871",
        "Geschäftsführung: Dr. Mira Toth",
    ):
        assert fact in text


def test_an_english_letter_has_english_labels() -> None:
    text = words(render(payment_reminder()))
    for label in ("Payable by 5 December 2026", "Payment reference", "€89.90", "Enclosures", "Check code"):
        assert label in text
    assert "Verwendungszweck" not in text


def test_a_letter_with_nothing_to_pay_shows_no_payment_part() -> None:
    text = words(render(payment_confirmed()))
    assert "So bezahlen Sie" not in text
    assert "4KQ7-XM2P-9" in text


def test_a_long_letter_counts_its_pages_and_repeats_the_table_header() -> None:
    texts = pages(render(long_letter()))
    assert len(texts) == 2
    assert "Seite 1 von 2" in texts[0]
    assert "Seite 2 von 2" in texts[1]
    assert "So bezahlen Sie" in texts[0]
    assert "So bezahlen Sie" not in texts[1]
    assert all("Vorgang" in text and "Betrag" in text for text in texts)


def test_a_beginning_longer_than_the_page_leaves_the_payment_part_on_the_first_page() -> None:
    letter = account_block_explained()
    wordy = replace(letter, paragraphs=(letter.paragraphs[0], letter.paragraphs[1] * 12, "Ende."))
    texts = pages(render(wordy))
    assert "So bezahlen Sie" in texts[0]
    assert len(texts) == 2


def place_of(words_on_paper: str, pdf: bytes) -> tuple[float, float]:
    """Where on the first page a text begins, in points."""
    found: list[tuple[float, float]] = []

    def look(text: str, _matrix: object, position: list[float], _font: object, _size: float) -> None:
        if words_on_paper in text:
            found.append((round(position[4], 1), round(position[5], 1)))

    PdfReader(io.BytesIO(pdf)).pages[0].extract_text(visitor_text=look)
    return found[0]


def test_payment_part_and_check_code_never_move() -> None:
    short = replace(payment_confirmed(), payment=PAYMENT)
    letters = (account_block_explained(), long_letter(), short)
    assert len({place_of("So bezahlen Sie", render(letter)) for letter in letters}) == 1
    assert len({place_of("4KQ7-XM2P-9", render(letter)) for letter in (*letters, payment_confirmed())}) == 1
    unchecked = replace(short, check_code=None)
    assert place_of("So bezahlen Sie", render(unchecked)) == place_of("So bezahlen Sie", render(short))


def test_the_same_sheet_gives_the_same_bytes_also_in_another_process() -> None:
    first = render(payment_confirmed())
    assert render(payment_confirmed()) == first
    render(payment_reminder())
    assert render(payment_confirmed()) == first
    program = (
        "import importlib.util, hashlib, sys\n"
        f"spec = importlib.util.spec_from_file_location('samples', {__file__!r})\n"
        "samples = importlib.util.module_from_spec(spec)\n"
        "spec.loader.exec_module(samples)\n"
        "sys.stdout.buffer.write(samples.render(samples.payment_confirmed()))\n"
    )
    other = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, env=environment())
    assert other.stdout == first


def environment() -> dict[str, str]:
    """The path of this process, so that the other one finds the same modules."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}


def test_another_day_gives_other_bytes() -> None:
    letter = payment_confirmed()
    assert render(letter) != render(replace(letter, written_on=date(2026, 11, 22)))


def test_a_batch_has_the_same_pages_as_its_letters() -> None:
    letters = [account_block_explained(), long_letter(), payment_reminder(), payment_confirmed()]
    assert pages(render_many(letters)) == [text for letter in letters for text in pages(render(letter))]


@pytest.mark.parametrize("count", [0, MOST_LETTERS + 1])
def test_an_empty_or_an_endless_batch_is_a_bug(count: int) -> None:
    with pytest.raises(ValueError, match="one print file holds 1 to 250 letters"):
        render_many([payment_confirmed()] * count)


def test_the_pdf_is_tagged_titled_dated_and_made_for_archives() -> None:
    reader = PdfReader(io.BytesIO(render(account_block_explained())))
    root = reader.root_object
    assert bool(root["/MarkInfo"]["/Marked"])
    assert str(root["/Lang"]).lower() == "de-de"
    assert reader.metadata is not None
    assert reader.metadata.title == account_block_explained().subject
    assert reader.metadata.author == "Lindenhaus"
    assert reader.metadata.creation_date is not None
    assert reader.metadata.creation_date.date() == WRITTEN_ON
    description = root["/Metadata"].get_data().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in description
    assert "<pdfaid:part>3</pdfaid:part>" in description
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in description


def test_every_font_comes_with_the_program() -> None:
    reader = PdfReader(io.BytesIO(render(account_block_explained())))
    fonts = {str(font.get_object()["/BaseFont"]) for font in reader.pages[0]["/Resources"]["/Font"].values()}
    assert {name.split("+")[1] for name in fonts} == {"SourceSans3-Roman"}


@pytest.mark.parametrize(
    "evil",
    [
        "#panic(1)",
        '#read("/etc/passwd")',
        "$x^2$",
        "*bold* _slanted_",
        "@reference <label>",
        "back\\slash \\u{41}",
        "\"quotes\" 'and' `ticks`",
        "[content] {code} // comment /* more */",
        "= Heading",
        "- item -- dash --- ... ~",
        '","language":"en","x":"',
    ],
)
def test_what_people_write_is_never_read_as_markup(evil: str) -> None:
    letter = payment_confirmed()
    text = words(
        render(
            replace(
                letter,
                subject=evil,
                recipient=Address((evil,)),
                reference_lines=((evil, "1"),),
                paragraphs=(evil,),
                table=Table(header=(evil,), rows=((evil,),)),
                signature=evil,
            )
        )
    )
    assert text.replace("\u200b", "").count(" ".join(evil.split())) >= 5


def test_umlauts_and_right_to_left_text_stay() -> None:
    text = words(render(replace(payment_confirmed(), paragraphs=("Äöüß ẞ Łódź", "שלום", "Ελλάδα Москва"))))
    for part in ("Äöüß ẞ Łódź", "Ελλάδα Москва"):
        assert part in text
    assert "שלום" in text or "םולש" in text


def test_very_long_words_stay_on_the_sheet() -> None:
    letter = account_block_explained()
    word = "Donaudampfschifffahrtsgesellschaft" * 6
    pdf = render(
        replace(
            letter,
            recipient=Address((word[:80], "20354 Hamburg")),
            paragraphs=(word,),
            table=Table(header=("Was", "Wann"), rows=((word, "heute"),)),
        )
    )
    rightmost = 0.0

    def look(text: str, _matrix: object, position: list[float], _font: object, size: float) -> None:
        nonlocal rightmost
        if text.strip():
            rightmost = max(rightmost, position[4])

    for page in PdfReader(io.BytesIO(pdf)).pages:
        page.extract_text(visitor_text=look)
    assert rightmost < 190 / 25.4 * 72
    joined = "".join(words(pdf).split()).replace("\u200b", "")
    assert joined.count("Donaudampfschifffahrtsgesellschaft") >= 12


def test_a_character_no_font_has_does_not_stop_the_letter() -> None:
    pdf = render(replace(payment_confirmed(), paragraphs=("Gekauft: Becher 😀\U0001f9ff 㐂",)))
    assert "Gekauft: Becher" in words(pdf)


def test_hidden_and_turning_characters_are_left_out() -> None:
    assert printable("Sie\u202e zahlen\x00 \x07nichts\ud800\n10 €\t") == "Sie zahlen nichts 10 €"


def test_only_long_words_get_places_to_break() -> None:
    assert breakable("kurz abcdefghij", 10) == "kurz abcdefghij"
    assert breakable("abcdefghijk", 10) == "abcdefghij\u200bk"


def test_a_day_and_an_amount_are_not_torn_apart() -> None:
    assert bound("by 5 December") == "by 5\u00a0December"
    assert bound("am 2. Oktober 2026 noch 89,90 €") == "am 2.\u00a0Oktober 2026 noch 89,90\u00a0€"
    assert bound("Rechnung 4711 Anders") == "Rechnung 4711 Anders"


def test_a_payment_in_another_currency_is_printed_without_a_code() -> None:
    letter = replace(payment_reminder(), payment=replace(PAYMENT, amount=Money(8990, "GBP")))
    text = words(render(letter))
    assert "GBP" in text
    assert "DE02 1203 0000 0000 2020 51" in text
    assert "Scan to pay" not in text


def test_an_address_that_fits_no_window_is_a_bug() -> None:
    with pytest.raises(ValueError, match="1 to 9 lines"):
        Address(())
    with pytest.raises(ValueError, match="1 to 9 lines"):
        Address(("x",) * 10)


def test_a_table_with_ragged_lines_is_a_bug() -> None:
    with pytest.raises(ValueError, match="as many cells"):
        Table(header=("a", "b"), rows=(("1",),))
