"""Mails we write: from a typed sheet to a message in plain text and in HTML, ready to be stored and sent.

The HTML part loads nothing from anywhere: no pictures that report back, no styles from afar. Everything
another person may have written is escaped there, and cannot add a header here.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address as MailAddress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from textwrap import wrap

from kulanz.contact import girocode
from kulanz.contact.letters.characters import printable, printable_lines
from kulanz.contact.letters.labels import Labels, labels
from kulanz.contact.letters.sheet import Language, Payment, Table
from kulanz.kernel.clock import BERLIN
from kulanz.kernel.refusals import Refusal
from kulanz.kernel.text import N_
from kulanz.ui import formats

WIDTH = 72
LONGEST_ADDRESS = 254

_LOCAL_PART = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"({_LOCAL_PART})@({_LABEL}(?:\.{_LABEL})+)")
_MESSAGE_ID = re.compile(r"<[^\s<>@]+@[^\s<>@]+>")
_CONTENT_TYPE = re.compile(r"(?:application|audio|font|image|text|video)/[a-z0-9.+-]+")


class UnusableMailAddress(Refusal):
    """Nothing can be sent there. Whoever wrote this address must be reached another way."""

    code = "unusable_mail_address"
    sentence = N_("“%(address)s” is not an e-mail address we can write to.")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with the mail, such as a return label or the letter as a PDF."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail. `paragraphs` begin with the salutation; `after_table` ends with the greeting.

    `links` are label and address; the address is always shown, so that people see where they are led.
    `legal_lines` name the company behind the brand: German law wants them in a business mail as on a letter.
    """

    language: Language
    to_name: str
    to_address: str
    from_name: str
    from_address: str
    subject: str
    paragraphs: tuple[str, ...]
    message_id: str
    sent_at: datetime
    reference: str | None = None
    table: Table | None = None
    payment: Payment | None = None
    links: tuple[tuple[str, str], ...] = ()
    after_table: tuple[str, ...] = ()
    check_code: str | None = None
    check_hint: str | None = None
    reply_to: str | None = None
    legal_lines: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()

    def __post_init__(self) -> None:
        if not _MESSAGE_ID.fullmatch(self.message_id):
            raise ValueError(f"not a message id: {self.message_id!r}")
        if self.sent_at.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        if not all(re.fullmatch(r"https?://[^\s\"<>]+", address) for _, address in self.links):
            raise ValueError("a link is a complete http or https address")
        if not all(_CONTENT_TYPE.fullmatch(attachment.content_type) for attachment in self.attachments):
            raise ValueError("an attachment names its content type, such as application/pdf")


def build(mail: Mail) -> EmailMessage:
    """The message, the same bytes for the same mail. Raises UnusableMailAddress."""
    message = EmailMessage(policy=SMTP)
    _write_headers(message, mail)
    code = _code(mail)
    message.set_content(_plain(mail), cte="quoted-printable")
    message.add_alternative(_html(mail, with_code=code is not None), subtype="html", cte="quoted-printable")
    if code is not None:
        _html_part(message).add_related(
            code, maintype="image", subtype="png", cid=f"<{_code_id(mail)}>", disposition="inline"
        )
    for attachment in mail.attachments:
        maintype, subtype = attachment.content_type.split("/")
        name = printable(attachment.name).replace("/", "_").replace("\\", "_")
        message.add_attachment(attachment.content, maintype=maintype, subtype=subtype, filename=name)
    # Set last: adding parts hands every Content header down to the first part.
    message["Content-Language"] = mail.language
    _fix_boundaries(message, mail.message_id)
    return message


def mail_address(address: str) -> str:
    """`address` as it goes into an envelope, its domain in ASCII. Raises UnusableMailAddress."""
    text = address.strip()
    local, _, domain = text.rpartition("@")
    try:
        ascii_text = f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError as error:
        raise UnusableMailAddress(address=printable(address)) from error
    if len(ascii_text) > LONGEST_ADDRESS or not _ADDRESS.fullmatch(ascii_text):
        raise UnusableMailAddress(address=printable(address))
    return ascii_text


def _write_headers(message: EmailMessage, mail: Mail) -> None:
    message["From"] = _named(mail.from_name, mail.from_address)
    message["To"] = _named(mail.to_name, mail.to_address)
    if mail.reply_to is not None:
        message["Reply-To"] = _named("", mail.reply_to)
    # A line break in a product's name must not become a header of its own.
    message["Subject"] = printable(mail.subject)
    message["Date"] = format_datetime(mail.sent_at.astimezone(BERLIN))
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"


def _named(name: str, address: str) -> MailAddress:
    return MailAddress(printable(name), addr_spec=mail_address(address))


def _html_part(message: EmailMessage) -> EmailMessage:
    part = message.get_body(("html",))
    assert isinstance(part, EmailMessage)
    return part


def _fix_boundaries(message: EmailMessage, seed: str) -> None:
    """Boundaries come from the message id instead of chance, so that the register's hash of a mail is
    stable.
    """
    digest = hashlib.sha256(seed.encode()).hexdigest()[:32]
    for number, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"=_{digest}_{number}")


def _code(mail: Mail) -> bytes | None:
    if mail.payment is None:
        return None
    try:
        return girocode.png(mail.payment)
    except girocode.NoGiroCode:
        return None


def _code_id(mail: Mail) -> str:
    return "girocode." + mail.message_id.strip("<>")


def _payment_lines(payment: Payment, language: Language) -> list[tuple[str, str]]:
    words = labels(language)
    pairs = (
        (words.payee, payment.creditor_name),
        (words.account, formats.iban(payment.iban)),
        (words.bic, payment.bic),
        (words.amount, formats.money(payment.amount, language)),
        (words.payment_reference, payment.reference),
        (words.payable_by, formats.day(payment.due_on, language) if payment.due_on else ""),
    )
    return [(name, printable(value)) for name, value in pairs if value]


def _plain(mail: Mail) -> str:
    """The mail as text: what a screen reader, a watch or a cautious person reads."""
    words = labels(mail.language)
    blocks = [_wrapped(paragraph) for paragraph in mail.paragraphs]
    if mail.table is not None:
        blocks.append(_plain_table(mail.table))
    if mail.payment is not None:
        blocks.append(f"{words.payment}\n{_aligned(_payment_lines(mail.payment, mail.language))}")
    blocks += [f"{printable(name)}:\n{address}" for name, address in mail.links]
    blocks += [_wrapped(paragraph) for paragraph in mail.after_table]
    blocks += _plain_foot(mail, words)
    return "\n\n".join(blocks) + "\n"


def _plain_foot(mail: Mail, words: Labels) -> list[str]:
    blocks = []
    if mail.reference is not None:
        blocks.append(f"{words.reference}: {printable(mail.reference)}")
    if mail.check_code is not None:
        lines = [words.check_title_mail, f"{words.check_code}: {printable(mail.check_code)}"]
        blocks.append("\n".join([*lines, *([_wrapped(mail.check_hint)] if mail.check_hint else [])]))
    # The two hyphens with a space are the sign for "signature follows", which mail programs may fold away.
    return [*blocks, "\n".join(["-- ", *map(printable, mail.legal_lines), words.automatic])]


def _wrapped(paragraph: str) -> str:
    lines = (
        wrap(line, WIDTH, break_long_words=False, break_on_hyphens=False) or [""] for line in printable_lines(paragraph)
    )
    return "\n".join(part for line in lines for part in line)


def _aligned(pairs: Iterable[tuple[str, str]]) -> str:
    rows = list(pairs)
    widest = max(len(name) for name, _ in rows)
    return "\n".join(f"{name + ':':<{widest + 1}} {value}" for name, value in rows)


def _plain_table(table: Table) -> str:
    """In columns where it fits the width of a mail, else one small list per row."""
    rows = [tuple(map(printable, row)) for row in (table.header, *table.rows, *([table.total] if table.total else []))]
    widths = [max(len(row[column]) for row in rows) for column in range(len(table.header))]
    if sum(widths) + 2 * (len(widths) - 1) > WIDTH:
        return "\n\n".join(
            _aligned((name, cell) for name, cell in zip(rows[0], row, strict=True) if cell) for row in rows[1:]
        )
    lines = [_plain_row(row, widths, table.numeric_columns) for row in rows]
    rule = "-" * (sum(widths) + 2 * (len(widths) - 1))
    body = [*lines[1:-1], rule, lines[-1]] if table.total else lines[1:]
    return "\n".join([lines[0], rule, *body])


def _plain_row(row: tuple[str, ...], widths: list[int], numeric: frozenset[int]) -> str:
    cells = (
        cell.rjust(width) if column in numeric else cell.ljust(width)
        for column, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return "  ".join(cells).rstrip()


_STYLE = (
    "body{margin:0;background:#fff;color:#16212b;font:17px/1.5 system-ui,-apple-system,'Segoe UI',sans-serif}"
    "main{max-width:36em;margin:0 auto;padding:24px 20px}"
    "table{border-collapse:collapse;width:100%;margin:20px 0}"
    "th,td{text-align:left;vertical-align:top;padding:6px 16px 6px 0;border-bottom:1px solid #9aa5ad}"
    ".number{text-align:right;padding-right:0;white-space:nowrap}"
    "tfoot td{font-weight:600;border-bottom:2px solid #16212b}"
    "h2{font-size:17px;margin:28px 0 4px}"
    "footer{margin-top:28px;padding-top:12px;border-top:1px solid #9aa5ad;color:#4a5660;font-size:14px}"
    "a{color:#0b5394;overflow-wrap:anywhere}"
)

_FIGURES = ' class="number"'


def _html(mail: Mail, *, with_code: bool) -> str:
    """The mail as a small page: one column, real headings and tables, nothing loaded from outside."""
    words = labels(mail.language)
    parts = [f"<p>{_html_lines(paragraph)}</p>" for paragraph in mail.paragraphs]
    if mail.table is not None:
        parts.append(_html_table(mail.table))
    if mail.payment is not None:
        parts += _html_payment(mail, mail.payment, words, with_code=with_code)
    parts += [
        f'<p>{_html_text(name)}:<br><a href="{escape(address)}">{escape(address)}</a></p>'
        for name, address in mail.links
    ]
    parts += [f"<p>{_html_lines(paragraph)}</p>" for paragraph in mail.after_table]
    parts += _html_foot(mail, words)
    return (
        f'<!DOCTYPE html>\n<html lang="{mail.language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_html_text(mail.subject)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(parts)
        + "\n</main>\n</body>\n</html>\n"
    )


def _html_text(text: str) -> str:
    return escape(printable(text))


def _html_lines(text: str) -> str:
    return "<br>".join(escape(line) for line in printable_lines(text))


def _html_table(table: Table) -> str:
    head = _html_row(table.header, "th", table.numeric_columns)
    body = "\n".join(_html_row(cells, "td", table.numeric_columns) for cells in table.rows)
    foot = f"\n<tfoot>{_html_row(table.total, 'td', table.numeric_columns)}</tfoot>" if table.total else ""
    return f"<table>\n<thead>{head}</thead>\n<tbody>\n{body}\n</tbody>{foot}\n</table>"


def _html_row(cells: tuple[str, ...], tag: str, numeric: frozenset[int]) -> str:
    """One row; a header cell says that it heads its column, so that a screen reader repeats it."""
    scope = ' scope="col"' if tag == "th" else ""
    marked = (
        f"<{tag}{scope}{_FIGURES if column in numeric else ''}>{_html_text(cell)}</{tag}>"
        for column, cell in enumerate(cells)
    )
    return f"<tr>{''.join(marked)}</tr>"


def _html_payment(mail: Mail, payment: Payment, words: Labels, *, with_code: bool) -> list[str]:
    rows = "\n".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{escape(value)}</td></tr>'
        for name, value in _payment_lines(payment, mail.language)
    )
    parts = [f"<h2>{words.payment}</h2>", f"<table>\n{rows}\n</table>"]
    if with_code:
        alternative = escape(words.payment_code)
        parts.append(f'<p><img src="cid:{escape(_code_id(mail))}" alt="{alternative}" width="200" height="200"></p>')
    return parts


def _html_foot(mail: Mail, words: Labels) -> list[str]:
    parts = []
    if mail.reference is not None:
        parts.append(f"<p>{words.reference}: <strong>{_html_text(mail.reference)}</strong></p>")
    if mail.check_code is not None:
        parts.append(f"<h2>{words.check_title_mail}</h2>")
        hint = f"<br>{_html_text(mail.check_hint)}" if mail.check_hint else ""
        parts.append(f"<p>{words.check_code}: <strong>{_html_text(mail.check_code)}</strong>{hint}</p>")
    lines = "<br>".join([*map(_html_text, mail.legal_lines), words.automatic])
    return [*parts, f"<footer>{lines}</footer>"]
