"""The desk for real use: web server, cluster and watchdog in one command."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from config import schedule, start
from config.supervisor import Supervisor, children_environment
from customers.ready import refuse_unready_database
from dunning.models import Campaign
from dunning.operations import default_campaign


class Command(BaseCommand):
    help = "Runs web server, worker cluster and watchdog until SIGTERM or Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--bind", default="127.0.0.1:8000", metavar="HOST:PORT", help="default: 127.0.0.1:8000")

    def handle(self, *args: Any, bind: str, **options: Any) -> None:
        start.refuse_taken_port(bind)
        refuse_unready_database()
        self.check(databases=["default"])
        now = timezone.now()
        schedule.ensure_rings(now=now)
        if not Campaign.objects.exists():
            default_campaign.ensure(now=now)
        up = f"The desk is up: {settings.BASE_URL}/desk/ (listening on {bind})"
        Supervisor(bind, environment=children_environment()).run(lambda: self.stdout.write(up))
