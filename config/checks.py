"""What can only be checked with Django up: the mail backend, the queue's timing, the database's version."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import mail
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from config.environment import is_public
from dunning.channels.typesetting import why_not_ready
from dunning.webhooks import door


@register()
def mail_can_leave(**_: Any) -> list[CheckMessage]:
    """The backend exists and has the keys it needs."""
    try:
        mail.get_connection()
    except (ImproperlyConfigured, ImportError) as error:
        reason = " ".join(str(error).split())
        return [
            Error(f"EMAIL_BACKEND={settings.EMAIL_BACKEND} cannot send: {reason} Set what it asks for.", id="desk.E001")
        ]
    if "mailbox" in settings.EMAIL_BACKEND and is_public(urlsplit(settings.BASE_URL).hostname or ""):
        return [Warning("Mail stays in the mailbox; set EMAIL_URL or EMAIL_BACKEND for it to leave.", id="desk.W001")]
    return []


@register()
def mail_news_is_signed(**_: Any) -> list[CheckMessage]:
    """Whoever could tell the desk that mail came back could silence it."""
    remedy = (
        "Set ANYMAIL_WEBHOOK_SECRET=user:password (24 characters or more, in the webhook's address as "
        "https://user:password@…), or the provider's own signing key."
    )
    try:
        door("tracking")
    except ImproperlyConfigured as error:
        return [Error(f"{' '.join(str(error).split())} {remedy}", id="desk.E004")]
    secret = str(settings.ANYMAIL.get("WEBHOOK_SECRET", ""))
    if secret and (len(secret) < 24 or ":" not in secret.strip(":")):
        return [Error(f"ANYMAIL_WEBHOOK_SECRET is too weak. {remedy}", id="desk.E005")]
    return []


@register()
def payments_move_real_money(**_: Any) -> list[CheckMessage]:
    """A test key where customers come in takes nothing from anybody."""
    key: str = settings.PAYMENT_GATEWAYS.get("stripe", {}).get("options", {}).get("secret_key", "")
    if "_test_" in key and is_public(urlsplit(settings.BASE_URL).hostname or ""):
        return [
            Warning("STRIPE_SECRET_KEY is a test key: no money moves. Set the live key for real use.", id="desk.W002")
        ]
    return []


@register(deploy=True)
def visitors_are_told_apart(**_: Any) -> list[CheckMessage]:
    """Behind a proxy every customer seems to come from the same address, unless we are told of it."""
    if settings.PROXIES or not is_public(urlsplit(settings.BASE_URL).hostname or ""):
        return []
    words = "Set PROXIES to how many proxies stand in front: without it visitors behind one are not told apart."
    return [Warning(words, id="desk.W004")]


@register(deploy=True)
def letters_can_be_set(**_: Any) -> list[CheckMessage]:
    """Pango is a library of the system's; without it everything but letters by post works."""
    trouble = why_not_ready() if "post" in settings.DUNNING_CHANNELS else ""
    return [Warning(trouble, id="desk.W003")] if trouble else []


@register()
def queue_waits_longer_than_a_tick_lasts(**_: Any) -> list[CheckMessage]:
    """django-q2 hands a task out again after `retry`, so a tick must surely be over by then."""
    timing: dict[str, Any] = settings.Q_CLUSTER
    if timing["timeout"] < timing["retry"]:
        return []
    return [
        Error(
            f"Q_CLUSTER's timeout ({timing['timeout']} s) must be below its retry ({timing['retry']} s), "
            "or one tick runs twice at once.",
            id="desk.E002",
        )
    ]


@register(Tags.database)
def database_is_new_enough(databases: Sequence[str] | None, **_: Any) -> list[CheckMessage]:
    """PostgreSQL 16 is the oldest version the tests run on."""
    return [
        Error(
            f"The database is PostgreSQL {version // 10000}; use PostgreSQL 16 or newer.",
            id="desk.E003",
        )
        for version in (connections[alias].pg_version for alias in databases or [])  # type: ignore[attr-defined]
        if version < 160000
    ]
