"""Named places where a process can be made to die, to prove that nothing is lost or done twice there."""

import os
import signal

CRASH_AT = os.environ.get("CRASH_AT", "")  # "import.before_commit:3" dies the third time it passes there
_passed: dict[str, int] = {}


def crashpoint(name: str) -> None:
    """Kill this process as `kill -9` does, if the environment names this place; otherwise nothing."""
    if not CRASH_AT:
        return
    _passed[name] = _passed.get(name, 0) + 1
    if f"{name}:{_passed[name]}" == CRASH_AT:
        os.kill(os.getpid(), signal.SIGKILL)
