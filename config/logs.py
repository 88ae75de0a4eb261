"""Log lines for machines and people; a customer's personal link never appears in one."""

import logging
import re

PERSONAL_LINK = re.compile(r"/p/(?:app/|unsubscribe/)?[^/\s]+")


class HidePersonalLinks(logging.Filter):
    """Cuts the token out of every path of the customer's page."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if "/p/" in message:
            record.msg, record.args = PERSONAL_LINK.sub("/p/…", message), None
        return True


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"hide_personal_links": {"()": "config.logs.HidePersonalLinks"}},
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["hide_personal_links"]},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        **dict.fromkeys(("config", "customers", "payments", "dunning"), {"level": "INFO"}),
        # Both bring console handlers of their own, which know nothing of the filter.
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "django-q": {"handlers": [], "level": "WARNING", "propagate": True},
    },
}
