"""Screens: one file per table."""

from payments.admin import allocation, bank_line, charge_attempt, customer_panel, payment, payment_method

__all__ = ["allocation", "bank_line", "charge_attempt", "customer_panel", "payment", "payment_method"]
