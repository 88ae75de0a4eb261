"""What the payments app adds to the customer's page: the latest payments and the card on file."""

from datetime import date
from typing import Any

from customers.admin.customer import CustomerAdmin, Panel
from payments.models import Payment, PaymentMethod
from payments.queries import unapplied_of

SHOWN = 10


def money_in(customer_id: int, _today: date) -> dict[str, Any]:
    return {
        "credit": unapplied_of(customer_id),
        "payments": list(Payment.objects.filter(customer=customer_id).order_by("-pk")[:SHOWN]),
        "cards": list(PaymentMethod.objects.filter(customer=customer_id, removed_at=None).order_by("-is_default")),
    }


CustomerAdmin.panels.append(Panel("desk/panel_payments.html", money_in))
