"""`manage.py run` for real: whatever is killed or hangs comes back, and nothing is left behind at the end."""

import json
import signal
import socket
import time
from pathlib import Path

import psutil

from tests.processes import RunningDesk, bare_environment, eventually, free_port, manage, status_of


def start(data: Path, port: int, **changes: str) -> RunningDesk:
    return RunningDesk(
        "run", f"--bind=127.0.0.1:{port}", data=data, log=data.parent / "log", TICK_LATE_AFTER="8", **changes
    )


def test_run_brings_back_whatever_is_killed_or_hangs(data: Path) -> None:
    port = free_port()
    health = f"http://127.0.0.1:{port}/health/"
    with start(data, port) as desk:
        eventually(lambda: status_of(health) == 200)
        eventually(lambda: len(desk.processes("gunicorn")) == 3)  # it answers before its second worker is there

        for part in ("gunicorn", "qcluster"):
            was = desk.processes(part)
            was[0].kill()
            eventually(lambda part=part, was=was: is_whole_again(desk, part, was))
            eventually(lambda: status_of(health) == 200)

        hung = desk.processes("qcluster")
        for process in hung:
            process.send_signal(signal.SIGSTOP)
        eventually(lambda: "the cluster is killed and started again" in desk.said())
        eventually(lambda: is_whole_again(desk, "qcluster", hung))
        eventually(lambda: status_of(health) == 200)

        _main, *others = desk.processes("qcluster")
        for idle in others:  # each such death silences the whole queue more often than not
            idle.kill()
        killed = time.time()
        eventually(lambda: tick_age(data) < time.time() - killed - 1)

        desk.processes("config.last_will")[0].kill()
        eventually(lambda: desk.processes("config.last_will"))

        desk.interrupt()
        assert desk.process.wait(timeout=120) == 0
        assert not desk.processes()


def is_whole_again(desk: RunningDesk, part: str, was: list[psutil.Process]) -> bool:
    """As many processes as before, and none of those."""
    now = desk.processes(part)
    return len(now) == len(was) and not set(now) & set(was)


def tick_age(data: Path) -> float:
    status = manage("engine_status", environment=bare_environment(DATA_DIR=str(data)))
    return float(json.loads(status.stdout)["tick_age"])


def test_nothing_outlives_a_killed_supervisor(data: Path) -> None:
    port = free_port()
    with start(data, port) as desk:
        eventually(lambda: status_of(f"http://127.0.0.1:{port}/health/") == 200)
        assert desk.processes("qcluster") and desk.processes("gunicorn") and desk.processes("postgres")

        desk.process.kill()

        eventually(lambda: desk.processes() == [], within=30)


def test_run_refuses_a_taken_port_and_an_unready_database(folder: Path) -> None:
    environment = bare_environment(DATA_DIR=str(folder / "data"))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        refused = manage("run", f"--bind=127.0.0.1:{taken.getsockname()[1]}", environment=environment)
    unready = manage("run", f"--bind=127.0.0.1:{free_port()}", environment=environment)

    assert refused.returncode == 1 and "Cannot listen on" in refused.stderr
    assert unready.returncode == 1 and "run `manage.py migrate` first" in unready.stderr
    assert "Traceback" not in refused.stderr + unready.stderr
