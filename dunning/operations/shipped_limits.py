"""The shipped caps, contact hours, write-off limits and policy of help.

Stored after every migration; what is there is left as it is.
"""

import tomllib
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from customers.models import WriteOffLimit
from dunning.models import ContactCap, ContactHours, HelpPolicy

FILE = Path(__file__).resolve().parent.parent / "tables" / "limits.toml"


def store_shipped_limits(**_signal: Any) -> None:
    """Add the file's rows that are not stored yet; what is stored, shipped or the desk's own, is left alone."""
    tables = {model._meta.db_table for model in (ContactCap, ContactHours, HelpPolicy, WriteOffLimit)}
    if not tables <= set(connection.introspection.table_names()):
        return  # migrated back to before these tables
    told = tomllib.loads(FILE.read_text())
    with transaction.atomic():
        ContactCap.objects.bulk_create([ContactCap(**row) for row in told["caps"]], ignore_conflicts=True)
        ContactHours.objects.bulk_create([ContactHours(**row) for row in told["hours"]], ignore_conflicts=True)
        WriteOffLimit.objects.bulk_create([WriteOffLimit(**row) for row in told["write_offs"]], ignore_conflicts=True)
        HelpPolicy.objects.bulk_create([HelpPolicy(**row) for row in told["help"]], ignore_conflicts=True)
