"""The engine's figures as JSON, for scripts: exit status 1 when the engine has stopped ticking."""

import json
import sys
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from customers.ready import refuse_unready_database
from dunning.queries.engine import engine_figures, is_late


class Command(BaseCommand):
    help = "Prints how the engine is doing, as JSON; exit status 1 when no tick ended lately."

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_unready_database()
        figures = engine_figures(now=timezone.now())
        late = is_late(figures.tick_age, after=settings.TICK_LATE_AFTER)
        self.stdout.write(json.dumps({"health": "late" if late else "ok", **asdict(figures)}))
        if late:
            sys.exit(1)
