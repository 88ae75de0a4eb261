"""The processor's books, an SQLite file: every object, every answer under a key, every request, every charge made."""

import json
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Shape = dict[str, Any]  # an object as Stripe writes it in JSON

SCHEMA = """
    CREATE TABLE IF NOT EXISTS object (place INTEGER PRIMARY KEY, id TEXT UNIQUE, kind TEXT, body TEXT);
    CREATE INDEX IF NOT EXISTS object_kind ON object (kind, place);
    CREATE TABLE IF NOT EXISTS answer (key TEXT PRIMARY KEY, asked TEXT, status INTEGER, body TEXT);
    CREATE TABLE IF NOT EXISTS request (
        place INTEGER PRIMARY KEY, method TEXT, path TEXT, key TEXT, version TEXT, account TEXT
    );
    CREATE TABLE IF NOT EXISTS taken (
        charge TEXT PRIMARY KEY, intent TEXT, amount INTEGER, currency TEXT, status TEXT, key TEXT
    );
"""
TABLES = ("object", "answer", "request", "taken")


class Missing(LookupError):
    """There is no such object; the arguments are its kind and its id."""


class Books:
    """One connection for all threads: whoever works holds `lock`, so that each request sees the whole of the last."""

    def __init__(self, path: str | Path) -> None:
        self.lock = threading.RLock()
        self.connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self.connection.execute("PRAGMA synchronous = OFF")
        self.connection.executescript(SCHEMA)

    def empty(self) -> None:
        for table in TABLES:
            self.connection.execute(f"DELETE FROM {table}")

    def add(self, kind: str, prefix: str, body: Shape) -> Shape:
        """Store a new object and return it with its id."""
        made = {"id": f"{prefix}_{secrets.token_hex(12)}", "object": kind, **body}
        row = (made["id"], kind, json.dumps(made))
        self.connection.execute("INSERT INTO object (id, kind, body) VALUES (?, ?, ?)", row)
        return made

    def save(self, body: Shape) -> None:
        self.connection.execute("UPDATE object SET body = ? WHERE id = ?", (json.dumps(body), body["id"]))

    def get(self, kind: str, identity: object) -> Shape:
        """Raises Missing."""
        row = self.connection.execute(
            "SELECT body FROM object WHERE id = ? AND kind = ?", (str(identity), kind)
        ).fetchone()
        if row is None:
            raise Missing(kind, identity)
        found: Shape = json.loads(row[0])
        return found

    def newest_first(self, kind: str) -> Iterator[Shape]:
        rows = self.connection.execute("SELECT body FROM object WHERE kind = ? ORDER BY place DESC", (kind,))
        return (json.loads(body) for (body,) in rows.fetchall())

    def newest_place(self) -> int:
        return int(self.connection.execute("SELECT coalesce(max(place), 0) FROM object").fetchone()[0])

    def events_after(self, place: int) -> list[tuple[int, Shape]]:
        """What was recorded since, oldest first, each with its place."""
        rows = self.connection.execute(
            "SELECT place, body FROM object WHERE kind = 'event' AND place > ? ORDER BY place", (place,)
        )
        return [(found, json.loads(body)) for found, body in rows.fetchall()]

    def note_request(self, *facts: str) -> None:
        self.connection.execute(
            "INSERT INTO request (method, path, key, version, account) VALUES (?, ?, ?, ?, ?)", facts
        )

    def note_charge(self, charge: Shape, key: str = "") -> None:
        """`key` is the idempotency key it was first asked under; later changes of the charge keep it."""
        self.connection.execute(
            "INSERT INTO taken VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (charge) DO UPDATE SET status = excluded.status",
            (charge["id"], charge["payment_intent"], charge["amount"], charge["currency"], charge["status"], key),
        )

    def earlier_answer(self, key: str) -> tuple[str, int, str] | None:
        """What was asked under the key, the status, the body."""
        row = self.connection.execute("SELECT asked, status, body FROM answer WHERE key = ?", (key,)).fetchone()
        return row and (row[0], row[1], row[2])

    def keep_answer(self, key: str, asked: str, status: int, body: str) -> None:
        self.connection.execute("INSERT OR REPLACE INTO answer VALUES (?, ?, ?, ?)", (key, asked, status, body))

    def read(self) -> Shape:
        """For whoever compares books: the charges made and the requests heard, oldest first."""
        return {"taken": self._rows("taken"), "requests": self._rows("request")}

    def _rows(self, table: str) -> list[Shape]:
        cursor = self.connection.execute(f"SELECT * FROM {table} ORDER BY rowid")
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
