"""Screens: one file per table."""

from payments.admin import (
    allocation,
    charge_attempt,
    customer_panel,
    decline_rule,
    network_cap,
    payment,
    payment_method,
    retry_schedule,
    unknown_code,
)

__all__ = [
    "allocation",
    "charge_attempt",
    "customer_panel",
    "decline_rule",
    "network_cap",
    "payment",
    "payment_method",
    "retry_schedule",
    "unknown_code",
]
