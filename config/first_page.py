"""The first page: what is overdue, what the engine did and will do, and what needs a person."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Count, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from customers.models import Customer
from customers.queries import AGE_BUCKETS, Ageing, ageing, imports_to_mend
from customers.wording import bare_money, counted
from dunning.models import Notice
from dunning.queries import overview
from dunning.queries.engine import is_late, tick_age
from dunning.queries.experiments import to_settle
from dunning.queries.post import letters_waiting
from dunning.rules.words import Attention
from payments.models import BaseRate
from payments.queries.bank import bank_lines_waiting
from payments.queries.base_rates import to_confirm
from payments.queries.gateway_news import sync_findings

AGE_COLOURS = ("#94a3b8", "#fcd34d", "#fbbf24", "#f97316", "#dc2626", "#7f1d1d")
CHART_OPTIONS = {
    "indexAxis": "y",
    "maintainAspectRatio": False,
    "animation": False,
    "plugins": {"legend": {"position": "bottom", "labels": {"boxWidth": 12}}},
    "scales": {
        "x": {"stacked": True, "min": 0, "max": 100, "title": {"display": True, "text": "% of what is open"}},
        "y": {"stacked": True, "grid": {"display": False}},
    },
}
CASES = {
    Attention.PARKED: ("case the engine could not decide", "cases the engine could not decide"),
    Attention.NO_ADDRESS: ("customer without an address", "customers without an address"),
    Attention.VULNERABLE: ("vulnerable customer with a step due", "vulnerable customers with a step due"),
    Attention.OPTED_OUT: ("customer who wants no letter that is due", "customers who want no letter that is due"),
    Attention.DECEASED: ("customer who has died", "customers who have died"),
    Attention.INSOLVENCY: ("insolvent customer", "insolvent customers"),
    Attention.HAND_OVER: ("case for the agency", "cases for the agency"),
    Attention.END_OF_ROAD: ("case at the end of its campaign", "cases at the end of their campaign"),
}


class Figure(NamedTuple):
    """One number with what it counts; the link leads to the rows behind it."""

    number: str
    words: str
    url: str
    note: str = ""


def first_page(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The theme's hook: puts what the page shows into the context of the admin's index."""
    if not request.user.has_perm("dunning.view_case"):
        return context
    now = timezone.now()
    ages = ageing(timezone.localdate())
    needed = _needed(now)
    return {
        **context,
        "title": "Today",
        "heartbeat": _heartbeat(now),
        "import_url": _import_url(request),
        "has_customers": bool(ages) or Customer.objects.exists(),
        "age_words": [bucket.words for bucket in AGE_BUCKETS],
        "age_rows": [_age_row(row) for row in ages],
        "chart": json.dumps(_chart(ages)),
        "chart_options": json.dumps(CHART_OPTIONS),
        "chart_height": 90 + 34 * len(ages),
        "done": _done(),
        "ahead": (ahead := overview.ahead(now)),
        "coming": [
            Figure(f"{ahead.within_a_day:,}", "in the next 24 hours", _cases(next="1")),
            Figure(f"{ahead.within_a_week:,}", "in the next 7 days", _cases(next="7")),
        ],
        "waiting": [figure for figure in needed if figure.number != "0"],
        "idle": [figure for figure in needed if figure.number == "0"],
    }


def _import_url(request: HttpRequest) -> str:
    return reverse("admin:customers_importrun_import") if request.user.has_perm("customers.add_importrun") else ""


def _heartbeat(now: datetime) -> dict[str, Any]:
    age = tick_age(now=now)
    ticked_at = None if age is None else now - timedelta(seconds=age)
    return {"age": age, "ticked_at": ticked_at, "is_late": is_late(age, after=settings.TICK_LATE_AFTER)}


def _age_row(row: Ageing) -> dict[str, Any]:
    cells = [
        {
            "amount": bare_money(amount, row.currency),
            "count": counted(number, "invoice"),
            "url": _invoices(row, bucket.name),
        }
        if number
        else None
        for bucket, amount, number in zip(AGE_BUCKETS, row.amounts, row.invoices, strict=True)
    ]
    return {
        "currency": row.currency,
        "cells": cells,
        "overdue": bare_money(row.overdue, row.currency),
        "total": bare_money(row.total, row.currency),
    }


def _chart(ages: list[Ageing]) -> dict[str, Any]:
    """Shares of what is open: unlike amounts, shares of different currencies may stand side by side."""
    return {
        "labels": [row.currency for row in ages],
        "datasets": [
            {
                "label": bucket.words,
                "backgroundColor": colour,
                "data": [round(float(100 * row.amounts[place] / row.total), 1) for row in ages],
            }
            for place, (bucket, colour) in enumerate(zip(AGE_BUCKETS, AGE_COLOURS, strict=True))
        ],
    }


def _done() -> list[Figure]:
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    today = overview.today_so_far(midnight)
    paid = [
        Figure(f"{bare_money(amount, code)} {code}", "paid", _list("payments_payment", currency=code, recorded="today"))
        for code, amount in today.paid.items()
    ]
    return [
        _count(today.opened, "case opened", "cases opened", _cases(opened="today")),
        _count(today.sent, "notice sent", "notices sent", _list("dunning_notice", state="sent", finished="today")),
        _count(
            today.skipped,
            "step skipped",
            "steps skipped",
            _list("dunning_steprun", outcome="skipped", decided="today"),
        ),
        _count(
            today.closed, "case closed", "cases closed", _list("dunning_caseevent", kind="closed", happened="today")
        ),
        *(paid or [Figure("0", "payments", _list("payments_payment"))]),
    ]


def _needed(now: datetime) -> list[Figure]:
    own = [*_cases_and_letters(now), *_replies(now), *_tasks(now)]
    return [*own, *_charges_and_imports(now), *_money(now), *_tables_and_findings()]


def _cases_and_letters(now: datetime) -> Iterator[Figure]:
    cases = overview.cases_waiting()
    for kind, words in CASES.items():
        yield _count(cases[kind], *words, _cases(attention=kind.value))
    yield _letters_to_review(now)
    yield _letters_to_print(now)
    notices = overview.notices_waiting()
    unknown = ("notice of unknown fate", "notices of unknown fate")
    yield _waiting(notices[Notice.State.IN_DOUBT], *unknown, now, state="in_doubt")
    yield _waiting(notices[Notice.State.REFUSED], "notice refused", "notices refused", now, state="refused")


def _replies(now: datetime) -> Iterator[Figure]:
    waiting = overview.replies_waiting()
    words = ("reply waits for an answer", "replies wait for an answer")
    yield _count(waiting.number, *words, _list("dunning_reply", state="waiting"), _age(waiting, now))
    asked = overview.requests_waiting()
    words = ("customer's request waits for an answer", "customers' requests wait for an answer")
    yield _count(asked.number, *words, _list("dunning_customerrequest", state="waiting"), _age(asked, now))
    words = ("confirmation that did not leave", "confirmations that did not leave")
    yield _count(overview.confirmations_waiting(), *words, _list("dunning_confirmation", stuck="yes"))
    unread = overview.news_not_understood(now)
    words = ("event of mail not understood", "events of mail not understood")
    yield _count(unread, *words, _list("dunning_deliveryevent", kind="unknown", received="week"))


def _tasks(now: datetime) -> Iterator[Figure]:
    due = overview.tasks_due(timezone.localdate())
    yield _count(due, "task due", "tasks due", _list("dunning_task", due="now"))
    yield _write_offs(now)
    words = ("case at an agency with money since", "cases at an agency with money since")
    yield _count(overview.agencies_to_tell(), *words, _cases(agency="money"))
    yield _given_up(now)


def _charges_and_imports(now: datetime) -> Iterator[Figure]:
    yield _doubtful_charges(now)
    yield _late_events(now)
    yield _refused_imports(now)


def _money(now: datetime) -> Iterator[Figure]:
    yield _bank_lines()
    credit = overview.payments_with_credit()
    url = _list("payments_payment", credit="left")
    yield _count(credit.number, "payment with credit left", "payments with credit left", url, _age(credit, now))


def _tables_and_findings() -> Iterator[Figure]:
    ended = ("experiment that ended by itself", "experiments that ended by themselves")
    yield _count(to_settle(), *ended, _list("dunning_experiment", waits="yes"))
    found = ("finding in a gateway's books", "findings in gateways' books")
    yield _count(sync_findings(), *found, _list("payments_syncfinding"))
    unknown = ("unknown code of a refusal", "unknown codes of refusals")
    yield _count(overview.unknown_codes(), *unknown, _list("payments_unknowncode"))
    unconfirmed = ("base rate of interest to confirm", "base rates of interest to confirm")
    rates = to_confirm(BaseRate.objects.all(), timezone.localdate())
    yield _count(rates.count(), *unconfirmed, _list("payments_baserate", stands="to_confirm"))


def _letters_to_review(now: datetime) -> Figure:
    waiting = overview.letters_to_review()
    words = ("letter waits for review", "letters wait for review")
    return _count(waiting.number, *words, reverse("admin:dunning_reviewdecision_review"), _age(waiting, now))


def _letters_to_print(now: datetime) -> Figure:
    waiting = letters_waiting(now=now)
    words = ("letter waits to be printed", "letters wait to be printed")
    return _count(sum(row.number for row in waiting), *words, _list("dunning_printrun"))


def _doubtful_charges(now: datetime) -> Figure:
    doubtful = overview.charges_in_doubt(now)
    url = _list("payments_chargeattempt", unclear="yes")
    return _count(doubtful.number, "charge of unknown fate", "charges of unknown fate", url, _age(doubtful, now))


def _write_offs(now: datetime) -> Figure:
    waiting = overview.write_offs_waiting()
    page = _list("dunning_writeoffproposal", state="open")
    return _count(waiting.number, "write-off to decide on", "write-offs to decide on", page, _age(waiting, now))


def _given_up(now: datetime) -> Figure:
    waiting = overview.service_events_given_up()
    url = _list("dunning_outgoingevent", state="failed")
    words = ("event the service did not take", "events the service did not take")
    return _count(waiting.number, *words, url, _age(waiting, now))


def _late_events(now: datetime) -> Figure:
    late = overview.events_not_looked_up(now)
    url = _list("payments_gatewayevent", late="yes")
    words = ("gateway event without an answer", "gateway events without an answer")
    return _count(late.number, *words, url, _age(late, now))


def _refused_imports(now: datetime) -> Figure:
    refused = imports_to_mend(now).aggregate(imports=Count("pk"), rows=Sum("refused"))
    note = counted(refused["rows"], "row") if refused["imports"] else ""
    url = _list("customers_importrun", mend="yes")
    return _count(refused["imports"], "import with refused rows", "imports with refused rows", url, note)


def _bank_lines() -> Figure:
    waiting = bank_lines_waiting()
    days = (timezone.localdate() - waiting.since).days if waiting.since else 0
    age = f"the oldest is {counted(days, 'day')} old" if days else "of today"
    note = age if waiting.since else ""
    url = _list("payments_bankline", state="waiting")
    return _count(waiting.number, "bank line waiting", "bank lines waiting", url, note)


def _count(number: int, one: str, many: str, url: str, note: str = "") -> Figure:
    return Figure(f"{number:,}", one if number == 1 else many, url, note)


def _waiting(waiting: overview.Waiting, one: str, many: str, now: datetime, **query: str) -> Figure:
    return _count(waiting.number, one, many, _list("dunning_notice", **query), _age(waiting, now))


def _age(waiting: overview.Waiting, now: datetime) -> str:
    if not waiting.since:
        return ""
    waited = now - waiting.since
    if waited < timedelta(hours=1):
        return "all since less than an hour ago"
    age = counted(waited.days, "day") if waited.days else counted(waited.seconds // 3600, "hour")
    return f"the oldest is {age} old"


def _invoices(row: Ageing, age: str) -> str:
    return _list("customers_invoice", age=age, currency=row.currency)


def _cases(**query: str) -> str:
    return _list("dunning_case", **query)


def _list(model: str, **query: str) -> str:
    return reverse(f"admin:{model}_changelist") + (f"?{urlencode(query)}" if query else "")
