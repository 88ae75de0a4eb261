"""Screens: one file per table."""

from customers.admin import contact, customer, customer_change, hold, invoice, ledger_entry

__all__ = ["contact", "customer", "customer_change", "hold", "invoice", "ledger_entry"]
