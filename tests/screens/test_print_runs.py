"""Letters to print: what waits, one button, one file."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from dunning.models import Notice, PaperLetter, PrintRun
from dunning.operations.tick import tick
from dunning.rules.words import Tone
from tests.campaigns import standard_campaign
from tests.people import at_home, owes
from tests.provider import Provider
from tests.screens.books import yesterday_noon

pytestmark = pytest.mark.usefixtures("paper")
LIST = "admin:dunning_printrun_changelist"


@pytest.fixture
def waiting(db: None, settings: Settings, provider: Provider) -> datetime:
    """Two letters wait since yesterday noon."""
    settings.DUNNING_CHANNELS = {**settings.DUNNING_CHANNELS, "post": {"class": "dunning.channels.post.PostChannel"}}
    now = yesterday_noon()
    standard_campaign(now=now, steps=[(14, Tone.FIRM)], by_post=(14,))
    for name in ("Ada Lindgren", "Bo Berg"):
        owes(at_home(name), "124.50", due=str((now - timedelta(days=15)).date()))
    tick(now=now)
    return now


def test_a_print_run_is_made_downloaded_and_marked_as_posted(waiting: datetime, collector: Client) -> None:
    page = collector.get(reverse(LIST)).content.decode()
    assert "2 letters wait to be printed" in page
    assert "United Kingdom" in page
    made = collector.post(reverse("admin:dunning_printrun_make"), follow=True).content.decode()
    run = PrintRun.objects.get()
    assert (run.state, run.letters, run.pages) == ("made", 2, 6)
    assert "12 Mill Lane" in made
    file = reverse("admin:dunning_printrun_file", args=[run.pk])
    first, again = collector.get(file), collector.get(file)
    assert first.content == again.content == bytes(run.pdf)
    assert first["Content-Type"] == "application/pdf"
    posted = reverse("admin:dunning_printrun_posted", args=[run.pk])
    form = collector.get(posted).context["form"]
    collector.post(posted, {"once": form["once"].value()})
    run.refresh_from_db()
    assert run.posted_by == collector.get(reverse(LIST)).wsgi_request.user
    assert "No letter waits" in collector.post(reverse("admin:dunning_printrun_make"), follow=True).content.decode()


def test_a_letter_is_kept_as_it_was_printed_and_linked_from_its_notice(waiting: datetime, collector: Client) -> None:
    collector.post(reverse("admin:dunning_printrun_make"))
    letter, notice = PaperLetter.objects.order_by("pk")[0], Notice.objects.order_by("pk")[0]
    file = reverse("admin:dunning_paperletter_file", args=[letter.pk])
    assert collector.get(file).content == bytes(letter.pdf)
    assert file in collector.get(reverse("admin:dunning_notice_change", args=[notice.pk])).content.decode()
