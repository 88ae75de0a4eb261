"""One line of a case's story, and how its sources are read: the newest first, and not without end."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User

from dunning.models import Notice, Reply
from dunning.queries.why import Explained

SHOWN_HAPPENINGS = 200


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the time line."""

    at: datetime
    icon: str
    title: str
    text: str = ""
    who: str = ""
    notice: Notice | None = None
    reply: Reply | None = None
    explained: Explained | None = None
    rank: int = 0  # of what happened at the same moment, the higher came later


def newest(rows: Any, column: str) -> Any:
    """The newest SHOWN_HAPPENINGS of these rows by `column`."""
    return rows.order_by(f"-{column}")[:SHOWN_HAPPENINGS]


def name_of(person: User | None) -> str:
    """Whoever sits at the desk by name; nobody by none."""
    return person.get_username() if person else ""
