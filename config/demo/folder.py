"""The demo's data folder: its mark, what was promised to the person at the screen, and its lock."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from django.core.management.base import CommandError


@dataclass(frozen=True, slots=True)
class Promise:
    """What the demo prints. `is_built` is False while the history is being made: such a folder is made anew."""

    is_built: bool = False
    password: str = ""
    customer: str = ""
    link: str = ""
    in_app: tuple[tuple[str, str], ...] = ()  # numbers and names of customers whose app has a notice


def read(data: Path) -> Promise | None:
    """What is known of the demo in this folder; None: the folder is not a demo's."""
    mark = data / "demo.json"
    return Promise(**json.loads(mark.read_text())) if mark.exists() else None


def write(data: Path, promise: Promise) -> None:
    """Mark the folder, whole or not at all; only its owner may read the password."""
    draft = data / "demo.json.new"
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(asdict(promise), indent=2))
    os.replace(draft, data / "demo.json")


@contextmanager
def locked(data: Path) -> Iterator[None]:
    """One demo per folder at a time. Raises CommandError when another one runs."""
    with (data / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CommandError(
                f"A demo runs from {data} already; stop it first, or set DATA_DIR to another folder."
            ) from None
        yield
