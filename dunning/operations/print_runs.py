"""Printing what waits for the post: looked at again, written, kept, and put together into one file for the printer.

A letter is in one run or in none, whatever is killed and whoever presses twice: a run that was begun is gone on with.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from io import BytesIO

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from customers.deadline import NO_DEADLINE, Deadline
from dunning.channels.typesetting import typeset, why_not_ready
from dunning.models import PaperLetter, PrintRun
from dunning.operations.deliver import deliver_by_post
from dunning.queries.post import letters_waiting
from dunning.rules.cover_list import Listed, cover_list
from dunning.rules.letter import sheet_for

MOST_LETTERS = 200  # a run that a person can fold, and a printer hold
AT_A_TIME = 20  # a lease lasts longer than setting these
STALLED_AFTER = timedelta(minutes=3)
State = PrintRun.State


class PrintRefusal(ValueError):
    """No run can be made or changed so; the message says why and what to do."""


def ask(*, now: datetime, by: User | None) -> PrintRun:
    """Begin a run. Raises PrintRefusal when nothing waits, when one is being made, or where letters cannot be set."""
    if trouble := why_not_ready():
        raise PrintRefusal(trouble)
    if not (letters_waiting(now=now) or PaperLetter.objects.filter(run=None).exists()):
        raise PrintRefusal("No letter waits to be printed.")
    try:
        with transaction.atomic():
            return PrintRun.objects.create(asked_at=now, asked_by=by, seen_at=now)
    except IntegrityError:
        raise PrintRefusal("A print run is being made already: open it below.") from None


def carry_out(run: PrintRun, *, now: datetime, deadline: Deadline = NO_DEADLINE) -> None:
    """Write the letters that may still go, and put them together. Called again after a kill, it goes on.

    What the deadline cuts off waits for the next run.
    """
    mine = PrintRun.objects.filter(pk=run.pk, state=State.MAKING)
    written = 0
    while written < MOST_LETTERS and not deadline.is_over:
        counts = deliver_by_post(most=min(AT_A_TIME, MOST_LETTERS - written), now=now, deadline=deadline)
        if not counts.total():
            break
        written += counts["sent"]
        if not mine.update(seen_at=now, letters=written):
            return
    _bind(run, now)


def go_on(*, now: datetime, deadline: Deadline = NO_DEADLINE) -> None:
    """Go on with a run whose worker was stopped."""
    for run in PrintRun.objects.filter(state=State.MAKING, seen_at__lt=now - STALLED_AFTER).defer("pdf"):
        carry_out(run, now=now, deadline=deadline)


def mark_posted(run: PrintRun, *, now: datetime, by: User | None) -> None:
    """Say that it lies in the letter box. Raises PrintRefusal when it is not made, or was marked before."""
    if not PrintRun.objects.filter(pk=run.pk, state=State.MADE, posted_at=None).update(posted_at=now, posted_by=by):
        raise PrintRefusal("Only a run that is made and not yet posted can be marked as posted.")


@transaction.atomic
def _bind(run: PrintRun, now: datetime) -> None:
    """Give every letter that was written its place, and the run its file."""
    held = PrintRun.objects.select_for_update().defer("pdf").get(pk=run.pk)
    if held.state != State.MAKING:
        return
    letters = list(PaperLetter.objects.select_for_update().filter(run=None).order_by("country", "pk"))
    for place, letter in enumerate(letters, start=1):
        letter.run, letter.place = held, place
    PaperLetter.objects.bulk_update(letters, ["run", "place"])
    pdf, pages = _file(held, letters) if letters else (b"", 0)
    PrintRun.objects.filter(pk=held.pk).update(
        state=State.MADE,
        made_at=now,
        letters=len(letters),
        pages=pages,
        pdf=pdf,
        sha256=hashlib.sha256(pdf).hexdigest() if pdf else "",
    )


def _file(run: PrintRun, letters: Sequence[PaperLetter]) -> tuple[bytes, int]:
    """The cover list and then the letters as they are kept. A blank back follows an odd last page."""
    from pypdf import PdfReader, PdfWriter  # large: only who prints waits for it

    who = run.asked_by.get_username() if run.asked_by else "the desk"
    made = f"Asked for on {run.asked_at:%-d %B %Y at %H:%M} UTC by {who}."
    cover = cover_list(str(run), made, _listed(letters), paper=sheet_for(settings.COMPANY_COUNTRY).size)
    writer = PdfWriter()
    for document in (typeset(cover).pdf, *(bytes(letter.pdf) for letter in letters)):
        writer.append(PdfReader(BytesIO(document)), import_outline=False)
        if len(writer.pages) % 2:
            writer.add_blank_page()
    file = BytesIO()
    writer.write(file)
    return file.getvalue(), len(writer.pages)


def _listed(letters: Sequence[PaperLetter]) -> list[Listed]:
    return [
        Listed(
            place,
            int(letter.key.rpartition("-")[2]),
            letter.customer_number,
            letter.address_line,
            letter.pages,
            letter.enclosure,
        )
        for place, letter in enumerate(letters, start=1)
    ]
