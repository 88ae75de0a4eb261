"""The scheduler's door: it rings, the engine takes one turn, and a sign of life is left."""

import logging

from django.utils import timezone
from django_q.tasks import async_task

from customers.deadline import Deadline
from dunning.models import PrintRun, Rehearsal
from dunning.operations import (
    heartbeat,
    predictions,
    print_runs,
    rehearsals,
    reports_to_make,
    suggestions,
    weekly_mails,
)
from dunning.operations import tick as engine

logger = logging.getLogger(__name__)

PRINT_SECONDS = 300
FIGURES_SECONDS = 240  # django-q2 ends the task after 540 s, and a statement of four minutes may be under way
TURN_SECONDS = 18  # a mail server may take 30 s for the call under way then, and django-q2 ends a task after 50 s


def tick() -> None:
    """django-q2's ring. A long day's work is done in turns that follow each other at once."""
    if turn():
        async_task("dunning.tasks.tick")


def turn() -> bool:
    """One turn of the engine, now; True when it left something to do.

    Ringing twice, or from several machines at once, does no harm.
    """
    report = engine.tick(now=timezone.now(), seconds=TURN_SECONDS)
    heartbeat.beat(now=timezone.now())
    logger.info("tick: %s", report)
    return report.is_unfinished


def figures(seconds: float = FIGURES_SECONDS) -> None:
    """Work out reports that were asked for and those of the day that is over; send the weekly mail when it is time.

    Mostly there is nothing to do.
    """
    reports_to_make.prepare(now=timezone.now(), clock=timezone.now, deadline=Deadline(seconds))
    if reports_to_make.is_prepared(timezone.now()):
        weekly_mails.write_down(now=timezone.now())
    weekly_mails.send(now=timezone.now())


def print_letters(pk: int) -> None:
    """Make a print run that somebody asked for; one that is made by now is left alone."""
    if asked := PrintRun.objects.filter(pk=pk, state=PrintRun.State.MAKING).first():
        print_runs.carry_out(asked, now=timezone.now(), deadline=Deadline(PRINT_SECONDS))


def look_ahead() -> None:
    """Once a night: when open invoices are expected to be paid; once a month: what could be done better.

    Whatever ring comes after that does nothing.
    """
    if made := predictions.predict(now=timezone.now()):
        logger.info("%s: %s", made, made.says)
    suggestions.suggest(now=timezone.now())


def rehearse(pk: int) -> None:
    """Work out a rehearsal that somebody asked for. One that is gone or begun by now is left alone."""
    if asked := Rehearsal.objects.filter(pk=pk).first():
        rehearsals.carry_out(asked, now=asked.asked_at, clock=timezone.now)
