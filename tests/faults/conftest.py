from pathlib import Path

import pytest

from tests.processes import bare_environment, manage


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with a migrated, empty desk."""
    migrated = manage("migrate", "-v0", environment=bare_environment(DATA_DIR=str(tmp_path / "data")))
    assert migrated.returncode == 0, migrated.stderr
    return tmp_path / "data"
