"""The plain loop is an equal of the cluster: same turn, same result, same sign of life, a graceful end."""

import json
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django_q.models import Schedule

from config.schedule import ensure_rings
from customers.models import ImportRun, Invoice
from customers.operations import imports
from customers.rules.import_layout import Choices
from dunning.management.commands import dunning_worker
from dunning.models import Case, EngineState, Notice, StepRun
from tests.campaigns import standard_campaign
from tests.people import NOW, owes, reachable
from tests.processes import RunningDesk, bare_environment, eventually, manage
from tests.provider import Provider


@pytest.mark.django_db
def test_worker_and_cluster_turn_the_engine_alike(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    standard_campaign(now=NOW)
    owes(reachable("Ada Lindgren"), "10.00", due="2026-03-01")
    owes(reachable("Grace Okafor"), "25.00", due="2026-02-20")

    ensure_rings(now=NOW)
    ensure_rings(now=NOW)
    rung_by_cluster = import_string(Schedule.objects.get(name="tick").func)

    by_cluster = outcome_of(rung_by_cluster)
    by_worker = outcome_of(dunning_worker.take_turns)

    assert by_cluster == by_worker
    assert (len(by_worker["notices"]), by_worker["heartbeat"]) == (2, NOW)


def outcome_of(turn: Callable[[], object]) -> dict[str, object]:
    """What the turn leaves behind, and then none of it happened."""
    with transaction.atomic():
        turn()
        outcome: dict[str, object] = {
            "cases": list(Case.objects.order_by("customer_id").values_list("customer_id", "state", "next_reason")),
            "runs": list(
                StepRun.objects.order_by("case__customer_id", "step").values_list("step", "outcome", "reason")
            ),
            "notices": list(Notice.objects.order_by("customer_id").values_list("customer_id", "state", "address")),
            "heartbeat": heartbeat(),
        }
        transaction.set_rollback(True)
    return outcome


def heartbeat() -> datetime | None:
    return EngineState.objects.get().ticked_at


def test_worker_beats_the_heart_and_stops_when_asked(data: Path) -> None:
    with RunningDesk("dunning_worker", "--every=0.5", data=data, log=data.parent / "log") as worker:
        eventually(lambda: "tick: " in worker.said())
        status = manage("engine_status", environment=bare_environment(DATA_DIR=str(data)))
        worker.process.terminate()
        assert worker.process.wait(timeout=30) == 0

    assert status.returncode == 0
    assert json.loads(status.stdout)["health"] == "ok"
    assert "Traceback" not in worker.said()


@pytest.mark.django_db
def test_rings_are_scheduled_once_however_often_the_desk_starts() -> None:
    ensure_rings(now=NOW)
    Schedule.objects.create(name="tick", func="dunning.tasks.tick", next_run=NOW)
    ensure_rings(now=NOW)
    ensure_rings(now=NOW)

    rings = Schedule.objects.order_by("name").values_list("name", "func", "schedule_type", "minutes", "repeats")
    assert list(rings) == [
        ("bank", "payments.tasks.match_bank_lines", "I", 1, -1),
        ("figures", "dunning.tasks.figures", "I", 1, -1),
        ("imports", "customers.tasks.take_imports", "I", 1, -1),
        ("look ahead", "dunning.tasks.look_ahead", "I", 1, -1),
        ("tick", "dunning.tasks.tick", "I", 1, -1),
    ]


@pytest.mark.django_db
def test_worker_takes_a_large_upload_that_was_confirmed() -> None:
    standard_campaign(now=NOW)
    run = imports.upload("open-items.csv", [FILE], choices=Choices(), by=None, now=timezone.now())

    dunning_worker.take_turns()
    run.refresh_from_db()
    assert (run.state, run.rows) == (ImportRun.State.READ, 1)
    imports.confirm(run, now=NOW)
    dunning_worker.take_turns()

    assert Invoice.objects.get().customer.name == "Ada Lindgren"


FILE = b"""customer_number,customer_name,invoice_number,due_on,currency,amount
C1,Ada Lindgren,R1,2026-03-31,EUR,10.50
"""


def test_a_turn_that_hangs_ends_the_worker_and_says_where(folder: Path) -> None:
    hangs = (
        "import time, django; django.setup();"
        "from dunning.management.commands import dunning_worker as worker;"
        "worker.HANGS_AFTER, worker.turn = 0.5, lambda: time.sleep(60);"
        "worker.take_turns()"
    )
    environment = bare_environment(DATA_DIR=str(folder / "data"), DJANGO_SETTINGS_MODULE="config.settings")
    ended = subprocess.run([sys.executable, "-c", hangs], env=environment, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1
    assert "Timeout" in ended.stderr and "watched_turn" in ended.stderr


def test_without_tables_every_command_says_what_to_do(folder: Path) -> None:
    environment = bare_environment(DATA_DIR=str(folder / "data"))
    commands = ("tick", "tick --dry-run", "engine_status", "dunning_worker", "check_ledger", "import_accounts x")
    with ThreadPoolExecutor(len(commands)) as pool:
        answers = list(pool.map(lambda command: manage(*command.split(), environment=environment), commands))
    for command, refused in zip(commands, answers, strict=True):
        assert refused.returncode == 1, command
        assert refused.stderr.strip().endswith("run `manage.py migrate` first."), refused.stderr
        assert "Traceback" not in refused.stderr
