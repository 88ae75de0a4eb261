"""What the dunning app adds to the customer's page: the cases, the running one first, and how the customer pays."""

from datetime import date
from typing import Any

from customers.admin.customer import CustomerAdmin, Panel
from dunning.admin.habits import habit_buttons
from dunning.models import Case
from dunning.queries.behaviour import told

SHOWN = 10


def customer_cases(customer_id: int, _today: date) -> dict[str, Any]:
    cases = Case.objects.filter(customer=customer_id).select_related("next_step", "version__campaign", "customer")
    return {"cases": list(cases.order_by("-pk")[:SHOWN])}


def how_they_pay(customer_id: int, _today: date) -> dict[str, Any]:
    return {"told": told(customer_id)}


CustomerAdmin.panels[:0] = [
    Panel("desk/panel_cases.html", customer_cases),
    Panel("desk/panel_profile.html", how_they_pay),
]
CustomerAdmin.buttons += habit_buttons(lambda customer: customer)
