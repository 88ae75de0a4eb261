"""How often a customer may be contacted, and what they do not want: pure counting on their own calendar.

A cap counts every contact of the customer, whatever case or campaign it came from: "3 in 7 days" lets no 7 days in a
row see more than 3. A cap of 1 is a minimum gap.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from customers.rules.contact import Topic
from dunning.rules.hours import OpenHours
from dunning.rules.words import spelled


@dataclass(frozen=True, slots=True)
class Contacted:
    """A notice handed over, or a call, on a day of the customer's calendar. `is_talk`: somebody answered."""

    on: date
    channel: str
    is_talk: bool = False


@dataclass(frozen=True, slots=True)
class Cap:
    """At most so many contacts in so many days in a row; on one channel, or ("") over all together.

    `talks_only`: only calls that were answered count, and the day of the talk is the first of the days.
    """

    at_most: int
    days: int
    source: str
    channel: str = ""
    talks_only: bool = False

    def counts(self, contact: Contacted) -> bool:
        if self.talks_only and not contact.is_talk:
            return False
        return self.channel in ("", contact.channel)

    def __str__(self) -> str:
        """In words, as "at most 3 contacts in 7 days"."""
        what = (
            "talk" if self.talks_only else {"": "contact", "call": "call"}.get(self.channel, f"{self.channel} contact")
        )
        days = "a day" if self.days == 1 else f"in {self.days} days"
        return f"at most {self.at_most} {what}{'' if self.at_most == 1 else 's'} {days}"


@dataclass(frozen=True, slots=True)
class Stop:
    """What the customer does not want; "" stands for every channel, and for every topic.

    `contact_id`: the contact, beside the primary one, that said so for themselves; None: it counts for all.
    """

    channel: str
    topic: str
    contact_id: int | None = None

    def forbids(self, channel: str, topic: str, contact_id: int | None) -> bool:
        if topic == Topic.LEGAL and not self.channel:  # has to be sent, by the ways that are left
            return False
        is_theirs = self.contact_id in (None, contact_id)
        return is_theirs and self.channel in ("", channel) and self.topic in ("", topic)


@dataclass(frozen=True, slots=True)
class Limits:
    """What limits contact with one customer. `contacts` go back at least as far as the longest cap."""

    contacts: tuple[Contacted, ...] = ()
    caps: tuple[Cap, ...] = ()
    stops: tuple[Stop, ...] = ()
    hours: tuple[OpenHours, ...] = ()
    is_vulnerable: bool = False

    def forbids(self, channel: str, topic: str, contact_id: int | None = None) -> bool:
        """True when the customer does not want this, or the contact it would go to (None: the primary one)."""
        return any(stop.forbids(channel, topic, contact_id) for stop in self.stops)


NO_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Capped:
    """No contact before the day `free_on`."""

    free_on: date
    reason: str


def capped(limits: Limits, channel: str, today: date) -> Capped | None:
    """The first day on which `channel` may be used, and why not before; None when that is `today`."""
    if not limits.contacts:
        return None
    full = [capped for cap in limits.caps if (capped := _full(cap, limits.contacts, channel, today))]
    return max(full, key=lambda capped: capped.free_on, default=None)


def _full(cap: Cap, contacts: Iterable[Contacted], channel: str, today: date) -> Capped | None:
    """The day on which so many of the counted contacts have left the window that one more fits in."""
    if cap.channel not in ("", channel):
        return None
    days = sorted(contact.on for contact in contacts if cap.counts(contact))
    if len(days) < cap.at_most:
        return None
    free_on = days[-cap.at_most] + timedelta(days=cap.days)
    if free_on <= today:
        return None
    return Capped(free_on, f"{cap} ({cap.source}), so not before {spelled(free_on)}")
