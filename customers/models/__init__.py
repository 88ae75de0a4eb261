from customers.models.contact import Contact
from customers.models.customer import Customer
from customers.models.customer_change import CustomerChange
from customers.models.hold import Hold
from customers.models.invoice import Invoice
from customers.models.ledger_entry import LedgerEntry

__all__ = ["Contact", "Customer", "CustomerChange", "Hold", "Invoice", "LedgerEntry"]
