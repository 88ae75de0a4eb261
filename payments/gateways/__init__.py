"""Gateways by alias, as settings name them, and who tries again where a gateway could do that too."""

from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from payments.gateways.base import Gateway

OURS, THEIRS = "ours", "gateway"  # the values of "retries" in PAYMENT_GATEWAYS
made: dict[tuple[str, str], Gateway] = {}


def gateway(alias: str) -> Gateway:
    """The gateway named `alias` in PAYMENT_GATEWAYS. Raises KeyError for an unknown one.

    The same class with the same options is one gateway per process, shared by threads: it keeps its connections open.
    """
    entry: dict[str, Any] = settings.PAYMENT_GATEWAYS[alias]
    options: dict[str, Any] = entry.get("options", {})
    known_as = (entry["class"], repr(options))
    if known_as not in made:
        made[known_as] = import_string(entry["class"])(**options)
    assert isinstance(made[known_as], Gateway)
    return made[known_as]


def lists_events(alias: str) -> bool:
    """Whether there is a list of events to ask this gateway for."""
    return type(gateway(alias)).events_since is not Gateway.events_since


def owns_retries(alias: str) -> bool:
    """Whether the gateway's own engine tries its invoices again, so that ours must never charge them by itself.

    A gateway that is not configured any more owns nothing.
    """
    return bool(settings.PAYMENT_GATEWAYS.get(alias, {}).get("retries", OURS) == THEIRS)


def updating_gateways() -> list[str]:
    """The gateways whose networks renew an expiring card by themselves ("updates_cards" in the settings)."""
    return [alias for alias, entry in settings.PAYMENT_GATEWAYS.items() if entry.get("updates_cards")]
