"""Screens: one file per table."""

from payments.admin import allocation, charge_attempt, customer_panel, payment, payment_method

__all__ = ["allocation", "charge_attempt", "customer_panel", "payment", "payment_method"]
