"""Screens: one file per table."""

from payments.admin import (
    allocation,
    charge_attempt,
    customer_panel,
    gateway_event,
    gateway_health,
    payment,
    payment_method,
    refund,
)

__all__ = [
    "allocation",
    "charge_attempt",
    "customer_panel",
    "gateway_event",
    "gateway_health",
    "payment",
    "payment_method",
    "refund",
]
