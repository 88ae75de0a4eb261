"""How often a card may be tried: the networks' caps and our own, each over all tries of the card."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from payments.rules.declines import ANY_NETWORK, Cap, CapScope, DeclineBook
from payments.rules.local_hours import NIGHT_UNTIL, at_time
from payments.rules.retry_facts import Bound, NoTry, RetryFacts, Tried

WINDOWS = {CapScope.DAY: timedelta(hours=24), CapScope.DAYS_30: timedelta(days=30)}
OVER = {
    CapScope.DAY: "in 24 hours",
    CapScope.DAYS_30: "in 30 days",
    CapScope.MONTH: "in a month",
    CapScope.INVOICE: "for one invoice",
}
WHO = {
    ANY_NETWORK: "our own rule",
    "visa": "Visa",
    "mastercard": "Mastercard",
    "other": "the card's network",
    "sepa_debit": "the rule for SEPA debits",
    "ach_debit": "the rule for ACH debits",
}


def applicable(facts: RetryFacts, book: DeclineBook) -> list[Cap]:
    """The caps that this card or account is under."""
    networks = (ANY_NETWORK, facts.network)
    return [cap for cap in book.caps if cap.network in networks and cap.country in ("", facts.issued_in)]


def counted(cap: Cap, facts: RetryFacts) -> list[Tried]:
    """The tries that this cap counts, oldest first, its window left aside."""
    tries = facts.own() if cap.scope is CapScope.INVOICE else sorted(facts.tries, key=lambda tried: tried.at)
    if cap.network == ANY_NETWORK:
        tries = [tried for tried in tries if not tried.is_technical]
    if cap.same_amount:
        tries = [tried for tried in tries if (tried.amount, tried.currency) == (facts.amount, facts.currency)]
    return tries


def bound_of(cap: Cap, facts: RetryFacts, *, now: datetime, zone: ZoneInfo) -> Bound | NoTry | None:
    """From when on the cap allows one more try; None: at once. NoTry: it never does by itself."""
    tries = counted(cap, facts)
    if len(tries) < cap.limit:
        return None
    why = in_words(cap)
    if cap.scope is CapScope.INVOICE or not cap.limit:
        return NoTry(f"no further try: {why}")
    if window := WINDOWS.get(cap.scope):
        return Bound(tries[-cap.limit].at + window, why)
    local = now.astimezone(zone)
    this_month = [tried for tried in tries if _month(tried.at.astimezone(zone)) == _month(local)]
    if len(this_month) < cap.limit:
        return None
    first_of_next = (local.date().replace(day=1) + timedelta(days=32)).replace(day=1)
    return Bound(at_time(first_of_next, NIGHT_UNTIL, zone), why)


def in_words(cap: Cap) -> str:
    """The cap as a clause."""
    tries = "try" if cap.limit == 1 else "tries"
    same = " of the same amount" if cap.same_amount else ""
    return f"{WHO[cap.network]} allows {cap.limit} {tries}{same} {OVER[cap.scope]}"


def left_in_words(facts: RetryFacts, book: DeclineBook, *, at: datetime, zone: ZoneInfo) -> Iterator[str]:
    """How much of each cap over a longer time is used, for the sentence that explains a try at `at`."""
    for cap in applicable(facts, book):
        tries = counted(cap, facts)
        if cap.scope is CapScope.INVOICE:
            yield f"{len(tries)} of {cap.limit} tries used"
        elif cap.scope is CapScope.DAYS_30:
            recent = [tried for tried in tries if tried.at > at - WINDOWS[cap.scope]]
            until = (recent[0].at + WINDOWS[cap.scope]).astimezone(zone) if recent else None
            ending = f" until {until:%-d %B}" if until else ""
            yield f"{WHO[cap.network]} allows {cap.limit - len(recent)} more{ending}"


def used_in_words(facts: RetryFacts, book: DeclineBook, *, now: datetime) -> Iterator[str]:
    """How much of each cap over a time is used at `now`, whatever the tries were for."""
    for cap in applicable(facts, book):
        if window := WINDOWS.get(cap.scope):
            used = sum(tried.at > now - window for tried in counted(cap, facts))
            yield f"{used} of {cap.limit} tries {OVER[cap.scope]} ({WHO[cap.network]})"


def _month(day: datetime) -> tuple[int, int]:
    return day.year, day.month
