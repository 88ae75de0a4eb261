from customers.models.consent import Consent
from customers.models.contact import Contact
from customers.models.contact_stop import ContactStop
from customers.models.customer import Customer
from customers.models.customer_change import CustomerChange
from customers.models.due_change import DueChange
from customers.models.hold import Hold
from customers.models.import_issue import ImportIssue
from customers.models.import_mapping import ImportMapping
from customers.models.import_piece import ImportPiece
from customers.models.import_row import ImportRow
from customers.models.import_run import ImportRun
from customers.models.invoice import Invoice
from customers.models.ledger_entry import LedgerEntry
from customers.models.suppressed_address import SuppressedAddress
from customers.models.write_off_limit import WriteOffLimit

__all__ = [
    "Consent",
    "Contact",
    "ContactStop",
    "Customer",
    "CustomerChange",
    "DueChange",
    "Hold",
    "ImportIssue",
    "ImportMapping",
    "ImportPiece",
    "ImportRow",
    "ImportRun",
    "Invoice",
    "LedgerEntry",
    "SuppressedAddress",
    "WriteOffLimit",
]
