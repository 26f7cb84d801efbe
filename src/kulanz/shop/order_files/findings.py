"""Why a file was refused: places and sentences, collected up to a bound."""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import attrgetter

from kulanz.kernel.text import N_

MOST_ERRORS = 1_000


@dataclass(frozen=True, slots=True)
class Reason:
    """One kind of mistake: a stable code for machines and a sentence (message id) for people."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class RowError:
    """One place of the file and what is wrong there. `column` is empty when the whole line is meant.

    `sentence` is the message id with `%(field)s` places, `fields` fills them: doors translate that,
    while `reason` is English.
    """

    line: int
    column: str
    code: str
    sentence: str
    fields: tuple[tuple[str, str], ...] = ()

    @property
    def reason(self) -> str:
        """The English sentence with its facts."""
        return self.sentence % dict(self.fields)

    def as_json(self) -> dict[str, str | int]:
        """The error object of the command line and the API."""
        return {"line": self.line, "column": self.column, "reason": self.reason}


class TooManyErrors(Exception):
    """The bound is reached; reading on would not help anybody."""


class Stop(Exception):
    """The rest of the file cannot be understood; what was found so far is the answer."""


@dataclass(slots=True)
class Findings:
    """The errors so far. `count` only grows, so a row is good when it did not change."""

    errors: list[RowError] = field(default_factory=list)
    count: int = 0

    def add(self, line: int, column: str, reason: Reason, **fields: object) -> None:
        """Note one error. Raises TooManyErrors when there are more than anybody will read."""
        if self.count == MOST_ERRORS:
            raise TooManyErrors(line)
        self.count += 1
        self.errors.append(
            RowError(line, column, reason.code, reason.sentence, tuple((k, str(v)) for k, v in fields.items()))
        )

    def in_order(self) -> tuple[RowError, ...]:
        """By line; errors of one line stay in the order of their finding."""
        return tuple(sorted(self.errors, key=attrgetter("line")))


def cut_short(findings: Findings, line: int) -> tuple[RowError, ...]:
    """All errors that were kept, and a last one that says there are more."""
    last = RowError(line, "", TOO_MANY.code, TOO_MANY.sentence, (("count", str(MOST_ERRORS)),))
    return (*findings.in_order(), last)


TOO_MANY = Reason(
    "too_many_errors",
    N_("There are more than %(count)s errors. Reading stopped at this line; correct these first."),
)

# The file as a whole.
EMPTY = Reason("empty_file", N_("The file is empty. The first line must name the columns."))
DAMAGED = Reason("damaged_compression", N_("The compressed file is damaged and cannot be read beyond this line."))
TOO_LARGE = Reason("file_too_large", N_("The unpacked file is larger than %(limit)s bytes."))
LINE_TOO_LONG = Reason("line_too_long", N_("This line is longer than %(limit)s bytes."))
NOT_UTF8 = Reason("not_utf8", N_("Byte %(position)s of this line (%(byte)s) is not UTF-8. Save the file as UTF-8."))
NUL = Reason("nul_byte", N_("This line contains a NUL byte, which no text has."))
BROKEN_QUOTES = Reason("broken_quotes", N_("The quotation marks or line breaks of this line cannot be read as CSV."))
QUOTE_NOT_CLOSED = Reason("quote_not_closed", N_("A quotation mark is opened in this row and never closed."))
CELL_TOO_LONG = Reason(
    "cell_too_long", N_("A field of this row is far too long. Perhaps a quotation mark is not closed.")
)
MISSING_COLUMN = Reason("missing_column", N_("The column “%(name)s” is missing."))
DOUBLE_COLUMN = Reason("double_column", N_("The column “%(name)s” stands in the first line twice."))
UNKNOWN_COLUMN = Reason("unknown_column", N_("There is no column “%(name)s” in this format. Check the spelling."))
WRONG_WIDTH = Reason("wrong_column_count", N_("This row has %(found)s fields; the first line names %(expected)s."))

# One cell.
EMPTY_CELL = Reason("empty", N_("This field must not be empty."))
TEXT_TOO_LONG = Reason("text_too_long", N_("This text has more than %(limit)s characters."))
CONTROL_CHARACTER = Reason("control_character", N_("This text contains a character that cannot be printed."))
NO_DATE = Reason("unreadable_date", N_("“%(text)s” is not a date. Write it as 2026-11-21."))
NO_MOMENT = Reason("unreadable_moment", N_("“%(text)s” is not a date and time. Write it as 2026-11-21T14:30:00."))
NO_QUANTITY = Reason("unreadable_quantity", N_("“%(text)s” is not a quantity. Write a whole number."))
ZERO_QUANTITY = Reason("zero_quantity", N_("The quantity must not be zero."))
NO_PRICE = Reason(
    "unreadable_price",
    N_("“%(text)s” is not a price. Write it as 1234.50: a decimal point, at most four decimal places."),
)
NO_CURRENCY = Reason("unknown_currency", N_("“%(text)s” is not a currency we know. Write its ISO code, such as EUR."))
NO_COUNTRY = Reason("unknown_country", N_("“%(text)s” is not a country we know. Write its ISO code, such as DE."))
NO_LANGUAGE = Reason("unknown_language", N_("“%(text)s” is not a language code. Write two letters, such as de."))
NO_EMAIL = Reason("unreadable_email", N_("“%(text)s” is not an e-mail address."))
NO_KIND = Reason("unknown_kind", N_("“%(text)s” is neither invoice nor credit_note."))
NO_MONTHS = Reason("unreadable_months", N_("“%(text)s” is not a number of months. Write a whole number from 1 to 999."))
NO_CUSTOMER_ID = Reason("unreadable_customer", N_("“%(text)s” is not a customer number."))
RESERVED_NUMBER = Reason(
    "reserved_number",
    N_("Numbers that begin with “%(prefix)s” are kept for guests. Leave the field empty for a guest."),
)
NOT_A_GUEST = Reason(
    "guest_has_no_subscription",
    N_("Numbers that begin with “%(prefix)s” are kept for guests. A subscription needs a customer with a number."),
)

# Several cells together.
NEEDS_INVOICE = Reason("needs_invoice", N_("This field has a meaning only together with an invoice number."))
ONLY_CREDIT_NOTES = Reason("only_credit_notes", N_("Only a credit note corrects an invoice."))
CORRECTS_ITSELF = Reason("corrects_itself", N_("A credit note cannot correct itself."))
NEEDS_SHIPPED_ON = Reason("needs_shipped_on", N_("A shipment needs the day on which it left."))
SHIPMENT_NEEDS_ORDER = Reason("shipment_needs_order", N_("A shipment belongs to an order; a credit note has none."))
DUE_BEFORE_ISSUED = Reason("due_before_issued", N_("The invoice is due before it was issued (%(issued)s)."))
DELIVERED_BEFORE_SHIPPED = Reason(
    "delivered_before_shipped", N_("The shipment was delivered before it left (%(shipped)s).")
)
NEGATIVE_QUANTITY = Reason(
    "negative_quantity",
    N_("An order or invoice has positive quantities; what comes back belongs on a credit note."),
)
CONTRADICTION = Reason(
    "contradicts_earlier_line",
    N_("“%(number)s” has “%(here)s” here and “%(before)s” on line %(first)s. It can have only one."),
)
NEGATIVE_INVOICE = Reason(
    "negative_invoice",
    N_("The invoice “%(number)s” adds up to %(total)s. Money goes back with a credit note."),
)
POSITIVE_CREDIT_NOTE = Reason(
    "positive_credit_note",
    N_("The credit note “%(number)s” adds up to %(total)s. Write its quantities with a minus."),
)
NEGATIVE_PRICE = Reason("negative_price", N_("The price of a subscription must not be below zero."))
PRICE_TOO_FINE = Reason("price_too_fine", N_("This price has more decimal places than %(currency)s knows."))
RENEWS_BEFORE_STARTED = Reason("renews_before_started", N_("The subscription renews before it started (%(started)s)."))
ENDED_BEFORE_STARTED = Reason("ended_before_started", N_("The subscription ended before it started (%(started)s)."))
SECOND_ROW = Reason("second_row", N_("The subscription “%(number)s” stands on line %(first)s already. It has one row."))
AMOUNT_TOO_LARGE = Reason("amount_too_large", N_("This amount is too large to be kept."))
TOTAL_TOO_LARGE = Reason("total_too_large", N_("The total of “%(number)s” is too large to be kept."))
