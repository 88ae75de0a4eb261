"""The shipped decline tables: stored after every migration, rows that are there already left as they are."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from payments.models import DeclineRule, NetworkCap, RetrySchedule

FILE = Path(__file__).resolve().parent.parent / "tables" / "declines.toml"


def store_shipped_tables(**_signal: Any) -> None:
    """Add the file's rows that are not stored yet; what is stored, shipped or the desk's own, is left alone."""
    if DeclineRule._meta.db_table not in connection.introspection.table_names():
        return  # migrated back to before these tables
    told = tomllib.loads(FILE.read_text())
    with transaction.atomic():
        DeclineRule.objects.bulk_create(_rules(told["rules"]), ignore_conflicts=True)
        NetworkCap.objects.bulk_create([NetworkCap(**row) for row in told["caps"]], ignore_conflicts=True)
        RetrySchedule.objects.bulk_create([RetrySchedule(**row) for row in told["schedules"]], ignore_conflicts=True)


def _rules(groups: list[dict[str, Any]]) -> Iterator[DeclineRule]:
    for group in groups:
        for layer in group["layers"]:
            for code, meaning, auto, cause, first_move in group["rows"]:
                yield DeclineRule(
                    layer=layer,
                    code=code,
                    meaning=meaning,
                    auto=auto,
                    cause=cause,
                    first_move=first_move,
                    is_masked=code in group.get("masked", ()),
                    this_payment_only=code in group.get("this_payment_only", ()),
                    wait_hours=group.get("wait_hours", {}).get(code, 0),
                    countries=" ".join(group.get("countries", {}).get(code, ())),
                    source=group["source"],
                    valid_from=group["valid_from"],
                )
