"""Mails: both parts say the same, nothing is loaded from outside, and nobody can add a header."""

from __future__ import annotations

import email
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from email.message import EmailMessage
from email.policy import SMTP
from html.parser import HTMLParser

import pytest
from syrupy.assertion import SnapshotAssertion

from kulanz.contact.letters.sheet import Payment, Table
from kulanz.contact.mails import Attachment, Mail, UnusableMailAddress, build, mail_address
from kulanz.kernel.money import Money

GERMAN = Mail(
    language="de",
    to_name="Jutta Anders",
    to_address="jutta@anders.example",
    from_name="Lindenhaus Kundenservice",
    from_address="service@lindenhaus.example",
    subject="Rechnung R-2026-004711: 89,90 € sind noch offen",
    paragraphs=(
        "Guten Tag Frau Anders,",
        "von der Rechnung R-2026-004711 vom 2. Oktober 2026 sind noch 89,90 € offen. "
        "Bitte überweisen Sie den Betrag bis zum 5. Dezember 2026.",
    ),
    table=Table(
        header=("Vorgang", "Datum", "Betrag"),
        rows=(
            ("Rechnung R-2026-004711", "02.10.2026", "119,90 €"),
            ("Ihre Zahlung", "14.10.2026", "−30,00 €"),
        ),
        numeric_columns=frozenset({2}),
        total=("Noch offen", "", "89,90 €"),
    ),
    payment=Payment(
        creditor_name="Lindenhaus Versand GmbH",
        iban="DE02120300000000202051",
        bic="BYLADEM1001",
        amount=Money(8990),
        reference="RF18539007547034",
        due_on=date(2026, 12, 5),
    ),
    links=(("Rechnung ansehen", "https://www.lindenhaus.example/rechnung?n=4711&s=1"),),
    after_table=("Stimmt etwas nicht? Antworten Sie einfach.", "Mit freundlichen Grüßen\nCem Yıldız"),
    check_code="4KQ7-XM2P-9",
    check_hint="Geben Sie den Code auf www.lindenhaus.example/pruefen ein.",
    reference="V-7K3P-9XQ2",
    legal_lines=("Lindenhaus Versand GmbH, Ahornweg 12, 04109 Leipzig", "Amtsgericht Leipzig, HRB 99871"),
    message_id="<m1.4kq7@lindenhaus.example>",
    sent_at=datetime(2026, 11, 21, 23, 30, tzinfo=UTC),
)
ENGLISH = Mail(
    language="en",
    to_name="Oliver Brandt",
    to_address="oliver@brandt.example",
    from_name="Lindenhaus customer care",
    from_address="service@lindenhaus.example",
    subject="Your payment has arrived",
    paragraphs=(
        "Dear Mr Brandt,",
        "your payment of €89.90 has arrived. The invoice is settled.",
        "Kind regards",
    ),
    reference="V-7K3P-9XQ2",
    message_id="<m2@lindenhaus.example>",
    sent_at=datetime(2026, 11, 21, 9, 0, tzinfo=UTC),
)


def sent(mail: Mail) -> EmailMessage:
    """As it arrives: through bytes and back."""
    return email.message_from_bytes(build(mail).as_bytes(), policy=SMTP, _class=EmailMessage)


def part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body is not None
    return body.get_content().replace("\r\n", "\n")


class Page(HTMLParser):
    """Collects tags, their attributes and the visible text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("mail", [GERMAN, ENGLISH], ids=["german", "english"])
@pytest.mark.parametrize("kind", ["plain", "html"])
def test_a_mail_reads_as_it_always_did(mail: Mail, kind: str, snapshot: SnapshotAssertion) -> None:
    assert part(sent(mail), kind) == snapshot


def test_the_headers_say_who_when_and_that_no_person_wrote() -> None:
    message = sent(replace(GERMAN, reply_to="antwort@lindenhaus.example"))
    assert message["From"] == "Lindenhaus Kundenservice <service@lindenhaus.example>"
    assert message["To"] == "Jutta Anders <jutta@anders.example>"
    assert message["Reply-To"] == "antwort@lindenhaus.example"
    assert message["Subject"] == "Rechnung R-2026-004711: 89,90 € sind noch offen"
    assert message["Date"] == "Sun, 22 Nov 2026 00:30:00 +0100"
    assert message["Message-ID"] == "<m1.4kq7@lindenhaus.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "de"


def test_both_parts_tell_the_same_facts() -> None:
    message = sent(GERMAN)
    plain, html = part(message, "plain"), Page(part(message, "html")).text
    for fact in (
        "89,90 €",
        "R-2026-004711",
        "DE02 1203 0000 0000 2020 51",
        "RF18539007547034",
        "5. Dezember 2026",
        "4KQ7-XM2P-9",
        "V-7K3P-9XQ2",
        "https://www.lindenhaus.example/rechnung?n=4711&s=1",
        "Amtsgericht Leipzig, HRB 99871",
    ):
        assert fact in plain
        assert fact in html


def test_the_html_loads_nothing_and_runs_nothing() -> None:
    page = Page(part(sent(GERMAN), "html"))
    assert not {"script", "iframe", "object", "form", "link"} & set(page.tags)
    sources = [value for _, name, value in page.attributes if name in {"src", "background", "srcset"}]
    assert sources == ["cid:girocode.m1.4kq7@lindenhaus.example"]
    assert "url(" not in part(sent(GERMAN), "html")


def test_the_code_to_scan_comes_with_the_mail() -> None:
    pictures = [piece for piece in sent(GERMAN).walk() if piece.get_content_type() == "image/png"]
    assert [piece["Content-ID"] for piece in pictures] == ["<girocode.m1.4kq7@lindenhaus.example>"]


def test_a_payment_without_a_code_still_shows_its_details() -> None:
    assert GERMAN.payment is not None
    message = sent(replace(GERMAN, payment=replace(GERMAN.payment, amount=Money(8990, "CHF"))))
    assert "DE02 1203 0000 0000 2020 51" in part(message, "html")
    assert "img" not in Page(part(message, "html")).tags


def test_what_people_write_is_escaped() -> None:
    evil = "<script>alert('1')</script> & \"x\""
    mail = replace(
        ENGLISH,
        subject=evil,
        paragraphs=(evil,),
        after_table=(evil,),
        table=Table(header=(evil,), rows=((evil,),)),
        links=((evil, "https://www.lindenhaus.example/"),),
        check_code=evil,
        check_hint=evil,
        reference=evil,
        legal_lines=(evil,),
    )
    page = Page(part(sent(mail), "html"))
    assert "script" not in page.tags
    assert page.text.count(evil) == 10


def test_a_line_break_cannot_add_a_header() -> None:
    message = sent(
        replace(
            ENGLISH,
            subject="Hello\r\nBcc: all@brandt.example",
            to_name="Oliver\nBcc: all@brandt.example",
            from_name="Shop\r\n\r\nbody",
        )
    )
    assert message["Bcc"] is None
    assert message["Subject"] == "Hello Bcc: all@brandt.example"
    assert message["To"].addresses[0].addr_spec == "oliver@brandt.example"
    assert message["To"].addresses[0].display_name == "Oliver Bcc: all@brandt.example"
    assert len(message["To"].addresses) == 1


@pytest.mark.parametrize(
    "address",
    [
        "",
        "oliver",
        "@brandt.example",
        "oliver@",
        "oliver@brandt",
        "oliver@@brandt.example",
        "oliver@brandt..example",
        ".oliver@brandt.example",
        "oliver brandt@brandt.example",
        "oliver@brandt.example, all@brandt.example",
        "oliver@brandt.example\nBcc: all@brandt.example",
        "<oliver@brandt.example>",
        "müller@brandt.example",
        "x" * 250 + "@brandt.example",
        "oliver@" + "x" * 64 + ".example",
    ],
)
def test_an_address_that_cannot_be_used_is_refused(address: str) -> None:
    with pytest.raises(UnusableMailAddress):
        build(replace(ENGLISH, to_address=address))


def test_a_domain_with_an_umlaut_is_written_in_ascii() -> None:
    assert mail_address(" oliver+shop@bücher.example ") == "oliver+shop@xn--bcher-kva.example"


@pytest.mark.parametrize(
    "change",
    [
        {"message_id": "m2@lindenhaus.example"},
        {"message_id": "<m2@lindenhaus.example>\nBcc: a@b.example"},
        {"sent_at": datetime(2026, 11, 21, 9, 0)},
        {"links": (("Look", "javascript:alert(1)"),)},
        {"links": (("Look", 'https://x.example/" onclick="'),)},
        {"attachments": (Attachment("x", "message/rfc822", b""),)},
    ],
)
def test_what_only_a_mistake_of_ours_could_write_is_a_bug(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"message id|time zone|link|content type"):
        replace(ENGLISH, **change)


def test_attachments_keep_their_name_and_content() -> None:
    files = (
        Attachment("Rücksendeschein.pdf", "application/pdf", b"%PDF-1.7 \x00\xff"),
        Attachment("../a\nb.txt", "text/plain", "ä\n".encode()),
    )
    found = list(sent(replace(GERMAN, attachments=files)).iter_attachments())
    assert [piece.get_filename() for piece in found] == ["Rücksendeschein.pdf", ".._a b.txt"]
    assert [piece.get_payload(decode=True) for piece in found] == [b"%PDF-1.7 \x00\xff", "ä\n".encode()]


def test_the_same_mail_gives_the_same_bytes() -> None:
    mail = replace(GERMAN, attachments=(Attachment("a.pdf", "application/pdf", b"%PDF"),))
    assert build(mail).as_bytes() == build(mail).as_bytes()


def test_every_line_of_the_text_fits_a_narrow_window() -> None:
    text = part(sent(GERMAN), "plain")
    assert max(len(line) for line in text.split("\n")) <= 72


def test_a_table_too_wide_for_columns_becomes_one_list_per_row() -> None:
    table = Table(header=("Was", "Betrag"), rows=(("W" * 64, "1.234,56 €"), ("Kurz", "1,00 €")), total=("Summe", "x"))
    text = part(sent(replace(ENGLISH, table=table)), "plain")
    assert f"Was:    {'W' * 64}\nBetrag: 1.234,56 €\n\nWas:    Kurz\nBetrag: 1,00 €\n\nWas:    Summe" in text


def test_all_lines_on_the_wire_are_short_and_ascii() -> None:
    wire = build(GERMAN).as_bytes()
    assert wire.isascii()
    assert max(len(line) for line in wire.split(b"\r\n")) <= 998
    assert not re.search(rb"(?<!\r)\n", wire)
