"""The whole product on one's own machine: a company with a past, its desk, and a customer's page."""

import subprocess
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config import schedule, start
from config.demo import app, folder, processor, service, staff
from config.supervisor import Supervisor, children_environment

MAILBOX = "dunning.channels.mailbox.MailboxBackend"
BACKDATED = "config.demo.mailbox.BackdatedMailbox"


class Command(BaseCommand):
    help = "Builds a demo company in the data folder (once), starts everything, and prints where to look."
    requires_system_checks: list[str] = []  # the demo brings its own mail settings

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="default: 8000")
        parser.add_argument("--fresh", action="store_true", help="throw the demo company away and build a new one")

    def handle(self, *args: Any, port: int, fresh: bool, **options: Any) -> None:
        if not settings.ON_A_LAPTOP:
            raise CommandError("The demo brings its own database; start it without DATABASE_URL (look into .env too).")
        bind = f"127.0.0.1:{port}"
        start.refuse_taken_port(bind)
        address = f"http://localhost:{port}"
        around = {**processor.surroundings(), **service.surroundings(), **app.surroundings()}
        environment = demo_environment(address, around)
        beside = {
            "card processor": processor.command(around, f"http://{bind}", settings.DATA_DIR),
            "service": service.command(around),
            "customers' app": app.command(around, address, settings.DATA_DIR),
        }
        with folder.locked(settings.DATA_DIR), (settings.DATA_DIR / "demo.log").open("a") as log:
            supervisor = Supervisor(bind, environment=environment, log=log, beside=beside)
            supervisor.run(lambda: self.tell(address, around), first=lambda: self.prepare(environment, fresh=fresh))
        self.stdout.write("Stopped.")

    def prepare(self, environment: dict[str, str], *, fresh: bool) -> None:
        self.build(environment, fresh=fresh)
        schedule.ensure_rings(now=timezone.now())

    def build(self, environment: dict[str, str], *, fresh: bool) -> None:
        """Ctrl-C in between leaves a half-built company, which the next start builds anew."""
        if fresh or not folder.read(settings.DATA_DIR):
            self.stdout.write("Building the demo company: 300 customers, 1,200 invoices, 120 days …")
            self.stdout.flush()
        command = [sys.executable, "-m", "config.demo", *(["--fresh"] if fresh else [])]
        try:
            built = subprocess.run(command, cwd=settings.BASE_DIR, env={**environment, "EMAIL_BACKEND": BACKDATED})
        except KeyboardInterrupt:
            raise CommandError("Stopped before the company was built.") from None
        if built.returncode:
            sys.exit(built.returncode)

    def tell(self, address: str, around: dict[str, str]) -> None:
        promise = folder.read(settings.DATA_DIR)
        assert promise
        lines = [
            "",
            f"  The desk      {address}/desk/",
            *(f"                {name:<10} {promise.password}" for name in (*staff.ROLES, staff.ADMIN)),
            f"  The mailbox   {address}/desk/dunning/mailboxmessage/  (no mail leaves this machine)",
            f"  One customer  {promise.link}",
            f"                {promise.customer}",
            f"  Their app     {around['IN_APP_ORIGINS']}/  (shows what the desk says there)",
            "",
            f"  Ctrl-C stops everything. Log: {settings.DATA_DIR / 'demo.log'}",
        ]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()


def demo_environment(address: str, around: dict[str, str]) -> dict[str, str]:
    """Whatever the environment or `.env` say, no mail leaves, no money moves, every link leads to this machine.

    `around`: what the desk must know of the card processor, of the service and of the app beside it.
    """
    return children_environment(
        EMAIL_URL="",
        EMAIL_BACKEND=MAILBOX,
        DEFAULT_FROM_EMAIL="Nordlicht Instruments <billing@nordlicht.example.com>",
        BASE_URL=address,
        ALLOWED_HOSTS="localhost,127.0.0.1",
        DUNNING_CONNECTIONS="1",
        DEBUG="false",
        COMPANY_NAME="Nordlicht Instruments",
        COMPANY_ADDRESS="Hafenweg 12, 24103 Kiel, Germany",
        **around,
    )
