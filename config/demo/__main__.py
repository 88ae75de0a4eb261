"""Gets the demo's database ready: tables, company, history, one customer's link. Started by `manage.py demo`.

A process of its own, so that everything in it is under the demo's settings: the mailbox, and nothing but the mailbox.
"""

import gc
import signal
import sys
from pathlib import Path

import django
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone


def build(data: Path, *, fresh: bool) -> None:
    """Make the demo in the folder `data` ready to be shown. Raises CommandError for a desk that is not a demo's."""
    from config.demo import company, folder

    promise = folder.read(data)
    if promise is None and company.exists():
        raise CommandError(f"{data} holds a desk that is not the demo's; set DATA_DIR to another folder.")
    folder.write(data, promise or folder.Promise())
    if promise is None or fresh or not promise.is_built:
        wipe()
        promise = None
    call_command("migrate", verbosity=0)
    password = promise.password if promise else company.build(now=timezone.now())
    customer, link = company.link_to_show(now=timezone.now())
    in_app = company.with_notices_in_the_app(now=timezone.now())
    folder.write(data, folder.Promise(is_built=True, password=password, customer=customer, link=link, in_app=in_app))


def wipe() -> None:
    """Drop everything the demo has made; the processor empties its books itself."""
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a Ctrl-C ends it without a word; the parent has one to say
    gc.disable()  # the process ends soon: not worth looking for what could be freed
    django.setup()
    try:
        build(settings.DATA_DIR, fresh="--fresh" in sys.argv)
    except CommandError as refusal:
        sys.exit(f"CommandError: {refusal}")
