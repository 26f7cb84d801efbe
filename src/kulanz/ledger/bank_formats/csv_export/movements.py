"""What one row says about money: how much moved when, in which direction, on which account, and whether it did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kulanz.kernel.money import Money
from kulanz.kernel.text import N_
from kulanz.ledger.bank_formats.csv_export.amounts import CURRENCIES, Written, written
from kulanz.ledger.bank_formats.csv_export.forms import Forms
from kulanz.ledger.bank_formats.csv_export.layout import Status, folded
from kulanz.ledger.bank_formats.csv_export.refusals import currency_not_said, quoted
from kulanz.ledger.bank_formats.csv_export.sheet import Row
from kulanz.ledger.bank_formats.refusals import Place, UnreadableBankFile


@dataclass(frozen=True, slots=True)
class Movement:
    """The money side of a row. `fee` is what the bank took beside the payment itself; it is part of `amount`."""

    amount: Money
    fee: Money
    booked_on: date
    value_on: date | None
    balance: Money | None


class MovementReader:
    """Reads rows with the forms that were settled for the file."""

    def __init__(self, forms: Forms, currency: str | None, place: Place) -> None:
        self._forms = forms
        self._currency = currency
        self._place = place

    def status(self, row: Row) -> Status:
        """Whether the row is money. A word of the bank we do not know is refused: it may mean either."""
        statuses = row.layout.statuses
        if not (row.has("status") or row.has("impact")):
            return Status.BOOKED
        text = " ".join(filter(None, (row.text("status"), row.text("impact"))))
        for status in (Status.VOID, Status.PENDING, Status.BOOKED):
            if status in statuses and statuses[status].search(text):
                return status
        if Status.BOOKED in statuses:
            raise self._refused(row, N_("it is not known whether “%(text)s” means booked"), text=quoted(text))
        return Status.BOOKED

    def read(self, row: Row) -> Movement:
        """The movement of a booked row."""
        currency = self.currency(row)
        payment = self._signed(row, currency)
        fee = self._fee(row, currency)
        amount = payment + fee
        self._check_net(row, amount)
        self._check_text(row, payment)
        balance = self._money(row, "balance", currency)
        value_on = row.text("value_on")
        return Movement(
            amount=amount,
            fee=fee,
            booked_on=self._day(row, row.text("booked_on") or value_on),
            value_on=self._day(row, value_on) if value_on else None,
            balance=balance,
        )

    def currency(self, row: Row) -> str:
        """The currency of a row: its own column, a sign at the amount, the lines above, the bank's, the account's."""
        if not any(row.text(field) for field in ("amount", "debit", "credit")):
            raise self._refused(row, N_("there is no amount"))
        code = row.text("currency").upper()
        for field in ("amount", "debit", "credit"):
            if not code and (found := self._written(row, field)) is not None:
                code = found.currency or ""
        if not code and "currency" in row.section.facts:
            code = row.section.facts["currency"].text.upper()
        code = code or row.layout.currency or self._currency or ""
        if not code:
            raise currency_not_said(self._place.file, row.line)
        if code not in CURRENCIES:
            raise self._refused(row, N_("the currency “%(code)s” is not known"), code=quoted(code)[:20])
        return code

    def original_amount(self, row: Row, field: str, currency: str) -> Money | None:
        """An amount told for information only (instructed amount, charges), never below zero."""
        found = self._money(row, field, currency)
        return None if not found else Money(abs(found.cents), found.currency)

    def balance_of_row(self, row: Row) -> tuple[Money, date | None]:
        """A row that carries a balance instead of a booking."""
        day = row.text("booked_on")
        return self._signed(row, self.currency(row)), self._day(row, day) if day else None

    def money_of(self, text: str, currency: str, line: int) -> Money:
        """An amount from a line beside the rows."""
        found = written(text, self._forms.decimal)
        if found is None or found.currency not in {None, currency}:
            raise self._place.refusal_at_line(line, N_("“%(text)s” is not an amount in %(currency)s"),
                                              text=quoted(text), currency=currency)  # fmt: skip
        return self._exact(found, currency, line)

    def day_of(self, text: str, line: int) -> date:
        """A day from a line beside the rows."""
        found = self._forms.day(text)
        if found is None:
            raise self._place.refusal_at_line(line, N_("“%(text)s” is not a date"), text=quoted(text)[:40])
        return found

    def _day(self, row: Row, text: str) -> date:
        return self.day_of(text, row.line)

    def _signed(self, row: Row, currency: str) -> Money:
        """The payment with the direction the money took."""
        single = self._money(row, "amount", currency)
        double = self._debit_or_credit(row, currency)
        if single is None and double is None:
            raise self._refused(row, N_("there is no amount"))
        if row.layout.directions:
            single = self._directed(row, single)
        if single is not None and double is not None and single != double:
            raise self._refused(
                row, N_("%(one)s and %(other)s stand there for the same amount"), one=single, other=double
            )
        amount = single if single is not None else double
        assert amount is not None
        return -amount if row.layout.negated and not row.layout.directions else amount

    def _directed(self, row: Row, amount: Money | None) -> Money | None:
        """An amount without a sign, and a word beside it that gives the direction."""
        word = folded(row.text("direction"))
        direction = row.layout.directions.get(word)
        found = self._written(row, "amount")
        if direction is None:
            raise self._refused(row, N_("it is not known whether “%(text)s” means in or out"), text=quoted(word))
        if amount is not None and found is not None and amount.cents < 0:
            raise self._refused(row, N_("an amount below zero beside a direction has two meanings"))
        return None if amount is None else Money(amount.cents * direction, amount.currency)

    def _debit_or_credit(self, row: Row, currency: str) -> Money | None:
        """Money out and money in, in two columns. A sign that does not belong there has two meanings."""
        debit, credit = (self._filled(row, field) for field in ("debit", "credit"))
        if debit is not None and credit is not None:
            raise self._refused(row, N_("there is an amount out and an amount in"))
        wrong_debit = debit is not None and debit.is_negative is not row.layout.debit_is_negative
        if wrong_debit or (credit is not None and credit.is_negative):
            raise self._refused(row, N_("the sign of the amount does not fit its column"))
        if debit is not None:
            return -Money(abs(self._exact(debit, currency, row.line).cents), currency)
        return None if credit is None else self._exact(credit, currency, row.line)

    def _filled(self, row: Row, field: str) -> Written | None:
        found = self._written(row, field)
        return None if found is None or found.is_zero else found

    def _fee(self, row: Row, currency: str) -> Money:
        fee = self._money(row, "fee", currency) or Money(0, currency)
        return fee if row.layout.fee_is_added else -fee

    def _check_net(self, row: Row, amount: Money) -> None:
        net = self._money(row, "net", amount.currency)
        if net is not None and net != amount:
            raise self._refused(
                row, N_("amount and fee make %(amount)s, but %(net)s stands there"), amount=amount, net=net
            )

    def _check_text(self, row: Row, amount: Money) -> None:
        """Where the bank repeats the amount in its text, both must agree: else the column is in another unit."""
        if row.layout.text_amount is None:
            return
        found = row.layout.text_amount.pattern.search(row.text("kind"))
        if found is None:
            return
        told = next((value for decimal in ",." if (value := written(found["amount"], decimal))), None)
        if told is None or abs(self._exact(told, amount.currency, row.line).cents) != abs(amount.cents):
            raise self._refused(
                row,
                N_("the text says %(told)s, the amount %(amount)s: the amounts are not in the currency the file names"),
                told=quoted(found["amount"]),
                amount=amount,
            )

    def _money(self, row: Row, field: str, currency: str) -> Money | None:
        found = self._written(row, field)
        if found is None:
            return None
        if found.currency not in {None, currency}:
            raise self._refused(
                row,
                N_("the amount is in %(one)s, the row in %(other)s"),
                one=found.currency,
                other=currency,
            )
        return self._exact(found, currency, row.line)

    def _written(self, row: Row, field: str) -> Written | None:
        text = row.text(field)
        if not text:
            return None
        found = written(text, self._forms.decimal)
        if found is None:
            raise self._refused(row, N_("“%(text)s” is not an amount"), text=quoted(text)[:40])
        return found

    def _exact(self, found: Written, currency: str, line: int) -> Money:
        try:
            return Money.parse(found.number, currency)
        except ValueError as error:
            raise self._place.refusal_at_line(
                line,
                N_("the amount %(text)s has more digits than %(currency)s knows"),
                text=quoted(found.number)[:40],
                currency=currency,
            ) from error

    def _refused(self, row: Row, sentence: str, **fields: object) -> UnreadableBankFile:
        return self._place.refusal_at_line(row.line, sentence, **fields)
