"""Whose word counts of a card kept here: the gateway's, or the customer's. A token begins with its owner there."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """A card kept here. `is_from_gateway`: taken over from the gateway, not chosen here."""

    token: str
    stored_at: datetime
    is_default: bool = True
    is_from_gateway: bool = True


@dataclass(frozen=True, slots=True)
class Said:
    """What the gateway has of one of its customers: the card it charges ("": none) since then, and all that it keeps.

    `attached` None: it was not asked.
    """

    customer: str
    token: str = ""
    since: datetime | None = None
    attached: Collection[str] | None = None

    def owns(self, token: str) -> bool:
        return token.startswith(f"{self.customer}/")


def is_lost(kept: Kept, said: Said) -> bool:
    """It is not there any more, or the gateway charges another one in its place."""
    return _is_gone(kept, said) or (kept.is_default and _is_replaced(kept, said))


def _is_gone(kept: Kept, said: Said) -> bool:
    return said.attached is not None and said.owns(kept.token) and kept.token not in said.attached


def _is_replaced(kept: Kept, said: Said) -> bool:
    """A gateway's customer says so of its own card; of one chosen here or another customer's only a newer card does."""
    if not said.token or said.since is None or kept.token == said.token:
        return False
    return (kept.is_from_gateway and said.owns(kept.token)) or kept.stored_at < said.since
