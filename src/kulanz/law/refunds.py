"""After the withdrawal: what is paid back, until when, who pays the parcel; the function (WD-06 to WD-10)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum

from kulanz.kernel.money import EUR, Money
from kulanz.kernel.text import N_, Phrase
from kulanz.law.answers import Answer
from kulanz.law.days import Favour, Places, add_days, shifted
from kulanz.law.parameters import parameter
from kulanz.law.refusals import ImpossibleFacts
from kulanz.law.registry import rule
from kulanz.law.rounding import to_the_cent

_FUNCTION_SINCE = date(2026, 6, 19)
# What a consumer gives or confirms, and nothing else; what the receipt must hold.
_FIELDS = frozenset({"name", "contract", "channel"})
_RECEIPT = frozenset({"content", "date", "time"})


class Payer(StrEnum):
    """Who pays the parcel back."""

    CONSUMER = "consumer"
    TRADER = "trader"


@rule("WD-06")
def refund_due(
    *,
    withdrawal_received: date,
    goods_back_or_proof: date | None = None,
    pickup_offered: bool = False,
    goods: bool = True,
    subdiv: Places = None,
    catholic: bool | None = None,
) -> Answer[date | None]:
    """The last day for paying back after a withdrawal; null while the money may be held back for the goods.

    Money is held back for goods only, until they or the proof of their dispatch are here; never if we offered to
    collect them. It is our duty: of several possible places the earlier day is taken.
    """
    days = int(parameter("refund_days").value(withdrawal_received))
    moved = shifted(add_days(withdrawal_received, days), subdiv, catholic=catholic, favour=Favour.EARLIER)
    if pickup_offered or not goods:
        because = N_("%(days)s days from the withdrawal of %(received)s; nothing may be held back: %(due)s.")
    elif goods_back_or_proof is None:
        because = Phrase(N_("The refund may be held back until the goods or the proof of their dispatch are here."))
        return Answer(result=None, rule="WD-06", because=because)
    elif goods_back_or_proof > moved.day:
        because = N_("Goods or proof of dispatch came on %(due)s, after the 14 days; due at once.")
        facts = {"due": goods_back_or_proof}
        return Answer(result=goods_back_or_proof, rule="WD-06", because=Phrase(because, **facts))
    else:
        because = N_("%(days)s days from the withdrawal of %(received)s: %(due)s.")
    phrase = Phrase(because, days=str(days), received=withdrawal_received, due=moved.day)
    return Answer(result=moved.day, rule="WD-06", because=phrase, calendar=moved.calendar)


@rule("WD-07")
def refund_amount(
    *,
    prices: Sequence[Decimal],
    returned: Sequence[int],
    outbound_paid: Decimal = Decimal(0),
    outbound_standard: Decimal | None = None,
    value_loss: Decimal = Decimal(0),
    remaining_ships_free: bool = False,
) -> Answer[Decimal]:
    """What a withdrawal pays back, in euros: the returned items and, if all come back, the cheapest standard delivery.

    `returned` counts the items from 0. Delivery is kept on a partial withdrawal unless what remains would have shipped
    free. A loss of value can cost the price of the goods and no more.
    """
    kept = set(returned)
    if len(kept) < len(returned) or not kept <= set(range(len(prices))):
        raise ImpossibleFacts(reason=Phrase(N_("each returned item must be one of the ordered ones, and only once")))
    standard = outbound_paid if outbound_standard is None else outbound_standard
    if min([*prices, outbound_paid, standard, value_loss]) < 0:
        raise ImpossibleFacts(reason=Phrase(N_("prices, delivery and loss of value cannot be negative")))
    goods = sum((prices[index] for index in kept), Decimal(0))
    whole = bool(kept) and len(kept) == len(prices)
    delivery = min(outbound_paid, standard) if whole or (kept and remaining_ships_free) else Decimal(0)
    loss = min(value_loss, goods)
    result = to_the_cent(goods + delivery - loss)
    because = Phrase(
        N_("Goods %(goods)s, delivery %(delivery)s, less loss of value %(loss)s."),
        goods=Money.rounded(goods, EUR),
        delivery=Money.rounded(delivery, EUR),
        loss=Money.rounded(loss, EUR),
    )
    return Answer(result=result, rule="WD-08" if loss else "WD-07", because=because)


@rule("WD-08")
def value_loss_owed(
    *, improper_handling: bool = False, instructed: bool = False, digital: bool = False
) -> Answer[bool]:
    """Whether the consumer owes compensation for a loss of value: for more than testing, and only if instructed."""
    owed = improper_handling and instructed and not digital
    if owed:
        because = N_("The goods were handled beyond testing, and the consumer was properly instructed.")
    elif digital:
        because = N_("Nothing is ever owed for digital content.")
    elif not instructed:
        because = N_("The consumer was not properly instructed.")
    else:
        because = N_("The goods were only tested.")
    return Answer(result=owed, rule="WD-08", because=Phrase(because))


@rule("WD-09")
def return_cost_payer(
    *, informed: bool = False, trader_agreed: bool = False, pickup_offered: bool = False
) -> Answer[Payer]:
    """Who pays the parcel back after a withdrawal."""
    if trader_agreed or pickup_offered:
        because = N_("The trader has taken the cost of the return upon himself.")
        return Answer(result=Payer.TRADER, rule="WD-09", because=Phrase(because))
    if not informed:
        because = N_("The consumer was not told beforehand that he pays the return.")
        return Answer(result=Payer.TRADER, rule="WD-09", because=Phrase(because))
    because = N_("The consumer was told beforehand that he pays the return.")
    return Answer(result=Payer.CONSUMER, rule="WD-09", because=Phrase(because))


@rule("WD-10")
def wd_function_check(
    *,
    label_ok: bool = False,
    available_whole_period: bool = False,
    prominent: bool = False,
    no_login_wall: bool = False,
    fields: Sequence[str] = (),
    confirm_label_ok: bool = False,
    receipt_durable: bool = False,
    receipt_has: Sequence[str] = (),
    contract: date | None = None,
) -> Answer[list[str]]:
    """The faults of the electronic withdrawal function as it is shown; empty if there are none.

    What was not checked counts as a fault. Contracts before 19 June 2026 need no such function.
    """
    if contract is not None and contract < _FUNCTION_SINCE:
        because = Phrase(N_("Contracts before %(day)s need no withdrawal function."), day=_FUNCTION_SINCE)
        return Answer(result=[], rule="WD-10", because=because)
    checks = {
        "label": label_ok,
        "availability": available_whole_period,
        "prominence": prominent,
        "access": no_login_wall,
        "fields": set(fields) == _FIELDS,
        "confirm_label": confirm_label_ok,
        "receipt_medium": receipt_durable,
        "receipt_content": set(receipt_has) >= _RECEIPT,
    }
    faults = [name for name, good in checks.items() if not good]
    if not faults:
        return Answer(result=faults, rule="WD-10", because=Phrase(N_("The withdrawal function has no faults.")))
    because = Phrase(N_("Faults of the withdrawal function: %(faults)s."), faults=", ".join(faults))
    return Answer(result=faults, rule="WD-10", because=because)
