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

from customers.models import Customer, Invoice
from customers.rules.days import local_day
from dunning.operations import doors
from dunning.portal.debts import Debt, debts
from dunning.queries.requests import live_requests
from dunning.rules.app_tokens import AppDoor, number_in
from dunning.rules.doors import Deed
from payments.models import ChargeAttempt, InstalmentPlan
from payments.queries.open_claims import open_claims
from payments.queries.plans import progress

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
    """The facts that the page shows, amounts as text with a point, days as 2026-03-31."""
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
        "payment_under_way": under_way and _payment(under_way),
        "debits": [_payment(debit) for debit in debt.debits],
        "invoices": [
            {
                "number": invoice.number,
                "description": invoice.description,
                "issued_on": invoice.issued_on,
                "due_on": invoice.due_on,
                "amount": _plain(invoice.amount),
                "open": _plain(invoice.balance),
                "disputed": _plain(debt.disputed.get(invoice.pk, Decimal(0))),
                "state": _state(invoice, debt, today),
            }
            for invoice in debt.invoices
        ],
    }


def _payment(attempt: ChargeAttempt) -> dict[str, str]:
    return {"amount": _plain(attempt.amount), "state": attempt.state}


def _state(invoice: Invoice, debt: Debt, today: date) -> str:
    """How what is not disputed stands; "disputed" where that is nothing."""
    if debt.disputed.get(invoice.pk, Decimal(0)) >= invoice.balance:
        return "disputed"
    return "overdue" if invoice.due_on < today else "open"


def _plans(customer: Customer) -> list[dict[str, Any]]:
    running = customer.instalment_plans.filter(state=InstalmentPlan.State.ACTIVE)
    return [
        {
            "currency": plan.currency,
            "instalments": [
                {
                    "due_on": step.instalment.due_on,
                    "amount": _plain(step.instalment.amount),
                    "missing": _plain(step.missing),
                }
                for step in progress(plan)
            ],
        }
        for plan in running.order_by("pk")
    ]


def _plain(amount: Decimal) -> str:
    return format(amount.normalize(), "f")


def _answer(told: dict[str, Any], *, status: int = 200) -> JsonResponse:
    return JsonResponse(told, status=status, headers={"Cache-Control": "no-store"})
