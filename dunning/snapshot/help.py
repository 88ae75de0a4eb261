"""What customers may be granted at once: their policy's terms and what counts against them. Three queries a batch."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Count

from customers.models import Customer
from customers.rules.days import local_day
from dunning.models import CustomerRequest, HelpPolicy
from dunning.rules.help_terms import NO_TERMS, Standing, Terms
from dunning.rules.needs import ABOUT_TIME
from dunning.rules.triggers import Trigger
from dunning.snapshot.happenings import happened_to

YEAR = timedelta(days=365)
GRANTED = (CustomerRequest.State.GRANTED, CustomerRequest.State.SETTLED)
BROKEN = {Trigger.BROKEN_PROMISE, Trigger.BROKEN_PLAN}


class Asking(NamedTuple):
    """Whom it is about, and the day it is there."""

    customer_id: int
    segment: str
    is_vulnerable: bool
    today: date


@dataclass(frozen=True, slots=True)
class Help:
    """The terms for one customer, and how they stand."""

    terms: Terms
    standing: Standing


def help_for(customer: Customer, *, now: datetime) -> Help:
    """The same for one."""
    asking = Asking(customer.pk, customer.segment, bool(customer.vulnerable_since), local_day(now, customer.time_zone))
    return help_of([asking], now=now)[customer.pk]


def help_of(asking: Sequence[Asking], *, now: datetime) -> dict[int, Help]:
    """Customer id → what may be granted at once."""
    terms = {policy.segment: policy.terms for policy in HelpPolicy.objects.all()}
    for_all = terms.get("", NO_TERMS)
    granted = _granted([one.customer_id for one in asking], now)
    happened = happened_to([(one.customer_id, one.today) for one in asking])
    return {
        one.customer_id: Help(
            terms.get(one.segment, for_all),
            Standing(
                granted.get(one.customer_id, 0),
                has_broken=bool(BROKEN & set(happened.get(one.customer_id, ()))),
                is_vulnerable=one.is_vulnerable,
            ),
        )
        for one in asking
    }


def _granted(customer_ids: Sequence[int], now: datetime) -> dict[int, int]:
    rows = CustomerRequest.objects.filter(
        customer__in=customer_ids, kind__in=ABOUT_TIME, state__in=GRANTED, raised_at__gt=now - YEAR
    )
    return dict(rows.values_list("customer").annotate(number=Count("pk")))
