"""The whole product on one's own machine: a company with a past, its desk, and a customer's page."""

from argparse import ArgumentParser
from os import environ
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config import schedule, start
from config.demo import app, building, folder, processor, service, staff, surroundings
from config.supervisor import Supervisor, children_environment


class Command(BaseCommand):
    help = "Builds a demo company in the data folder (once), starts everything, and prints where to look."
    requires_system_checks: list[str] = []  # the demo brings its own mail settings

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=surroundings.PORT, help="default: %(default)s")
        parser.add_argument("--fresh", action="store_true", help="throw the demo company away and build a new one")

    def handle(self, *args: Any, port: int, fresh: bool, **options: Any) -> None:
        if not surroundings.are_taken_on():
            raise CommandError("Start the demo as `manage.py demo`: it brings its own mail and payment settings.")
        if not settings.ON_A_LAPTOP:
            raise CommandError("The demo brings its own database; start it without DATABASE_URL (look into .env too).")
        bind = f"127.0.0.1:{port}"
        start.refuse_taken_port(bind)
        beside = {
            "card processor": processor.command(environ, f"http://{bind}", settings.DATA_DIR),
            "service": service.command(environ),
            "customers' app": app.command(environ, settings.BASE_URL, settings.DATA_DIR),
        }
        with folder.locked(settings.DATA_DIR), (settings.DATA_DIR / "demo.log").open("a") as log:
            supervisor = Supervisor(bind, environment=children_environment(), log=log, beside=beside)
            supervisor.run(self.tell, first=lambda: self.prepare(fresh=fresh))
        self.stdout.write("Stopped.")

    def prepare(self, *, fresh: bool) -> None:
        """Ctrl-C in between leaves a half-built company, which the next start builds anew."""
        if fresh or not folder.read(settings.DATA_DIR):
            self.stdout.write("Building the demo company: 300 customers, 1,200 invoices, 120 days …")
            self.stdout.flush()
        try:
            building.build(settings.DATA_DIR, fresh=fresh)
        except KeyboardInterrupt:
            raise CommandError("Stopped before the company was built.") from None
        schedule.ensure_rings(now=timezone.now())

    def tell(self) -> None:
        promise = folder.read(settings.DATA_DIR)
        assert promise
        lines = [
            "",
            f"  The desk      {settings.BASE_URL}/desk/",
            *(f"                {name:<10} {promise.password}" for name in (*staff.ROLES, staff.ADMIN)),
            f"  The mailbox   {settings.BASE_URL}/desk/dunning/mailboxmessage/  (no mail leaves this machine)",
            f"  One customer  {promise.link}",
            f"                {promise.customer}",
            f"  Their app     {settings.IN_APP_ORIGINS[0]}/  (shows what the desk says there)",
            "",
            f"  Ctrl-C stops everything. Log: {settings.DATA_DIR / 'demo.log'}",
        ]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()
