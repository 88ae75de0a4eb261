"""How what the page shows can be paid by bank transfer."""

from customers.models import Customer
from dunning.portal.debts import Debt
from payments.queries.bank import accounts_to_pay_into
from payments.rules.transfer import Owing, Transfer, transfers


def transfers_of(customer: Customer, debt: Debt) -> tuple[Transfer, ...]:
    """Of what the debt asks for; none while a payment is under way, so that nothing is paid twice."""
    if debt.under_way:
        return ()
    asked = debt.chosen or debt.invoices
    owing = [Owing(invoice.number, invoice.currency, invoice.balance) for invoice in asked]
    return transfers(customer.number, owing, accounts_to_pay_into())
