"""The shipped decline tables, laws and base rates: stored after every migration, what is there left as it is."""

import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import Model

from payments.models import BaseRate, ClaimRule, DeclineRule, NetworkCap, RetrySchedule

TABLES = Path(__file__).resolve().parent.parent / "tables"


def store_shipped_rows(**_signal: Any) -> None:
    """Add the files' rows that are not stored yet; what is stored, shipped or the desk's own, is left alone."""
    if ClaimRule._meta.db_table not in connection.introspection.table_names():
        return  # migrated back to before these tables
    declines, laws = (tomllib.loads((TABLES / name).read_text()) for name in ("declines.toml", "jurisdictions.toml"))
    shipped: list[tuple[type[Model], Iterable[Any]]] = [
        (DeclineRule, _decline_rules(declines["rules"])),
        (NetworkCap, (NetworkCap(**row) for row in declines["caps"])),
        (RetrySchedule, (RetrySchedule(**row) for row in declines["schedules"])),
        (ClaimRule, (ClaimRule(**row) for row in laws["rules"])),
        (BaseRate, (BaseRate(**row) for row in laws["rates"])),
    ]
    with transaction.atomic():
        for table, rows in shipped:
            table._default_manager.bulk_create(rows, ignore_conflicts=True)


def _decline_rules(groups: list[dict[str, Any]]) -> Iterator[DeclineRule]:
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
                    is_death=code in group.get("death", ()),
                    wait_hours=group.get("wait_hours", {}).get(code, 0),
                    countries=" ".join(group.get("countries", {}).get(code, ())),
                    source=group["source"],
                    valid_from=group["valid_from"],
                )
