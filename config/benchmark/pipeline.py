"""The whole way of a file in one process: `python -m config.benchmark.pipeline FILE NOW` prints seconds and peak MB."""

import os
import resource
import sys
import time
from datetime import datetime
from pathlib import Path

from dunning.channels.base import Channel, Message, Receipt


class Nowhere(Channel):
    """Takes every message and keeps none."""

    def send(self, message: Message) -> Receipt:
        return Receipt(message.key)


def _main(path: str, now: datetime) -> None:
    import django
    from django.conf import settings

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    settings.DUNNING_CHANNELS = {"email": {"class": "config.benchmark.pipeline.Nowhere"}}
    from config.benchmark.importing import take_in
    from dunning.operations import default_campaign
    from dunning.operations.tick import tick

    default_campaign.ensure(now=now)
    began = time.perf_counter()
    take_in(Path(path), now=now)
    tick(now=now)
    seconds = time.perf_counter() - began
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)  # noqa: T201 - the parent reads both


if __name__ == "__main__":
    _main(sys.argv[1], datetime.fromisoformat(sys.argv[2]))
