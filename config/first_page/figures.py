"""Numbers of the first page, and the lists they lead to."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.urls import reverse
from django.utils.http import urlencode

from customers.wording import counted
from dunning.queries.overview import Waiting


class Figure(NamedTuple):
    """One number with what it counts; the link leads to the rows behind it."""

    number: str
    words: str
    url: str
    note: str = ""


def count(number: int, one: str, many: str, url: str, note: str = "") -> Figure:
    """So many of these; `note` stands small below."""
    return Figure(f"{number:,}", one if number == 1 else many, url, note)


def age_of(waiting: Waiting, now: datetime) -> str:
    """How long the oldest of them has waited."""
    if not waiting.since:
        return ""
    waited = now - waiting.since
    if waited < timedelta(hours=1):
        return "all since less than an hour ago"
    age = counted(waited.days, "day") if waited.days else counted(waited.seconds // 3600, "hour")
    return f"the oldest is {age} old"


def cases(**query: str) -> str:
    """The address of the list of cases, filtered."""
    return rows("dunning_case", **query)


def rows(model: str, **query: str) -> str:
    """The address of a model's list, filtered."""
    return reverse(f"admin:{model}_changelist") + (f"?{urlencode(query)}" if query else "")
