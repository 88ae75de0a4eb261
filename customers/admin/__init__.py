"""Screens: one file per table."""

from customers.admin import (
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
