"""Channels by alias, as settings name them."""

from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from dunning.channels.base import Channel


def channel(alias: str) -> Channel:
    """A new instance of the channel named `alias` in DUNNING_CHANNELS. Raises KeyError for an unknown one."""
    entry: dict[str, Any] = settings.DUNNING_CHANNELS[alias]
    made = import_string(entry["class"])(**entry.get("options", {}))
    assert isinstance(made, Channel)
    return made
