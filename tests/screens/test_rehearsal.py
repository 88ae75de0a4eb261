"""The screens of rehearsals: asked for, watched, compared, searched, downloaded; nothing is sent by them."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer
from dunning import tasks
from dunning.admin import rehearsal as screen
from dunning.models import Campaign, Notice, Rehearsal
from dunning.operations.campaigns import draft_of
from dunning.operations.tick import tick
from tests.campaigns import standard_campaign
from tests.people import owes, reachable
from tests.provider import Provider

ASK = "/desk/dunning/rehearsal/ask/"


@pytest.fixture
def people(collector: Client) -> list[Customer]:
    """Three customers who are late or will be, and a draft whose second letter comes earlier."""
    now = timezone.now()
    standard_campaign(now=now)
    found = [reachable(name, time_zone="UTC") for name in ("Ada Lindgren", "Grace Okafor", "Zoe =Ash")]
    for place, customer in enumerate(found):
        owes(customer, "120.00", due=str(now.date() + timedelta(days=4 * place)))
    draft = draft_of(Campaign.objects.get(), now=now)
    draft.steps.filter(offset_days=7).update(offset_days=5)
    return found


def ask(client: Client, **told: object) -> Rehearsal:
    today = timezone.now().date()
    answer = client.post(ASK, {"first_on": str(today), "days": "30", "charges": "fail", **told})
    assert answer.status_code == 302, answer.context["form"].errors
    return Rehearsal.objects.latest("pk")


def page(client: Client, rehearsal: Rehearsal, **query: str) -> str:
    answer = client.get(reverse("admin:dunning_rehearsal_change", args=[rehearsal.pk]), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_small_rehearsal_is_there_at_once_with_totals_before_customers(
    collector: Client, people: list[Customer]
) -> None:
    done = ask(collector)
    assert done.state == "done"
    shown = page(collector, done)
    assert "Nothing was sent" in shown
    assert shown.index("Day by day") < shown.index("Customer by customer") < shown.index("Ada Lindgren")
    assert not Notice.objects.exists()


def test_a_draft_stands_beside_todays_strategy(collector: Client, people: list[Customer]) -> None:
    draft = Campaign.objects.get().versions.get(published_at=None)
    done = ask(collector, version=draft.pk)
    assert done.changed == 3
    shown = page(collector, done)
    assert "today&#x27;s strategy: " in shown
    assert "clear reminder (day +5) by e-mail" in shown and "clear reminder (day +7) by e-mail" in shown
    assert "Ada Lindgren" in page(collector, done, only="changed")


def test_customers_are_found_and_paged(
    collector: Client, people: list[Customer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screen, "SHOWN", 2)
    done = ask(collector)
    assert "Page 1 of 2" in page(collector, done)
    assert "Zoe" in page(collector, done, page="2")
    found = page(collector, done, q="Grace")
    assert "Grace Okafor" in found and "Ada Lindgren" not in found
    assert "Nobody is found." in page(collector, done, q="Nobody")


def test_all_events_are_downloaded_and_no_cell_is_run_by_a_spreadsheet(
    collector: Client, people: list[Customer]
) -> None:
    done = ask(collector)
    answer = collector.get(reverse("admin:dunning_rehearsal_csv", args=[done.pk]))
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert lines[0].startswith("strategy,customer_number,customer_name,day,kind")
    assert any("letter" in line and "120.0000 EUR" in line for line in lines)


def test_a_large_one_is_left_to_the_worker_and_its_page_looks_again(
    collector: Client, people: list[Customer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screen, "SMALL", 1)
    waiting = ask(collector)
    assert waiting.state == "waiting"
    assert 'http-equiv="refresh"' in page(collector, waiting)
    tasks.rehearse(waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.looked_at) == ("done", 3)
    assert 'http-equiv="refresh"' not in page(collector, waiting)


def test_one_whose_worker_died_says_so(collector: Client, people: list[Customer]) -> None:
    done = ask(collector)
    Rehearsal.objects.update(state="running", seen_at=timezone.now() - timedelta(minutes=6))
    shown = page(collector, done)
    assert "stopped before its end" in shown and 'http-equiv="refresh"' not in shown


def test_the_calendar_is_worked_out_by_a_press_and_not_by_looking(collector: Client, people: list[Customer]) -> None:
    url = reverse("admin:dunning_rehearsal_calendar")
    assert "Work it out" in collector.get(url).content.decode()
    assert not Rehearsal.objects.exists()
    collector.post(url)
    shown = collector.get(url).content.decode()
    assert "desk-calendar" in shown and "letter" in shown and "Work it out again" in shown
    assert url in collector.get("/desk/").content.decode()


def test_an_auditor_looks_and_asks_nothing(auditor: Client, collector: Client, people: list[Customer]) -> None:
    done = ask(collector)
    assert "Rehearse again" not in page(auditor, done)
    assert auditor.get(ASK).status_code == auditor.post(ASK).status_code == 403
    assert auditor.post(reverse("admin:dunning_rehearsal_calendar")).status_code == 403


def test_days_that_have_passed_are_refused_in_words(collector: Client, people: list[Customer]) -> None:
    answer = collector.post(ASK, {"first_on": "2020-01-01", "days": "3", "charges": "fail"})
    assert "has passed" in answer.content.decode()


def test_the_case_page_says_why(collector: Client, people: list[Customer], provider: Provider) -> None:
    tick(now=timezone.now())
    case = people[0].cases.get()
    shown = collector.get(reverse("admin:dunning_case_change", args=[case.pk])).content.decode()
    assert "Two sentences for the phone" in shown
    assert "The rules and facts behind it" in shown
    assert "Did not apply" in shown
    assert User.objects.count() == 1
