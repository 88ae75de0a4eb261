"""The demo company itself: staff, campaign, 120 days of history, and the customer whose page is shown first."""

import sys
from datetime import UTC, datetime, time, timedelta
from itertools import islice

from django.conf import settings
from django.db import connection
from django.db.models import Count

from config.demo import bank, fees, key_accounts, mailbox, prices, processor, staff, trial, visitors
from config.demo.history import History
from customers.models import Customer
from dunning.models import Case, InAppNotice, PortalLink
from dunning.operations import default_campaign, heartbeat, links
from dunning.queries.in_app_feed import feed_of
from dunning.queries.links import link_url

LONG_ENOUGH = timedelta(days=30)  # that its reader may come back to it


def exists() -> bool:
    """True when the database holds customers already."""
    return Customer._meta.db_table in connection.introspection.table_names() and Customer.objects.exists()


def build(*, now: datetime) -> str:
    """Make the company in an empty database, up to `now`; returns the logins' password."""
    processor.begin_anew()
    mailbox.backdate()
    password = staff.hire()
    manager = staff.manager()
    history = History(now, staff.clerk(), manager)
    bank.open_accounts(settings.COMPANY_NAME)
    began_at = datetime.combine(history.first, time(), UTC)
    standard = default_campaign.ensure(now=began_at)
    key_accounts.begin(standard, now=began_at)
    prices.agree(since=history.first)
    fees.are_claimed(since=history.first)
    for number, today in enumerate(history.live()):
        if number % 30 == 0:
            sys.stdout.write(f"  {today:%d %B %Y}\n")
            sys.stdout.flush()
    shown = _telling_case().customer
    processor.stores_a_card(shown, "pm_card_visa", may_charge=False, now=now)
    visitors.speak_up(now=now, but=shown)
    processor.let_run(now=now)
    bank.statement(now=now, by=staff.clerk())
    trial.plan(standard, now=now, by=manager)
    key_accounts.plan_ahead(standard, now=now, by=manager)
    heartbeat.beat(now=now)
    return password


def link_to_show(*, now: datetime) -> tuple[str, str]:
    """The name of a customer with a telling page, and the personal link to it: the same for weeks."""
    case = _telling_case()
    good = PortalLink.objects.filter(customer=case.customer, revoked_at=None, expires_at__gt=now + LONG_ENOUGH)
    first = good.order_by("created_at").first()
    token = links.token_of(first) if first else links.issue(case.customer, now=now)[1]
    return case.customer.name, link_url(token)


def with_notices_in_the_app(*, now: datetime) -> tuple[tuple[str, str], ...]:
    """Number and name of up to five customers whose app has something to show."""
    kept = InAppNotice.objects.filter(dismissed_at=None).order_by("-pk")
    numbers = dict.fromkeys(kept.values_list("customer_number", flat=True))
    told = Customer.objects.in_bulk(numbers, field_name="number")
    shown = islice((told[number] for number in numbers if number in told and feed_of(told[number], now=now)), 5)
    return tuple((customer.number, customer.name) for customer in sorted(shown, key=lambda one: one.name))


def _telling_case() -> Case:
    """An open case with many reminders, of a customer who reads English."""
    open_cases = Case.objects.filter(state=Case.State.OPEN, customer__language="en", attention="")
    telling = open_cases.annotate(reminders=Count("notices")).order_by("-reminders", "customer__number")
    case = telling.select_related("customer").first()
    assert case, "the demo company has no open case"
    return case
