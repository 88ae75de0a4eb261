"""A process of its own that delivers events to the service, and may die on the way."""

import sys
from datetime import UTC, datetime


def main(database: str, url: str, secret: str) -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection

    settings.SERVICE_WEBHOOK_URL, settings.SERVICE_WEBHOOK_SECRET = url, secret
    connection.settings_dict["NAME"] = database
    from dunning.operations.service import deliver_events

    deliver_events(now=datetime(2026, 3, 6, 10, 0, tzinfo=UTC))


if __name__ == "__main__":
    main(*sys.argv[1:])
