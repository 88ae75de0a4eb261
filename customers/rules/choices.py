"""Closed lists as columns and forms want them."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

Member = TypeVar("Member", bound=StrEnum)


def choices(words: Mapping[Member, str]) -> list[tuple[str, str]]:
    """(value, words) of each member, in this order."""
    return [(member.value, text) for member, text in words.items()]
