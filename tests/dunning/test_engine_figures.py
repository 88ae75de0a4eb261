import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from dunning.models import Case
from dunning.operations.heartbeat import beat
from dunning.operations.tick import tick
from dunning.queries.engine import engine_figures
from tests.campaigns import standard_campaign
from tests.people import NOW, owes, reachable
from tests.provider import Provider

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("customers", [1, 3])
def test_figures_count_what_is_there_in_two_queries(
    customers: int, provider: Provider, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    standard_campaign(now=NOW)
    for name in ("Ada Lindgren", "Grace Okafor", "Noor Haddad")[:customers]:
        owes(reachable(name), "10.00", due="2026-03-01")
    tick(now=NOW)
    beat(now=NOW)
    Case.objects.filter(customer__name="Ada Lindgren").update(next_action_at=NOW, attention="parked")

    with django_assert_num_queries(2):
        figures = engine_figures(now=NOW + timedelta(seconds=90))

    assert (figures.tick_age, figures.sent_today, figures.due, figures.parked) == (90, customers, 1, 1)
    assert (figures.queued, figures.in_doubt, figures.refused) == (0, 0, 0)
    assert engine_figures(now=NOW + timedelta(days=1)).sent_today == 0


def test_health_is_red_before_the_first_tick_and_after_three_minutes_without_one(client: Client) -> None:
    now = timezone.now()
    assert client.get("/health/").status_code == 503

    beat(now=now - timedelta(seconds=170))
    assert client.get("/health/").status_code == 200

    beat(now=now - timedelta(seconds=190))
    late = client.get("/health/")
    assert (late.status_code, late.content) == (503, b"late\n")


def test_engine_status_exits_with_one_when_red(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="1"):
        call_command("engine_status")
    assert json.loads(capsys.readouterr().out)["health"] == "late"

    beat(now=timezone.now())
    call_command("engine_status")
    assert json.loads(capsys.readouterr().out)["health"] == "ok"


def test_metrics_are_told_to_the_holder_of_the_key_only(client: Client, settings: Settings) -> None:
    beat(now=timezone.now())
    assert client.get("/metrics/").status_code == 404

    settings.METRICS_KEY = "a key for the test"
    assert client.get("/metrics/").status_code == 401
    assert client.get("/metrics/", headers={"Authorization": "Bearer another key"}).status_code == 401

    told = client.get("/metrics/", headers={"Authorization": "Bearer a key for the test"})
    names = {line.split()[0] for line in told.content.decode().splitlines() if not line.startswith("#")}
    figures = {"due", "queued", "proposed", "sent_today", "in_doubt", "refused", "parked", "tick_age_seconds"}
    assert (told.status_code, names) == (200, {f"dunning_{name}" for name in figures})
