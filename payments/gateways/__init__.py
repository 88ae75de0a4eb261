"""Gateways by alias, as settings name them, and who tries again where a gateway could do that too."""

from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from payments.gateways.base import Gateway

OURS, THEIRS = "ours", "gateway"  # the values of "retries" in PAYMENT_GATEWAYS


def gateway(alias: str) -> Gateway:
    """A new instance of the gateway named `alias` in PAYMENT_GATEWAYS. Raises KeyError for an unknown one."""
    entry: dict[str, Any] = settings.PAYMENT_GATEWAYS[alias]
    made = import_string(entry["class"])(**entry.get("options", {}))
    assert isinstance(made, Gateway)
    return made


def owns_retries(alias: str) -> bool:
    """Whether the gateway's own engine tries its invoices again, so that ours must never charge them by itself.

    A gateway that is not configured any more owns nothing.
    """
    return bool(settings.PAYMENT_GATEWAYS.get(alias, {}).get("retries", OURS) == THEIRS)
