"""What the payments app adds to the customer's page: instalment plans, the latest payments and the card on file."""

from datetime import date
from typing import Any

from customers.admin.customer import CustomerAdmin, Panel
from payments.models import InstalmentPlan, Payment, PaymentMethod
from payments.plan_queries import with_progress

SHOWN = 10


def money_in(customer_id: int, _today: date) -> dict[str, Any]:
    return {
        "payments": list(Payment.objects.filter(customer=customer_id).order_by("-pk")[:SHOWN]),
        "cards": list(PaymentMethod.objects.filter(customer=customer_id, removed_at=None).order_by("-is_default")),
    }


def plans(customer_id: int, _today: date) -> dict[str, Any]:
    return {"plans": list(with_progress(InstalmentPlan.objects.filter(customer=customer_id)).order_by("-pk")[:SHOWN])}


CustomerAdmin.panels += [Panel("desk/panel_plans.html", plans), Panel("desk/panel_payments.html", money_in)]
