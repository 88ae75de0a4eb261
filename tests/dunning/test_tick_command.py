import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from dunning.models import Case, Notice
from tests.campaigns import standard_campaign
from tests.people import NOW, owes, reachable
from tests.provider import Provider

pytestmark = pytest.mark.django_db

WRITTEN = "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables"


def test_dry_run_tells_who_would_get_what_and_why(provider: Provider, capsys: pytest.CaptureFixture[str]) -> None:
    standard_campaign(now=NOW)
    owes(reachable("Ada Lindgren"), "10.00", due="2026-03-01")

    call_command("tick", "--at", "2026-03-02T10:00Z", "--dry-run")

    [_, line, _, total] = capsys.readouterr().out.splitlines()
    assert line.startswith("Ada Lindgren (ADA-LINDGREN)")
    assert "day +1, friendly" in line and "send" in line and "2026-03-02 10:00" in line
    assert total == "1 decisions, nothing written."


def test_dry_run_writes_nothing(provider: Provider) -> None:
    standard_campaign(now=NOW)
    owes(reachable("Ada Lindgren"), "10.00", due="2026-03-01")
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN)
        before = cursor.fetchone()

        call_command("tick", "--at", "2026-03-02T10:00Z", "--dry-run")

        cursor.execute(WRITTEN)
        assert cursor.fetchone() == before
    assert not Case.objects.exists()
    assert provider.accepted() == []


def test_tick_by_hand_takes_one_turn_at_the_time_given(provider: Provider, capsys: pytest.CaptureFixture[str]) -> None:
    standard_campaign(now=NOW)
    owes(reachable("Ada Lindgren"), "10.00", due="2026-03-01")

    call_command("tick", "--at", "2026-03-02T10:00")

    assert "1 opened" in capsys.readouterr().out
    assert Notice.objects.get().finished_at == NOW


def test_tick_refuses_a_time_that_is_none() -> None:
    with pytest.raises(CommandError, match="write for example 2026-03-01T09:00Z"):
        call_command("tick", "--at", "yesterday")
