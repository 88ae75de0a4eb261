"""Screens: one file per table."""

from payments.admin import (
    allocation,
    bank_line,
    charge_attempt,
    customer_panel,
    decline_rule,
    gateway_event,
    gateway_health,
    instalment_plan,
    network_cap,
    payment,
    payment_method,
    refund,
    retry_schedule,
    unknown_code,
)

__all__ = [
    "allocation",
    "bank_line",
    "charge_attempt",
    "customer_panel",
    "decline_rule",
    "gateway_event",
    "gateway_health",
    "instalment_plan",
    "network_cap",
    "payment",
    "payment_method",
    "refund",
    "retry_schedule",
    "unknown_code",
]
