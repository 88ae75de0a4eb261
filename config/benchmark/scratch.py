"""The scratch database: made beside the real one, migrated, and dropped at the end."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from dunning.snapshot import plans, step_texts

NAME = "desk_benchmark"


@contextmanager
def scratch_database() -> Iterator[None]:
    """Everything inside runs against an empty, migrated database of its own."""
    real = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = NAME
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    _forget()
    try:
        yield
    finally:
        connection.creation.destroy_test_db(real, verbosity=0)
        _forget()


def _forget() -> None:
    """What is remembered of frozen rows belongs to one database."""
    for remembered in (plans.plan, plans.version_of_step, step_texts.text_of):
        remembered.cache_clear()
