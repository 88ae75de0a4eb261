"""Every customer's behaviour profile, recounted now; by night the engine recounts those with new facts by itself."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from customers.ready import refuse_unready_database
from dunning.operations import profiles


class Command(BaseCommand):
    help = "Recounts the behaviour profile of every customer from the facts."

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_unready_database()
        profiles.mark_everybody()
        recounted = profiles.refresh(now=timezone.now())
        self.stdout.write(f"{recounted:,} profiles recounted.")
