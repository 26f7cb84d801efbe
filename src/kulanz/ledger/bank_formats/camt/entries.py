"""One entry of a camt statement and the payments inside it.

A batch is split only if its details add up to it to the cent. If they do not, the entry stays whole, says so,
and tells only what all its details agree on: a wrong part would settle a wrong claim.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar
from xml.etree.ElementTree import Element

from kulanz.kernel.money import Money
from kulanz.ledger.bank_formats.camt import values
from kulanz.ledger.bank_formats.camt.elements import at, text_at
from kulanz.ledger.bank_formats.refusals import Place
from kulanz.ledger.bank_formats.statement import Detail, Entry

T = TypeVar("T")

BOOKED = "BOOK"
# What payers and banks write where they have nothing to say.
_SAYS_NOTHING = frozenset({"NOTPROVIDED", "NOTAVAILABLE"})
_AMOUNT = ("Amt",)
_TRANSACTION_AMOUNT = ("AmtDtls", "TxAmt", "Amt")
_INSTRUCTED_AMOUNT = ("AmtDtls", "InstdAmt", "Amt")


def status(entry: Element) -> str | None:
    """Booked, pending, for information: a plain text up to version 4, a code or a bank's own word later."""
    found = entry.find("Sts")
    if found is None:
        return None
    return text_at(found) or text_at(found, "Cd") or text_at(found, "Prtry")


def read_entry(element: Element, position: int, own_iban: str | None, place: Place) -> Entry:
    """A booked entry with its details. The indicator is the direction the money moved, also in a reversal."""
    amount = values.signed(element, place)
    transactions = [tx for details in element.findall("NtryDtls") for tx in details.findall("TxDtls")]
    # Version 1 has no block around the payments.
    transactions += element.findall("TxDtls")
    reference = text_at(element, "AcctSvcrRef")
    if reference is None and len(transactions) == 1:
        reference = text_at(transactions[0], "Refs", "AcctSvcrRef")
    reader = _DetailReader(element, own_iban, place)
    return Entry(
        position=position,
        amount=amount,
        booked_on=values.day(element.find("BookgDt"), place),
        value_on=values.day(element.find("ValDt"), place),
        bank_reference=reference,
        reversal=reader.reversal,
        details=reader.details(transactions, amount),
    )


class _DetailReader:
    """Reads the payments of one entry; what the entry says holds for each of them."""

    __slots__ = ("additional_text", "element", "own_iban", "place", "reversal")

    def __init__(self, element: Element, own_iban: str | None, place: Place) -> None:
        self.element = element
        self.own_iban = own_iban
        self.place = place
        self.reversal = values.is_true(element, "RvslInd")
        self.additional_text = text_at(element, "AddtlNtryInf") or ""

    def details(self, transactions: list[Element], amount: Money) -> tuple[Detail, ...]:
        announced = self._announced()
        if not transactions:
            return (self._bare(amount, incomplete=announced > 1),)
        if len(transactions) == 1:
            return (self._single(transactions[0], amount, announced),)
        parts = _parts(transactions, amount, self.place)
        if parts is None:
            return (_agreed([self._detail(tx, amount, None, incomplete=True) for tx in transactions]),)
        return tuple(
            self._detail(tx, part, _charges(tx, self.place), incomplete=False)
            for tx, part in zip(transactions, parts, strict=True)
        )

    def _announced(self) -> int:
        """How many payments the bank says are in the entry; 1 where it does not say."""
        blocks = [self.element, *self.element.findall("NtryDtls")]  # version 1 has no block around it
        counts = [text_at(block, "Btch", "NbOfTxs") for block in blocks]
        # More digits than the standard's fifteen are no count, and not worth a refusal.
        return sum(int(n) for n in counts if n and n.isascii() and n.isdigit() and len(n) <= 15) or 1

    def _bare(self, amount: Money, *, incomplete: bool) -> Detail:
        return Detail(
            amount=amount,
            charges=_charges(self.element, self.place),
            additional_text=self.additional_text,
            details_incomplete=incomplete,
        )

    def _single(self, transaction: Element, amount: Money, announced: int) -> Detail:
        """One payment is the whole entry, unless the bank itself says something else of its amount."""
        charges = _charges(transaction, self.place)
        if charges is None:
            charges = _charges(self.element, self.place)
        stated = _in_currency(amount.currency, transaction, (_AMOUNT, _TRANSACTION_AMOUNT))
        incomplete = announced > 1
        if stated is not None:
            difference = abs(amount.cents) - values.unsigned(stated, self.place).cents
            incomplete |= difference != 0 and not _explained(difference, amount.currency, charges)
        return self._detail(transaction, amount, charges, incomplete=incomplete)

    def _detail(self, transaction: Element, amount: Money, charges: Money | None, *, incomplete: bool) -> Detail:
        returned = transaction.find("RtrInf")
        payer_is_other = (amount.cents >= 0) != (self.reversal or returned is not None)
        name, iban, other_id, ultimate = _counterparty(transaction, payer_is_other, self.own_iban)
        references, remittance = _texts(transaction.find("RmtInf"))
        instructed = at(transaction, *_INSTRUCTED_AMOUNT)
        return Detail(
            amount=amount,
            counterparty_name=name,
            counterparty_iban=iban,
            counterparty_other_id=other_id,
            ultimate_name=ultimate,
            end_to_end_id=_telling(text_at(transaction, "Refs", "EndToEndId")),
            mandate_id=_telling(text_at(transaction, "Refs", "MndtId")),
            creditor_reference=references[0] if references else None,
            remittance=" ".join(remittance + references[1:]),
            return_code=_return_code(returned),
            original_amount=values.unsigned(instructed, self.place) if instructed is not None else None,
            charges=charges,
            additional_text=_joined(text_at(transaction, "AddtlTxInf") or "", self.additional_text),
            details_incomplete=incomplete,
        )


def _parts(transactions: list[Element], whole: Money, place: Place) -> list[Money] | None:
    """The signed amounts of a batch's payments, from whichever fields add up to the entry exactly.

    Banks differ in the field, and in whether the indicator inside tells the movement or, for a returned
    payment, that of the payment that came back. The sum decides; no sum, no parts.
    """
    for sources in (
        (_AMOUNT, _TRANSACTION_AMOUNT),
        (_TRANSACTION_AMOUNT, _AMOUNT),
        (_INSTRUCTED_AMOUNT,),
    ):
        amounts = []
        for transaction in transactions:
            stated = _in_currency(whole.currency, transaction, sources)
            if stated is None:
                break
            amounts.append(values.unsigned(stated, place))
        else:
            credit = whole.cents >= 0
            inside = [
                values.is_credit(tx, place) if tx.find("CdtDbtInd") is not None else credit for tx in transactions
            ]
            for directions in (inside, [credit] * len(transactions)):
                parts = [a if d else -a for a, d in zip(amounts, directions, strict=True)]
                if sum(part.cents for part in parts) == whole.cents:
                    return parts
    return None


def _in_currency(currency: str, transaction: Element, sources: tuple[tuple[str, ...], ...]) -> Element | None:
    for source in sources:
        element = at(transaction, *source)
        if element is not None and element.get("Ccy") == currency:
            return element
    return None


def _agreed(details: list[Detail]) -> Detail:
    """One detail for all: a field is told if all agree on it; every text stays, for people to read."""
    first = details[0]
    return Detail(
        amount=first.amount,
        counterparty_name=_same(d.counterparty_name for d in details),
        counterparty_iban=_same(d.counterparty_iban for d in details),
        counterparty_other_id=_same(d.counterparty_other_id for d in details),
        ultimate_name=_same(d.ultimate_name for d in details),
        end_to_end_id=_same(d.end_to_end_id for d in details),
        mandate_id=_same(d.mandate_id for d in details),
        creditor_reference=_same(d.creditor_reference for d in details),
        remittance=" ".join(dict.fromkeys(d.remittance for d in details if d.remittance)),
        return_code=_same(d.return_code for d in details),
        additional_text=" ".join(dict.fromkeys(d.additional_text for d in details if d.additional_text)),
        details_incomplete=True,
    )


def _same(facts: Iterable[T | None]) -> T | None:
    found = set(facts)
    return found.pop() if len(found) == 1 else None


def _counterparty(
    transaction: Element, payer_is_other: bool, own_iban: str | None
) -> tuple[str | None, str | None, str | None, str | None]:
    """Name, IBAN, other account number and ultimate party of the other side.

    Debtor and creditor keep their roles when a payment comes back. Some banks swap them: if the side we
    expect turns out to be our own account, the other one is the counterparty.
    """
    parties = transaction.find("RltdPties")
    if parties is None:
        return None, None, None, None
    expected, opposite = ("Dbtr", "Cdtr") if payer_is_other else ("Cdtr", "Dbtr")
    iban = _iban(parties, expected)
    if own_iban is not None and iban == own_iban and _iban(parties, opposite) != own_iban:
        expected, iban = opposite, _iban(parties, opposite)
    return (
        _name(parties, expected),
        iban,
        None if iban else text_at(parties, f"{expected}Acct", "Id", "Othr", "Id"),
        _name(parties, f"Ultmt{expected}"),
    )


def _name(parties: Element, role: str) -> str | None:
    party = parties.find(role)
    if party is None:
        return None
    return _telling(text_at(party, "Nm") or text_at(party, "Pty", "Nm") or text_at(party, "Agt", "FinInstnId", "Nm"))


def _iban(parties: Element, role: str) -> str | None:
    return plain_iban(text_at(parties, f"{role}Acct", "Id", "IBAN"))


def plain_iban(text: str | None) -> str | None:
    """The IBAN as we compare it: capital letters without the spaces it has on paper."""
    return text.replace(" ", "").upper() if text else None


def _telling(text: str | None) -> str | None:
    return None if text in _SAYS_NOTHING else text


def _texts(information: Element | None) -> tuple[list[str], list[str]]:
    """Creditor references; then all other texts: free lines, invoice numbers, the payer's additions."""
    references: list[str] = []
    texts: list[str] = []
    for child in information if information is not None else ():
        if child.tag == "Ustrd":
            _keep(texts, text_at(child))
        elif child.tag == "Strd":
            for part in child:
                if part.tag == "CdtrRefInf":
                    _keep(references, text_at(part, "Ref") or text_at(part, "CdtrRef"))
                elif part.tag == "RfrdDocInf":
                    _keep(texts, text_at(part, "Nb"))
                elif part.tag == "AddtlRmtInf":
                    _keep(texts, text_at(part))
    return references, texts


def _keep(texts: list[str], text: str | None) -> None:
    if text:
        texts.append(text)


def _return_code(returned: Element | None) -> str | None:
    if returned is None:
        return None
    for reason in ("Rsn", "RtrRsn"):
        if code := text_at(returned, reason, "Cd") or text_at(returned, reason, "Prtry"):
            return code
    return None


def _charges(element: Element, place: Place) -> Money | None:
    """What the bank took; None if it says nothing or mixes currencies. A total counts only alone."""
    amounts = []
    for charges in element.findall("Chrgs"):
        records = charges.findall("Rcrd") or ([charges] if charges.find("Amt") is not None else [])
        for record in records:
            amount = values.unsigned(record.find("Amt"), place)
            given_back = text_at(record, "CdtDbtInd") == "CRDT"
            amounts.append(-amount if given_back else amount)
        if not records and (total := charges.find("TtlChrgsAndTaxAmt")) is not None:
            amounts.append(values.unsigned(total, place))
    if len({amount.currency for amount in amounts}) != 1:
        return None
    return Money.total(amounts, amounts[0].currency)


def _explained(difference: int, currency: str, charges: Money | None) -> bool:
    """Whether the bank's charges are exactly what an entry differs from its payment."""
    return charges is not None and charges.currency == currency and abs(charges.cents) == abs(difference)


def _joined(text: str, more: str) -> str:
    if not more or more in text:
        return text
    return f"{text} {more}" if text else more
