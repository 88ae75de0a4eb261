"""The facts of the customer's page as JSON, for screens of the customers' own app. See docs/embed.md for the schema.

The app's server asks, with a signed token; no browser of another page may. Asking changes nothing but its own count.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from customers.models import Customer
from customers.rules.days import local_day
from dunning.operations import doors
from dunning.portal.debts import Debt, debts
from dunning.queries.requests import live_requests
from dunning.rules.app_tokens import AppDoor, number_in
from dunning.rules.doors import Deed
from payments.models import InstalmentPlan
from payments.queries.open_claims import open_claims

VERSION = 1


@require_GET
def facts(request: HttpRequest) -> HttpResponse:
    """What the customer whom the token names owes; 403 for a token that is none, 429 above the limit."""
    now = timezone.now()
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    number = number_in(token, secret=settings.BILLING_SECRET, now=now, door=AppDoor.FACTS)
    customer = Customer.objects.filter(number=number).first() if number else None
    if customer is None:
        return _answer({"error": "This token opens nothing here."}, status=403)
    try:
        doors.count(Deed.DATA, f"customer {customer.pk}", now=now)
    except doors.TooOften as refusal:
        answer = _answer({"error": "That was too often."}, status=429)
        answer["Retry-After"] = refusal.retry_after
        return answer
    return _answer(told_of(customer, now=now))


def told_of(customer: Customer, *, now: datetime) -> dict[str, Any]:
    """The same facts as the page shows, amounts as text with a point, days as 2026-03-31."""
    today = local_day(now, customer.time_zone)
    return {
        "version": VERSION,
        "as_of": now.isoformat(timespec="seconds"),
        "customer": {"number": customer.number, "name": customer.name, "language": customer.language},
        "debts": [_debt(debt, today) for debt in debts(customer, today=today)],
        "plans": _plans(customer),
        "requests": [
            {
                "kind": asked.kind,
                "state": asked.state,
                "answer_on": asked.answer_on,
                "until_on": asked.asked_on,
                "invoice": asked.invoice.number if asked.invoice else None,
            }
            for asked in live_requests(customer, today=today)
        ],
        "claims": [
            {"kind": claim.kind, "amount": _plain(claim.amount), "currency": claim.currency}
            for claim in open_claims([customer.pk], now=now).get(customer.pk, [])
        ],
    }


def _debt(debt: Debt, today: date) -> dict[str, Any]:
    under_way = debt.under_way
    return {
        "currency": debt.currency,
        "total": _plain(debt.total),
        "due": _plain(debt.due),
        "payment_under_way": under_way and {"amount": _plain(under_way.amount), "state": under_way.state},
        "invoices": [
            {
                "number": invoice.number,
                "description": invoice.description,
                "issued_on": invoice.issued_on,
                "due_on": invoice.due_on,
                "amount": _plain(invoice.amount),
                "open": _plain(invoice.balance),
                "state": _state(invoice.pk in debt.disputed, invoice.due_on, today),
            }
            for invoice in debt.invoices
        ],
    }


def _state(is_disputed: bool, due_on: date, today: date) -> str:
    return "disputed" if is_disputed else "overdue" if due_on < today else "open"


def _plans(customer: Customer) -> list[dict[str, Any]]:
    running = customer.instalment_plans.filter(state=InstalmentPlan.State.ACTIVE)
    return [
        {
            "currency": plan.currency,
            "instalments": [
                {"due_on": part.due_on, "amount": _plain(part.amount)}
                for part in sorted(plan.instalments.all(), key=lambda part: part.number)
            ],
        }
        for plan in running.prefetch_related("instalments").order_by("pk")
    ]


def _plain(amount: Decimal) -> str:
    return format(amount.normalize(), "f")


def _answer(told: dict[str, Any], *, status: int = 200) -> JsonResponse:
    return JsonResponse(told, status=status, headers={"Cache-Control": "no-store"})
