"""`{% money amount currency %}`, `{% day date %}`, `card|card_name`, `kind|need_words:is_known`, as the page's customer
writes them; and the code for banking apps of a transfer, `transfer|code:account`.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import template
from django.utils.translation import gettext

from dunning.portal.need_words import shown_words_of
from dunning.rules import formats
from dunning.rules.letter.codes import transfer_code
from dunning.rules.needs import Need
from payments.gateways.base import Card
from payments.models import PaymentMethod
from payments.rules.methods import MethodKind, brand_words
from payments.rules.transfer import Account, Transfer

register = template.Library()


@register.simple_tag(takes_context=True)
def money(context: dict[str, Any], amount: Decimal, currency: str) -> str:
    return formats.money(amount, currency, context["locale"])


@register.filter
def card_name(card: Card | PaymentMethod) -> str:
    """How a customer knows a card or account again: "Visa •••• 4242"."""
    brand = gettext("Card") if card.kind == MethodKind.CARD else gettext("Bank account")
    if card.kind == MethodKind.CARD and card.brand:
        brand = brand_words(card.brand)
    return f"{brand} ••••\u00a0{card.last4}"  # the dots and the digits stay together


@register.filter
def need_words(kind: str, is_known: bool) -> str:  # noqa: FBT001
    """What a need is called, for whoever holds the link or, after a code, for its customer."""
    return shown_words_of(Need(kind), is_known=is_known)


@register.simple_tag(takes_context=True)
def day(context: dict[str, Any], value: date) -> str:
    return formats.day(value, context["locale"])


@register.filter
def code(transfer: Transfer, account: Account) -> str:
    """The code to scan, as on paper, as SVG without any text; empty where there is none."""
    return transfer_code(transfer, account)


@register.filter
def of(amounts: Mapping[int, Decimal], key: int) -> Decimal | None:
    """The amount under this key; None where there is none."""
    return amounts.get(key)
