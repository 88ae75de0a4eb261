"""Bare SQL for a batch of ids: rows as they come, or grouped by the id they begin with."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection


def rows(statement: str, ids: list[int] | list[str]) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [ids])
        yield from cursor


def by_owner(rows: Iterable[tuple[Any, ...]], make: Any) -> dict[int, list[Any]]:
    grouped = defaultdict(list)
    for owner_id, *fact in rows:
        grouped[owner_id].append(make(*fact))
    return grouped
