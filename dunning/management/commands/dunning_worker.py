"""The engine in a plain loop, without django-q2: an equal of the cluster, for a machine that needs no queue."""

import faulthandler
import logging
import signal
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections

from customers.ready import refuse_unready_database
from customers.tasks import take_imports
from dunning.tasks import figures, look_ahead, turn
from payments.tasks import match_bank_lines

logger = logging.getLogger(__name__)

# A turn begins nothing new after TURN_SECONDS. One that takes far longer hangs: the process says where and ends, and
# the service manager starts it again. (An import takes as long as its file needs.)
HANGS_AFTER = 120.0
FIGURES_SECONDS = 30.0


class Command(BaseCommand):
    help = "Takes a turn of the engine every minute until told to stop (SIGTERM or Ctrl-C)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--every", type=float, default=60, metavar="SECONDS", help="default: 60")

    def handle(self, *args: Any, every: float, **options: Any) -> None:
        if every <= 0:
            raise CommandError("--every needs a number of seconds above 0.")
        refuse_unready_database()
        self.check(databases=["default"])
        self.stopping = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        while not self.stopping:
            started = time.monotonic()
            close_old_connections()
            is_unfinished = take_turns()
            while not (self.stopping or is_unfinished) and time.monotonic() < started + every:
                time.sleep(min(0.2, every))

    def stop(self, *signal_and_frame: Any) -> None:
        """The turn that is under way ends first: a notice is never left half sent."""
        self.stopping = True


def watched_turn() -> bool:
    """One turn of the engine under a watch that ends this process when it hangs."""
    faulthandler.dump_traceback_later(HANGS_AFTER, exit=True)
    try:
        return turn()
    finally:
        faulthandler.cancel_dump_traceback_later()


def brief_figures() -> None:
    """Reports and the weekly mail; what takes long goes on after the next turn of the engine."""
    figures(seconds=FIGURES_SECONDS)


def take_turns() -> bool:
    """What the cluster is rung for; True when the engine left something to do.

    An error leaves no sign of life, is told in the log, and does not end the loop.
    """
    is_unfinished = False
    for ring in (match_bank_lines, watched_turn, brief_figures, look_ahead, take_imports):
        try:
            is_unfinished |= bool(ring())
        except Exception:
            logger.exception("%s failed; the next turn tries again.", ring.__name__)
    return is_unfinished
