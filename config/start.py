"""What must be true before anything starts; each refusal is one sentence."""

import socket
from contextlib import closing

from django.core.management.base import CommandError

from config.supervisor import reachable


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
