"""`{% money amount currency %}` and `{% day date %}`, as the page's customer writes them (context: `locale`)."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import template

from dunning.rules import formats

register = template.Library()


@register.simple_tag(takes_context=True)
def money(context: dict[str, Any], amount: Decimal, currency: str) -> str:
    return formats.money(amount, currency, context["locale"])


@register.simple_tag(takes_context=True)
def day(context: dict[str, Any], value: date) -> str:
    return formats.day(value, context["locale"])
