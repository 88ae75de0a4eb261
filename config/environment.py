"""Reading the environment and `.env`: every reader returns a good value or stops the start with one sentence.

The sentences never repeat the value itself where it may hold a password.
"""

import ipaddress
import json
import os
import re
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import environ
from django.core.exceptions import ImproperlyConfigured

from customers.rules.import_places import COUNTRIES

env = environ.Env()
env.read_env(Path(__file__).resolve().parent.parent / ".env")

SPOKEN = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


def text(name: str, default: str = "") -> str:
    """The value as it stands; an empty one counts as not set."""
    return str(env.str(name, default="")).strip() or default


def country(name: str) -> str:
    """Two letters of ISO 3166, or "" when not set."""
    said = text(name).upper()
    if said and said not in COUNTRIES:
        raise ImproperlyConfigured(f"{name} is {said!r}; write the two letters of ISO 3166, such as DE.")
    return said


def words(name: str, default: list[str]) -> list[str]:
    """A comma-separated list."""
    return [word.strip() for word in text(name).split(",") if word.strip()] or default


def switch(name: str) -> bool:
    """On or off, off when not set. Anything but a clear yes or no is refused: a typing error must not mean off."""
    said = text(name, "false").lower()
    if said not in SPOKEN:
        raise ImproperlyConfigured(f"{name} is {said!r}; write true or false.")
    return SPOKEN[said]


def whole_number(name: str, *, default: int, least: int) -> int:
    """A whole number, `least` or more."""
    said = text(name, str(default))
    if not said.isdecimal() or int(said) < least:
        raise ImproperlyConfigured(f"{name} is {said!r}; write a whole number, {least} or more.")
    return int(said)


def zone(name: str) -> str:
    """The name of a time zone, UTC when not set."""
    said = text(name, "UTC")
    try:
        ZoneInfo(said)
    except (KeyError, ValueError, OSError):
        raise ImproperlyConfigured(f"{name} is {said!r}, an unknown zone; write for example Europe/Berlin.") from None
    return said


def web_address(name: str, default: str) -> str:
    """An http or https address without a slash at its end."""
    said = text(name, default).rstrip("/")
    try:
        parts = urlsplit(said)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and not parts.query
    except ValueError:
        good = False
    if not good:
        raise ImproperlyConfigured(f"{name} is {said!r}; write an address such as https://billing.example.com.")
    return said


def database(name: str) -> dict[str, Any]:
    """Django's settings of one PostgreSQL database."""
    found: dict[str, Any] = {}
    with suppress(ValueError, ImproperlyConfigured):
        if text(name).startswith(("postgres://", "postgresql://")):
            found = env.db_url(name)
    if not found.get("NAME"):
        raise ImproperlyConfigured(
            f"{name} cannot be read as a PostgreSQL address; write postgres://user:password@host:5432/name"
            " and percent-encode special characters in the password."
        )
    return found


def mail_server(name: str) -> dict[str, Any]:
    """Django's e-mail settings of one SMTP server."""
    found: dict[str, Any] = {}
    with suppress(ValueError, ImproperlyConfigured):
        found = env.email_url(name)
    if not found.get("EMAIL_BACKEND", "").endswith("smtp.EmailBackend") or not found.get("EMAIL_HOST"):
        raise ImproperlyConfigured(
            f"{name} cannot be read as a mail server; write smtp+tls://user:password@host:587"
            " and percent-encode special characters in the password."
        )
    return found


def settings_of(prefix: str) -> dict[str, Any]:
    """All values whose name begins with `prefix`, by the rest of the name: numbers, true and false, JSON objects, text.

    007, 1e5 and very long numbers stay text: keys may look like that.
    """
    return {name.removeprefix(prefix): _typed(name) for name in os.environ if name.startswith(prefix)}


def _typed(name: str) -> Any:
    said = text(name)
    if said.lower() in ("true", "false"):
        return said.lower() == "true"
    if re.fullmatch(r"(0|[1-9][0-9]{0,8})(\.[0-9]{1,6})?", said):
        return float(said) if "." in said else int(said)
    if not said.startswith("{"):
        return said
    try:
        return json.loads(said)
    except ValueError:
        raise ImproperlyConfigured(f'{name} is no JSON object; write for example {{"track_opens": false}}.') from None


def is_public(host: str) -> bool:
    """True when strangers can be meant by `host`: not a name of this machine, nor one of a private network."""
    host = host.strip("[].").lower()
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith((".localhost", ".local", ".internal", ".test"))
