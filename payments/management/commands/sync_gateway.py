"""Read a gateway's customers, invoices, charges and returns, take in what is new. docs/stripe-billing.md says how."""

import argparse
import sys
from datetime import datetime
from typing import Any, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from customers.ready import refuse_unready_database
from payments.gateways import gateway, owns_retries
from payments.models import SyncFinding, SyncRun
from payments.operations.sync import sync

ALL_IN, SOME_REFUSED, NO_ANSWER = 0, 1, 2
COUNTS = ("new", "changed", "unchanged", "refused")


class Command(BaseCommand):
    help = (
        "Take in what a gateway keeps. Exit status: 0 all in, 1 something was refused, 2 no answer or no such gateway."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "alias", nargs="?", help="a gateway of PAYMENT_GATEWAYS; all that keep invoices if not given"
        )
        parser.add_argument("--since", type=_time, help="what was created since then (ISO 8601)")
        parser.add_argument("--all", action="store_true", help="everything there ever was")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_unready_database()
        runs = [self._sync(alias, options) for alias in self._aliases(options["alias"])]
        sys.exit(SOME_REFUSED if any(run.refused for run in runs) else ALL_IN)

    def _aliases(self, asked: str | None) -> list[str]:
        keeping = [alias for alias in settings.PAYMENT_GATEWAYS if gateway(alias).accounts()]
        if asked and asked not in keeping:
            self._refuse(
                f"Gateway {asked} keeps no customers and invoices. Those that do: {', '.join(keeping) or 'none'}."
            )
        if not keeping:
            self._refuse(
                "No gateway of PAYMENT_GATEWAYS keeps customers and invoices; Stripe does (STRIPE_SECRET_KEY)."
            )
        return [asked] if asked else keeping

    def _sync(self, alias: str, options: dict[str, Any]) -> SyncRun:
        try:
            run = sync(
                alias,
                now=timezone.now(),
                since=options["since"],
                everything=options["all"],
                is_rehearsal=options["dry_run"],
                progress=self._tell_progress,
            )
        except Exception as error:
            self._refuse(f"Gateway {alias} gave no answer ({type(error).__name__}: {error}). Call again to go on.")
        self.stdout.write(" ".join([f"gateway={alias}", *(f"{name}={getattr(run, name)}" for name in COUNTS)]))
        self.stdout.write(f"retries={'gateway' if owns_retries(alias) else 'ours'}")
        for finding in SyncFinding.objects.filter(gateway=alias).order_by("pk"):
            kind = "refused" if finding.is_refused else "warning"
            said = (
                f"{finding.external_id}, {finding.field} “{finding.value}” {finding.problem}. {finding.remedy} ({kind})"
            )
            self.stderr.write(said)
        return run

    def _tell_progress(self, run: SyncRun) -> None:
        counts = ", ".join(f"{getattr(run, name)} {name}" for name in COUNTS)
        self.stderr.write(f"{run.gateway}: {run.get_stage_display()}; {counts}")

    def _refuse(self, why: str) -> NoReturn:
        self.stderr.write(why)
        sys.exit(NO_ANSWER)


def _time(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else timezone.make_aware(found)
