"""What the payments app adds to the customer's page: instalment plans, claims, latest payments and the card on file."""

from datetime import date
from typing import Any

from customers.admin.customer import CustomerAdmin, Panel
from payments.models import Claim, InstalmentPlan, Payment, PaymentMethod
from payments.queries.laws import with_paid
from payments.queries.money import unapplied_of
from payments.queries.plans import with_progress

SHOWN = 10


def money_in(customer_id: int, _today: date) -> dict[str, Any]:
    return {
        "credit": unapplied_of(customer_id),
        "payments": list(Payment.objects.filter(customer=customer_id).order_by("-pk")[:SHOWN]),
        "cards": list(PaymentMethod.objects.filter(customer=customer_id, removed_at=None).order_by("-is_default")),
    }


def plans(customer_id: int, _today: date) -> dict[str, Any]:
    return {"plans": list(with_progress(InstalmentPlan.objects.filter(customer=customer_id)).order_by("-pk")[:SHOWN])}


def claimed(customer_id: int, _today: date) -> dict[str, Any]:
    theirs = with_paid(Claim.objects.filter(invoice__customer=customer_id)).select_related("invoice")
    return {"claims": list(theirs.order_by("-pk")[:SHOWN])}


CustomerAdmin.panels += [
    Panel("desk/panel_plans.html", plans),
    Panel("desk/panel_claims.html", claimed),
    Panel("desk/panel_payments.html", money_in),
]
