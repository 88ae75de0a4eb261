"""How what the page shows can be paid by bank transfer."""

from customers.models import Customer
from dunning.portal.debts import Debt
from payments.queries.bank import accounts_to_pay_into
from payments.rules.transfer import Owing, Transfer, transfers


def transfers_of(customer: Customer, debt: Debt) -> tuple[Transfer, ...]:
    """Of what the debt asks for, without what is in dispute; none while a payment is under way: nobody pays twice."""
    if debt.under_way:
        return ()
    owing = [Owing(invoice.number, invoice.currency, rest) for invoice, rest in debt.asked_for]
    return transfers(customer.number, owing, accounts_to_pay_into())
