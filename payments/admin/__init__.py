"""Screens: one file per table."""

from payments.admin import (
    allocation,
    bank_account,
    bank_line,
    charge_attempt,
    customer_panel,
    decline_rule,
    gateway_event,
    gateway_health,
    network_cap,
    payment,
    payment_method,
    refund,
    retry_schedule,
    unknown_code,
)

__all__ = [
    "allocation",
    "bank_account",
    "bank_line",
    "charge_attempt",
    "customer_panel",
    "decline_rule",
    "gateway_event",
    "gateway_health",
    "network_cap",
    "payment",
    "payment_method",
    "refund",
    "retry_schedule",
    "unknown_code",
]
