"""A clerk with a card index, who writes reminders by hand: the small model that decisions are compared with.

Knows nothing of the product but the campaign's days and tones. One card for a customer; in UTC, nine to six.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from tests.rules.cases import TONES

SPEAKS_AHEAD = timedelta(days=3)


@dataclass
class Clerk:
    """The card of one customer: letters written (day, which) and those crossed out, and the invoices they named."""

    written: list[tuple[date, int]] = field(default_factory=list)
    crossed_out: set[int] = field(default_factory=set)
    named: set[int] = field(default_factory=set)

    def writes(self, now: datetime, dues: dict[int, date], quiet_until: date | None, money_moves: bool) -> int | None:
        """Which letter is written at this moment about these open invoices (number → due date), if one is."""
        today = now.date()
        topic = {number: due for number, due in dues.items() if due <= today + SPEAKS_AHEAD}
        if not topic or (self.named and not self.named & set(dues)):
            self.written, self.crossed_out, self.named = (
                [],
                set(),
                set(),
            )  # the matter is over, the next gets a new card
        if not topic or money_moves or (quiet_until and today <= quiet_until):
            return None
        oldest = min(topic.values())
        if today >= oldest:
            self.crossed_out |= {letter for letter, (day, _) in enumerate(TONES) if day < 0}
        letter = self._due_letter(today, oldest)
        if letter is None or not 9 <= now.hour < 18:
            return None
        self.written.append((today, letter))
        self.named |= set(topic)
        return letter

    def _due_letter(self, today: date, oldest: date) -> int | None:
        last_on, last = self.written[-1] if self.written else (None, -1)
        firmest = max((TONES[letter][1] for _, letter in self.written), default=0)
        possible = [
            letter
            for letter in range(last + 1, len(TONES))
            if letter not in self.crossed_out and TONES[letter][1] >= firmest
            if oldest + timedelta(days=TONES[letter][0]) <= today
            if last_on is None or (today - last_on).days >= TONES[letter][0] - TONES[last][0]
        ]
        gentle = [letter for letter in possible if TONES[letter][1] <= max(firmest + 1, TONES[possible[0]][1])]
        return max(gentle, default=None)
