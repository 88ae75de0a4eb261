"""`manage.py demo` as a newcomer meets it: it comes up, answers, keeps its data, and leaves nothing behind."""

import json
import re
import time
from http.client import HTTPResponse
from pathlib import Path
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest
from django.core.management import CommandError, call_command

from tests.processes import RunningDesk, bare_environment, eventually, free_port, manage, status_of

UP = "Ctrl-C stops everything"


def test_demo_comes_up_answers_keeps_its_data_and_stops_whole(folder: Path) -> None:
    data, port = folder / "data", free_port()

    with RunningDesk("demo", f"--port={port}", data=data, log=folder / "first") as demo:
        eventually(lambda: UP in demo.said() or demo.process.poll() is not None, within=400)
        [link] = re.findall(r"http://\S+/p/\S+/", demo.said())
        pages = {name: status_of(f"http://localhost:{port}{path}") for name, path in PAGES.items()}
        page = status_of(link)
        paid = pays_with_a_new_card(link)
        twin = manage("demo", f"--port={free_port()}", environment=bare_environment(DATA_DIR=str(data)))
        demo.interrupt()
        assert demo.process.wait(timeout=120) == 0
        assert not demo.processes()
    assert pages == {"desk": 200, "health": 200} and page == 200
    assert "Thank you!" in paid
    assert (data / "card_processor.sqlite3").exists()
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


def pays_with_a_new_card(link: str) -> str:
    """What a visitor of the demo reads at the end, who chooses another card on the customer's page."""
    visitor = build_opener(HTTPCookieProcessor())

    def submit(page: HTTPResponse, **choices: str) -> HTTPResponse:
        html = page.read().decode()
        form = next(form for form in html.split("<form ")[1:] if 'method="post"' in form and "<button" in form)
        action = re.search(r'^[^>]*action="([^"]+)"', form)
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
        address = urljoin(page.url, action[1] if action else "")
        return visitor.open(Request(address, urlencode(hidden | choices).encode(), {"Origin": "null"}), timeout=20)

    hosted = submit(visitor.open(link, timeout=20), how_much="part", amount="1", card="new")
    assert "stands in for" in (html := hosted.read().decode()) and "pm_card_visa" in html
    entered = visitor.open(hosted.url, urlencode({"method": "pm_card_visa", "go": "yes"}).encode(), timeout=20)
    return str(submit(entered).read().decode())


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


def test_demo_refuses_settings_that_it_did_not_bring() -> None:
    with pytest.raises(CommandError, match="Start the demo as `manage.py demo`"):
        call_command("demo")


def test_demo_refuses_a_database_of_its_users_own(folder: Path) -> None:
    environment = bare_environment(
        DATABASE_URL="postgres://desk@127.0.0.1:1/desk", SECRET_KEY="k3Yf0rT3stsOnly-" * 4, DATA_DIR=str(folder)
    )
    refused = manage("demo", f"--port={free_port()}", environment=environment)

    assert refused.returncode == 1 and "without DATABASE_URL" in refused.stderr
