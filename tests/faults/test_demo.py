"""`manage.py demo` as a newcomer meets it: it comes up, answers, keeps its data, and leaves nothing behind."""

import json
import re
import time
from pathlib import Path

from tests.processes import RunningDesk, bare_environment, eventually, free_port, manage, status_of

UP = "Ctrl-C stops everything"


def test_demo_comes_up_answers_keeps_its_data_and_stops_whole(folder: Path) -> None:
    data, port = folder / "data", free_port()

    with RunningDesk("demo", f"--port={port}", data=data, log=folder / "first") as demo:
        eventually(lambda: UP in demo.said() or demo.process.poll() is not None, within=180)
        [link] = re.findall(r"http://\S+/p/\S+/", demo.said())
        pages = {name: status_of(f"http://localhost:{port}{path}") for name, path in PAGES.items()}
        page = status_of(link)
        twin = manage("demo", f"--port={free_port()}", environment=bare_environment(DATA_DIR=str(data)))
        demo.interrupt()
        assert demo.process.wait(timeout=120) == 0
        assert not demo.processes()
    assert pages == {"desk": 200, "health": 200} and page == 200
    assert twin.returncode == 1 and "A demo runs from" in twin.stderr
    password = json.loads((data / "demo.json").read_text())["password"]
    for login in ("collector", "manager", "auditor", "admin"):
        assert re.search(rf"{login} +{re.escape(password)}\n", demo.said())

    begun = time.monotonic()
    with RunningDesk("demo", f"--port={port}", data=data, log=folder / "second") as demo:
        eventually(lambda: UP in demo.said() or demo.process.poll() is not None)
        assert link in demo.said() and "Building" not in demo.said()
        demo.interrupt()
        assert demo.process.wait(timeout=120) == 0
    assert time.monotonic() - begun < 60


PAGES = {"desk": "/desk/", "health": "/health/"}


def test_demo_refuses_a_folder_that_holds_another_desk(data: Path) -> None:
    environment = bare_environment(DATA_DIR=str(data))
    adopt = "from customers.models import Customer as C; from django.utils.timezone import now; n = now(); "
    made = manage(
        "shell", "-v0", "-c", adopt + "C.objects.create(number='1', name='Ada', created_at=n, updated_at=n)",
        environment=environment,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr

    for wish in ([], ["--fresh"]):
        refused = manage("demo", f"--port={free_port()}", *wish, environment=environment)
        assert refused.returncode == 1 and "holds a desk that is not the demo's" in refused.stderr
    kept = manage(
        "shell",
        "-v0",
        "-c",
        "from customers.models import Customer as C; print(C.objects.count())",
        environment=environment,
    )
    assert kept.stdout.strip() == "1"


def test_demo_refuses_a_database_of_its_users_own(folder: Path) -> None:
    environment = bare_environment(
        DATABASE_URL="postgres://desk@127.0.0.1:1/desk", SECRET_KEY="k3Yf0rT3stsOnly-" * 4, DATA_DIR=str(folder)
    )
    refused = manage("demo", f"--port={free_port()}", environment=environment)

    assert refused.returncode == 1 and "without DATABASE_URL" in refused.stderr
