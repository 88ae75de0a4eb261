"""The settings that the demo brings, put into the environment before any are read.

Whatever the environment or `.env` say, no mail leaves, no money moves, every link leads to this machine.
"""

import gc
import os
import secrets
from argparse import ArgumentParser
from collections.abc import Sequence
from importlib import import_module
from threading import Thread

from config.demo.ports import free_port

PORT = 8000
LARGE = ("openpyxl", "stripe", "requests", "phonenumbers", "rapidfuzz")  # none of them reads settings


def take_on(arguments: Sequence[str]) -> None:
    """Live in them from now on, and all children too; `arguments` are those of `manage.py demo`."""
    options = ArgumentParser(prog="manage.py demo", add_help=False)
    options.add_argument("--port", type=int, default=PORT)
    asked, _ = options.parse_known_args(arguments)
    os.environ.update(_of_the_desk(f"http://localhost:{asked.port}") | _beside_the_desk())


def are_taken_on() -> bool:
    """True in the process that was started as the demo."""
    return os.environ.get("DEMO") == str(os.getpid())


def make_haste() -> None:
    """Until the company is built nothing is freed; and while this thread waits for a database, another one reads on."""
    gc.disable()
    Thread(target=lambda: [import_module(name) for name in LARGE]).start()


def _of_the_desk(address: str) -> dict[str, str]:
    return {
        "DEMO": str(os.getpid()),
        "EMAIL_URL": "",
        "EMAIL_BACKEND": "dunning.channels.mailbox.MailboxBackend",
        "DEFAULT_FROM_EMAIL": "Nordlicht Instruments <billing@nordlicht.example.com>",
        "BASE_URL": address,
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "DUNNING_CONNECTIONS": "1",
        "DEBUG": "false",
        "COMPANY_NAME": "Nordlicht Instruments",
        "COMPANY_ADDRESS": "Hafenweg 12, 24103 Kiel, Germany",
    }


def _beside_the_desk() -> dict[str, str]:
    """Card processor, service and the customers' app, with free ports and secrets of this start's own."""
    return {
        "PAYMENT_GATEWAY": "stripe",
        "STRIPE_ADDRESS": f"http://127.0.0.1:{free_port()}",
        "STRIPE_SECRET_KEY": f"sk_test_{secrets.token_hex(16)}",
        "STRIPE_WEBHOOK_SECRETS": f"whsec_{secrets.token_hex(16)}",
        "SERVICE_WEBHOOK_URL": f"http://127.0.0.1:{free_port()}/",
        "SERVICE_WEBHOOK_SECRET": secrets.token_hex(32),
        "IN_APP_ORIGINS": f"http://localhost:{free_port()}",
        "IN_APP_SECRET": secrets.token_hex(32),
    }
