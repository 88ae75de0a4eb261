import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import bare_environment, manage


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for a desk of its own. Not tmp_path: pytest closes that to the user the database runs as."""
    with tempfile.TemporaryDirectory(prefix="desk-", ignore_cleanup_errors=True) as name:
        yield Path(name)


@pytest.fixture
def data(folder: Path) -> Path:
    """A data folder with a migrated, empty desk."""
    migrated = manage("migrate", "-v0", environment=bare_environment(DATA_DIR=str(folder / "data")))
    assert migrated.returncode == 0, migrated.stderr
    return folder / "data"
