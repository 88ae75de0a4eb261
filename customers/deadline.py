"""How long a piece of work may go on before it hands over: what is left is taken up at the next turn."""

import time


class Deadline:
    """`is_over` turns true `seconds` after it was made; never, for None."""

    def __init__(self, seconds: float | None) -> None:
        self._end = None if seconds is None else time.monotonic() + seconds

    @property
    def is_over(self) -> bool:
        return self._end is not None and time.monotonic() >= self._end


NO_DEADLINE = Deadline(None)
