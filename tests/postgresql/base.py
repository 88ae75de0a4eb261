"""Emptying the tables between tests costs by what was written, not by the number of tables.

TRUNCATE makes new files for every table and index, a hundred tables' worth after each test that commits. Rows are
deleted instead, past the triggers that keep history: that needs a superuser, which the tests' own server gives. What
the migrations left in the tables is kept in a schema of its own and put back from there: making roles, permissions and
shipped tables anew after each test takes longer than many a test.
"""

from typing import Any

from django.core.management.commands import flush
from django.db import connection
from django.db.backends.postgresql import base
from django.db.backends.postgresql.creation import DatabaseCreation as PostgresqlCreation
from django.db.backends.postgresql.operations import DatabaseOperations as PostgresqlOperations

KEPT = "kept_for_tests"


def put_back(*_: Any, **__: Any) -> None:
    """What stands in the tables before any test."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [KEPT])
        kept = [connection.ops.quote_name(table) for (table,) in cursor.fetchall()]
        rows = [f"DELETE FROM {table}; INSERT INTO {table} SELECT * FROM {KEPT}.{table}" for table in kept]
        cursor.execute("; ".join(["BEGIN", "SET LOCAL session_replication_role = replica", *rows, "COMMIT"]))


flush.emit_post_migrate_signal = put_back


class DatabaseOperations(PostgresqlOperations):
    def sql_flush(
        self, style: Any, tables: Any, *, reset_sequences: bool = False, allow_cascade: bool = False
    ) -> list[str]:
        if reset_sequences or not tables:
            return super().sql_flush(style, tables, reset_sequences=reset_sequences, allow_cascade=allow_cascade)
        quoted = [self.quote_name(table) for table in tables]
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT " + ", ".join(f"EXISTS (SELECT 1 FROM {table})" for table in quoted))
            filled = [table for table, has_rows in zip(quoted, cursor.fetchone(), strict=True) if has_rows]
        return ["SET LOCAL session_replication_role = replica", *(f"DELETE FROM {table}" for table in filled)]


class DatabaseCreation(PostgresqlCreation):
    def create_test_db(self, *args: Any, **kwargs: Any) -> str:
        name = super().create_test_db(*args, **kwargs)
        with self.connection.cursor() as cursor:
            cursor.execute(f"CREATE SCHEMA {KEPT}")
            for table in self.connection.introspection.django_table_names(only_existing=True, include_views=False):
                quoted = self.connection.ops.quote_name(table)
                cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {quoted})")
                if cursor.fetchone()[0]:
                    cursor.execute(f"CREATE TABLE {KEPT}.{quoted} AS TABLE {quoted}")
        return name

    def _destroy_test_db(self, test_database_name: str, verbosity: int) -> None:  # noqa: ARG002
        """A thread of the browser tests' server may still hold a session when the last test is over: it is cut."""
        with self._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {self.connection.ops.quote_name(test_database_name)} WITH (FORCE)")


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = DatabaseOperations
    creation_class = DatabaseCreation
