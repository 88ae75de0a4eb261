"""Filters of the desk's own templates."""

from datetime import date, datetime
from decimal import Decimal

from django import template

from customers import wording
from customers.rules.contact import channel_words

register = template.Library()


@register.filter
def money(amount: Decimal, currency: str) -> str:
    return wording.money(amount, currency)


@register.filter
def bare_money(amount: Decimal, currency: str) -> str:
    return wording.bare_money(amount, currency)


@register.filter
def channel(alias: str) -> str:
    return channel_words(alias)


@register.filter
def lateness(due_on: date, today: date) -> str:
    return wording.lateness(due_on, today)


@register.filter
def brief_moment_there(at: datetime, zone: str) -> str:
    return wording.brief_moment_there(at, zone)


@register.filter
def moment_there(at: datetime, zone: str) -> str:
    return wording.moment_there(at, zone)
