"""Test settings: the real ones, on a PostgreSQL of the tests' own that starts by itself."""

import os
from pathlib import Path

import psycopg

os.environ.setdefault("DATA_DIR", str(Path(__file__).resolve().parent.parent / "data" / "tests"))
os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "x" * 40)

from config.settings import *  # noqa: E402, F403

REPORT_PATIENCE_MS = 60_000  # other work shares the machine: a slow page is no failure
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STATIC_ROOT = DATA_DIR / "static"  # noqa: F405
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns of a missing folder, and warnings are errors

if ON_A_LAPTOP:  # noqa: F405
    # Tests kill our processes, never the machine: what is committed need not reach the disk.
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        for switch in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {switch} = off")
        connection.execute("SELECT pg_reload_conf()")
    del connection
    DATABASES["default"]["ENGINE"] = "tests.postgresql"  # noqa: F405
