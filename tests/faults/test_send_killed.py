"""Kill the engine at every named point of the send path, restart it, and compare our books with the provider's."""

from datetime import timedelta

import pytest
from django.db import connection
from pytest_django import Settings

from dunning.models import Notice, StepRun
from dunning.operations.tick import tick
from tests.campaigns import standard_campaign
from tests.faults.engine_process import run_tick
from tests.people import NOW, owes, reachable
from tests.provider import Provider

pytestmark = pytest.mark.django_db(transaction=True)

POINTS = ["advance.before_commit", "send.after_claim", "send.after_calling", "send.after_call", "send.after_record"]
PROVIDERS = ["Provider", "ProviderWithKeys", "ProviderWithLookUp"]


@pytest.fixture
def journal(settings: Settings, tmp_path: object, request: pytest.FixtureRequest) -> Provider:
    path = f"{tmp_path}/journal"
    entry = {"class": f"tests.provider.{request.param}", "options": {"journal": path}}
    settings.DUNNING_CHANNELS = {"email": entry}
    settings.DUNNING_CONNECTIONS = 1
    return Provider(path)


def expire_leases() -> None:
    """Let the dead worker's leases run out without waiting for them."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE dunning_notice SET lease_until = now() - interval '1 s' WHERE lease_until IS NOT NULL")


@pytest.mark.parametrize("journal", PROVIDERS, indirect=True)
@pytest.mark.parametrize("point", POINTS)
def test_killed_sender_loses_nothing_and_sends_nothing_twice(
    journal: Provider, point: str, request: pytest.FixtureRequest
) -> None:
    standard_campaign(now=NOW)
    for name in ("Ada Lindgren", "Grace Okafor", "Jun Tanaka"):
        owes(reachable(name), "10.00", due="2026-03-01")
    assert run_tick(now=NOW, crashpoint=point) == -9
    for minutes in (5, 10, 15):
        expire_leases()
        tick(now=NOW + timedelta(minutes=minutes))

    keys = [entry["key"] for entry in journal.accepted()]
    assert len(keys) == len(set(keys)), "sent twice"
    in_doubt = Notice.objects.filter(state="in_doubt")
    tells_nothing = request.node.callspec.params["journal"] == "Provider"
    if tells_nothing and point in ("send.after_calling", "send.after_call"):
        assert in_doubt.count() == 1  # shown to a person, never sent again by itself
        assert len(keys) == (2 if point == "send.after_calling" else 3)
    else:
        assert Notice.objects.filter(state="sent").count() == len(keys) == 3
        assert not in_doubt.exists()
    assert StepRun.objects.filter(outcome="done").count() == 3
