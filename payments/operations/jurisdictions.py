"""The shipped laws and base rates: stored after every migration, rows that are there already left as they are."""

import tomllib
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from payments.models import BaseRate, ClaimRule

FILE = Path(__file__).resolve().parent.parent / "tables" / "jurisdictions.toml"


def store_shipped_laws(**_signal: Any) -> None:
    """Add the file's rows that are not stored yet; what is stored, shipped or the desk's own, is left alone."""
    if ClaimRule._meta.db_table not in connection.introspection.table_names():
        return  # migrated back to before these tables
    told = tomllib.loads(FILE.read_text())
    with transaction.atomic():
        ClaimRule.objects.bulk_create([ClaimRule(**row) for row in told["rules"]], ignore_conflicts=True)
        BaseRate.objects.bulk_create([BaseRate(**row) for row in told["rates"]], ignore_conflicts=True)
