"""The first page: what is overdue, what the engine did and will do, and what needs a person."""

import json
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from config.first_page.figures import Figure, cases, count, rows
from config.first_page.needs import needed
from customers.models import Customer
from customers.queries import Ageing, ageing
from customers.rules.ageing import AGE_BUCKETS
from customers.wording import bare_money, counted
from dunning.queries import overview
from dunning.queries.engine import is_late, tick_age

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


def first_page(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The theme's hook: puts what the page shows into the context of the admin's index."""
    if not request.user.has_perm("dunning.view_case"):
        return context
    now = timezone.now()
    ages = ageing(timezone.localdate())
    figures = needed(now)
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
            Figure(f"{ahead.within_a_day:,}", "in the next 24 hours", cases(next="1")),
            Figure(f"{ahead.within_a_week:,}", "in the next 7 days", cases(next="7")),
        ],
        "waiting": [figure for figure in figures if figure.number != "0"],
        "idle": [figure for figure in figures if figure.number == "0"],
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
        Figure(f"{bare_money(amount, code)} {code}", "paid", rows("payments_payment", currency=code, recorded="today"))
        for code, amount in today.paid.items()
    ]
    return [
        count(today.opened, "case opened", "cases opened", cases(opened="today")),
        count(today.sent, "notice sent", "notices sent", rows("dunning_notice", state="sent", finished="today")),
        count(
            today.skipped,
            "step skipped",
            "steps skipped",
            rows("dunning_steprun", outcome="skipped", decided="today"),
        ),
        count(today.closed, "case closed", "cases closed", rows("dunning_caseevent", kind="closed", happened="today")),
        *(paid or [Figure("0", "payments", rows("payments_payment"))]),
    ]


def _invoices(row: Ageing, age: str) -> str:
    return rows("customers_invoice", age=age, currency=row.currency)
