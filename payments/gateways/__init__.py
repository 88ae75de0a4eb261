"""Gateways by alias, as settings name them."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from payments.gateways.base import Gateway


def gateway(alias: str) -> Gateway:
    """The gateway named `alias` in PAYMENT_GATEWAYS, made once and shared by threads. Raises KeyError if unknown."""
    entry: dict[str, Any] = settings.PAYMENT_GATEWAYS[alias]
    return _made(
        entry["class"], tuple(sorted((name, _fixed(value)) for name, value in entry.get("options", {}).items()))
    )


@lru_cache(maxsize=16)
def _made(dotted_path: str, options: tuple[tuple[str, Any], ...]) -> Gateway:
    """A gateway keeps its connections open, so the same options always mean the same one."""
    made = import_string(dotted_path)(**dict(options))
    assert isinstance(made, Gateway)
    return made


def _fixed(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
