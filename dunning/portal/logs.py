"""Keeping links out of the logs: whoever reads "Not Found: /p/…" must not be able to open the page."""

import logging
import re

LOGGERS = ("django.request", "django.security.csrf", "django.server", "gunicorn.access")
TOKEN = re.compile(r"/p/[^/\s?\"]+")


class HideLinkTokens(logging.Filter):
    """Blots out the token in every message that names a page of the portal, and lets go of its request."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if TOKEN.search(message):
            record.msg, record.args = TOKEN.sub("/p/…", message).replace("%", "%%"), ()
            if hasattr(record, "request"):  # error mails would print its address
                del record.request
        return True


def hide_link_tokens() -> None:
    """Put the filter before every logger that writes down addresses."""
    for name in LOGGERS:
        logging.getLogger(name).addFilter(HideLinkTokens())
