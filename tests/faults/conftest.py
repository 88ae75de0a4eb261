import subprocess
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


@pytest.fixture(scope="session")
def migrated() -> Iterator[Path]:
    """A data folder with a migrated, empty desk, to be copied: the last command to leave has stopped its database."""
    with tempfile.TemporaryDirectory(prefix="desk-", ignore_cleanup_errors=True) as name:
        done = manage("migrate", "-v0", environment=bare_environment(DATA_DIR=f"{name}/data"))
        assert done.returncode == 0, done.stderr
        yield Path(name, "data")


@pytest.fixture
def data(folder: Path, migrated: Path) -> Path:
    """A data folder with a migrated, empty desk."""
    subprocess.run(["cp", "-a", migrated, folder], check=True)
    return folder / "data"
