"""What the dunning app adds to the customer's page: the cases, the running one first."""

from datetime import date
from typing import Any

from customers.admin.customer import CustomerAdmin, Panel
from dunning.models import Case

SHOWN = 10


def customer_cases(customer_id: int, _today: date) -> dict[str, Any]:
    cases = Case.objects.filter(customer=customer_id).select_related("next_step", "version__campaign", "customer")
    return {"cases": list(cases.order_by("-pk")[:SHOWN])}


CustomerAdmin.panels.insert(0, Panel("desk/panel_cases.html", customer_cases))
