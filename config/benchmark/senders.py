"""The senders that case 3 compares, each run as a process of its own: `python -m config.benchmark.senders NAME …`.

Each prints the moments (system-wide monotonic clock) at which it began and ended its work.
"""

import os
import smtplib
import sys
import time
from collections.abc import Callable
from datetime import datetime


def raw(port: str, count: str) -> None:
    """The limit: the same ready message, one connection, nothing recorded."""
    message = ("Subject: x\r\n\r\n" + ("x" * 70 + "\r\n") * 120).encode()
    with smtplib.SMTP("127.0.0.1", int(port)) as connection:
        for number in range(int(count)):
            connection.sendmail("a@example.com", [f"c{number}@example.com"], message)


def ours(now: str) -> None:
    """The engine's own path: claim, look again, mark, send, record."""
    from dunning.operations.tick import tick

    tick(now=datetime.fromisoformat(now))


def naive(notice_id: int) -> None:
    """What one django-q2 task per mail does: load, render, open a connection, send, save."""
    from django.core.mail import EmailMultiAlternatives, get_connection
    from django.template import Context, Template

    from dunning.models import Notice

    notice = Notice.objects.select_related("customer", "contact", "case", "step").get(pk=notice_id)
    invoices = [i for i in notice.customer.invoices.order_by("due_on") if i.balance > 0]
    if not invoices or notice.state != "queued":
        return
    context = Context({"customer": notice.customer, "invoices": invoices})
    body = Template(NAIVE_TEXT).render(context)
    message = EmailMultiAlternatives("A reminder", body, "a@example.com", [notice.contact.email])
    message.attach_alternative(Template(NAIVE_HTML).render(context), "text/html")
    message.connection = get_connection()
    message.send()
    notice.state, notice.body = "sent", body
    notice.save()


NAIVE_TEXT = (
    "Hello {{ customer.name }},{% for i in invoices %}\n{{ i.number }} {{ i.balance }} {{ i.due_on }}{% endfor %}"
)
NAIVE_HTML = (
    "<html><body><p>Hello {{ customer.name }},</p><table>{% for i in invoices %}<tr><td>{{ i.number }}</td>"
    "<td>{{ i.balance }}</td><td>{{ i.due_on }}</td></tr>{% endfor %}</table>" + "<p>Please pay soon.</p>" * 200
)


def _start() -> None:
    """As a worker that already runs; the cluster's start is not counted either."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    import dunning.operations.tick  # noqa: F401


def _main(sender: Callable[..., None], *arguments: str) -> None:
    if sender is not raw:
        _start()
    began = time.monotonic()
    sender(*arguments)
    print(began, time.monotonic(), flush=True)  # noqa: T201 - the parent reads both


if __name__ == "__main__":
    _main(raw if sys.argv[1] == "raw" else ours, *sys.argv[2:])
