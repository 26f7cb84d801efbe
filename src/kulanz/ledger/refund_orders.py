"""The orders to pay out themselves: how one is made, found, and what the second person should know about it."""

from __future__ import annotations

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext, override
from stdnum import iban as ibans

from kulanz.infra.audit import Note, record
from kulanz.infra.ids import new_id
from kulanz.kernel.acts import Act, Actor
from kulanz.kernel.money import Money
from kulanz.kernel.references import new_code, normalise
from kulanz.kernel.refusals import NotFound, Refusal
from kulanz.kernel.text import N_
from kulanz.ledger.models import BankLine
from kulanz.ledger.money_back_models import RefundOrder
from kulanz.ledger.states import LIVE_REFUND_STATES, RefundKind, RefundState
from kulanz.parties.api import Account


class UnusableIban(Refusal):
    """No account number a bank would accept."""

    code = "unusable_iban"
    sentence = N_("“%(iban)s” is not a valid IBAN. Please compare it with the bank card or the bank statement.")


def checked_iban(text: str) -> str:
    """The IBAN without spaces, its check digits proven. Raises UnusableIban."""
    iban = normalise(text)
    if not ibans.is_valid(iban):
        raise UnusableIban(iban=text)
    return iban


def new_order(
    account: Account,
    amount: Money,
    *,
    iban: str,
    name: str,
    reason: str,
    act: Act,
    line: BankLine | None = None,
) -> RefundOrder:
    """An order of this amount, not yet kept; with a `line` it sends that payment back."""
    reference = "A" + new_code(7)
    return RefundOrder(
        id=new_id(),
        reference=reference,
        end_to_end_id=f"KULANZ-{reference}",
        kind=(RefundKind.CREDIT if line is None else RefundKind.SEND_BACK).value,
        account=account,
        bank_line=line,
        amount_cents=amount.cents,
        currency=amount.currency,
        to_name=name[:140],
        to_iban=iban,
        remittance=_remittance(account, reference, line),
        reason=reason or reference,
        created_at=act.at,
    )


def _remittance(account: Account, reference: str, line: BankLine | None) -> str:
    """What the recipient reads on his statement, in his language where we know it."""
    with override(settings.LANGUAGE_CODE if account.person is None else account.person.language):
        if line is None:
            text = gettext("Credit of customer account %(account)s") % {"account": account.number}
        else:
            text = gettext("Your payment of %(day)s returned") % {"day": line.booked_on.isoformat()}
    return f"{account.brand.name}: {text}, {reference}"[:140]


def ordered(act: Act, order: RefundOrder) -> RefundOrder:
    """The first of two people stands behind it."""
    order.state = RefundState.ORDERED.value
    order.ordered_at, order.ordered_by, order.ordered_by_id = act.at, act.by.name, act.by.user_id
    return order


def kept(act: Act, order: RefundOrder, what: str) -> RefundOrder:
    """Write it down; from here on it reserves its money."""
    order.save(force_insert=True)
    facts = {"order": order.reference, "amount": str(order.amount)}
    record(act, [Note(what, "ledger.refundorder", order.pk, order.account_id, facts)])
    return order


def refund_orders(*states: RefundState) -> QuerySet[RefundOrder]:
    """Orders in these states (all living ones where none is named), oldest first."""
    wanted = states or LIVE_REFUND_STATES
    return (
        RefundOrder.objects.select_related("account__person", "account__brand", "bank_line")
        .filter(state__in=[state.value for state in wanted])
        .order_by("created_at", "pk")
    )


def find_refund_order(reference: str) -> RefundOrder:
    """By its reference, in any spacing. Raises NotFound."""
    found = (
        RefundOrder.objects.select_related("account__person", "account__brand", "bank_line")
        .filter(reference=normalise(reference))
        .first()
    )
    if found is None:
        raise NotFound(reference=reference)
    return found


def was_ordered_by(order: RefundOrder, person: Actor) -> bool:
    """Whether this person ordered it. Logins decide where both are known: names can be changed and shared."""
    if order.ordered_by_id is not None and person.user_id is not None:
        return order.ordered_by_id == person.user_id
    return order.ordered_by == person.name


def goes_elsewhere(order: RefundOrder) -> bool:
    """Whether money is sent back to another account than it came from: the second person should know that, because
    it is how swindlers get their overpayments "back"."""
    return order.bank_line is not None and order.bank_line.payer_iban != order.to_iban
