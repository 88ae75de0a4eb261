"""Screens: one file per table."""

from customers.admin import (
    consent,
    contact,
    contact_stop,
    customer,
    customer_change,
    hold,
    import_run,
    invoice,
    ledger_entry,
    suppressed_address,
)

__all__ = [
    "consent",
    "contact",
    "contact_stop",
    "customer",
    "customer_change",
    "hold",
    "import_run",
    "invoice",
    "ledger_entry",
    "suppressed_address",
]
