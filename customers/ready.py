"""Whether a command may begin: the refusal is one sentence."""

from django.core.management.base import CommandError
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor


def refuse_unready_database() -> None:
    """The database answers and has all its tables."""
    try:
        executor = MigrationExecutor(connection)
    except OperationalError as error:
        reason = " ".join(str(error).split())
        raise CommandError(f"The database does not answer; is DATABASE_URL right, does it run? ({reason})") from None
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise CommandError("The database lacks tables of this version; run `manage.py migrate` first.")
