"""What must be true before anything starts; each refusal is one sentence."""

import socket
from contextlib import closing

from django.core.management.base import CommandError
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from config.supervisor import reachable


def refuse_unready_database() -> None:
    """The database answers and has all its tables."""
    try:
        executor = MigrationExecutor(connection)
    except OperationalError as error:
        reason = " ".join(str(error).split())
        raise CommandError(f"The database does not answer; is DATABASE_URL right, does it run? ({reason})") from None
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise CommandError("The database lacks tables of this version; run `manage.py migrate` first.")


def refuse_taken_port(bind: str) -> None:
    """`bind` is an address with a port, and nobody listens there yet."""
    host, _, port = bind.rpartition(":")
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise CommandError(f"{bind!r} is no place to listen; write for example 127.0.0.1:8000.")
    family = socket.AF_INET6 if ":" in reachable(host) else socket.AF_INET
    with closing(socket.socket(family)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), int(port)))
        except OSError as error:
            raise CommandError(f"Cannot listen on {bind} ({error.strerror}); choose another port.") from None
