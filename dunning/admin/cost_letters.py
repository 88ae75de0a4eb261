"""Collection costs that follow a letter: on the page of the invoice that the letter asked for."""

from django.utils import timezone

from customers.admin.buttons import Button, Press
from customers.admin.invoice import InvoiceAdmin
from customers.models import Invoice
from customers.wording import money
from dunning.queries.cost_letters import told_of_costs
from payments.operations import claims, claims_by_hand
from payments.operations.claims import ClaimRefusal
from payments.queries.laws import law_book
from payments.rules.claims import ClaimKind


def claim_costs(invoice: Invoice, press: Press) -> str:
    claim = claims_by_hand.raise_after_letter(invoice, told_of_costs(invoice), now=press.now, by=press.by)
    return f"Collection costs are claimed: {money(claim.amount, claim.currency)}. {claim.law}"


def _is_offered(invoice: Invoice) -> bool:
    today = timezone.localdate()
    if not (invoice.balance > 0 and invoice.due_on < today and invoice.customer.kind == "consumer"):
        return False
    law = claims.law_of(law_book(), invoice, ClaimKind.COST, today)
    return bool(law and law.needs_letter)


InvoiceAdmin.buttons = (
    *InvoiceAdmin.buttons,
    Button(
        name="claim_costs",
        label="Costs after the letter",
        says="Collection costs of a consumer, once the days of the free letter that named them have passed.",
        permission="payments.add_claim",
        act=claim_costs,
        refusals=(ClaimRefusal,),
        offered=_is_offered,
    ),
)
