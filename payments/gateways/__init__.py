"""Gateways by alias, as settings name them."""

from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from payments.gateways.base import Gateway


def gateway(alias: str) -> Gateway:
    """A new instance of the gateway named `alias` in PAYMENT_GATEWAYS. Raises KeyError for an unknown one."""
    entry: dict[str, Any] = settings.PAYMENT_GATEWAYS[alias]
    made = import_string(entry["class"])(**entry.get("options", {}))
    assert isinstance(made, Gateway)
    return made
