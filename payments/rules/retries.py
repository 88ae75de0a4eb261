"""When a refused payment may be tried again on the same card or account, and why then, or why not.

Every rule says "not before" or "not at all", and the latest of all wins. So another try, another rule or a stricter
reading of a refusal can only put the next try off, never bring it forward.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from payments.rules.caps import applicable, bound_of, left_in_words
from payments.rules.declines import Auto, Cause, DeclineBook, Schedule
from payments.rules.local_hours import by_day, on_working_day, outside, zone_of
from payments.rules.methods import MethodKind
from payments.rules.pauses import after_pause
from payments.rules.retry_facts import Bound, Ground, NoTry, RetryFacts, Tried, Try

DEBIT_CAUSES = {MethodKind.SEPA_DEBIT: Cause.SEPA_NO_FUNDS, MethodKind.ACH_DEBIT: Cause.ACH_NO_FUNDS}
CAUSE_WORDS = {
    Cause.TECHNICAL: "a technical fault",
    Cause.NO_FUNDS: "no funds",
    Cause.LIMIT: "a limit was reached",
    Cause.GENERIC: "refused without a reason",
    Cause.ACH_NO_FUNDS: "the debit came back",
    Cause.SEPA_NO_FUNDS: "the debit came back",
}
GATEWAY_RESTS = timedelta(minutes=10)
JUST_ACTED = timedelta(hours=1)  # somebody who has just given a new card expects it to be charged, whatever the hour
NEEDS_THE_CUSTOMER = frozenset({"IN"})  # issuers refuse what the customer does not approve (RBI e-mandate framework)


def next_try(facts: RetryFacts, book: DeclineBook, *, now: datetime) -> Try | NoTry:
    """The earliest moment, from `now` on, for an unattended try, or that there is none; each with its reason.

    Raises ValueError for a pause in the book that nobody understands.
    """
    zone = zone_of(facts.time_zone)
    bounds = [Bound(now, "nothing asks to wait")]
    for found in _limits(facts, book, now, zone):
        if isinstance(found, NoTry):
            return found
        bounds.append(found)
    latest = max(bounds, key=lambda bound: bound.at)
    at = _fitting(latest.at, facts, zone, now)
    if over := _over(at, facts, book, zone):
        return over
    asked = max(bounds[1:], key=lambda bound: bound.at, default=latest)  # what time has seen to is a reason too
    grounds = _grounds(at, latest, asked.why, facts, book, zone)
    return Try(at, f"next try {_when(at, zone)}: {'; '.join(ground.says for ground in grounds)}", grounds)


def _limits(facts: RetryFacts, book: DeclineBook, now: datetime, zone: ZoneInfo) -> Iterator[Bound | NoTry]:
    """Everything that forbids a try or puts it off."""
    yield from _forbidden(facts, zone)
    yield from _scheduled(facts, book, zone)
    for cap in applicable(facts, book):
        if found := bound_of(cap, facts, now=now, zone=zone):
            yield found
    for schedule in _schedules(facts, book):
        if schedule.notice_days:
            told_at = facts.told_since_refusal or now
            yield Bound(
                told_at + timedelta(days=schedule.notice_days), f"the payer is told {schedule.notice_days} days before"
            )
    for tried in facts.tries:
        if tried.judgement and tried.judgement.wait:
            yield Bound(tried.at + tried.judgement.wait, "the network prescribes this wait")
    if facts.unreachable_at:
        yield Bound(facts.unreachable_at + GATEWAY_RESTS, "the gateway could not be reached")


def _forbidden(facts: RetryFacts, zone: ZoneInfo) -> Iterator[NoTry]:
    if facts.kind is MethodKind.CARD and facts.issued_in in NEEDS_THE_CUSTOMER:
        yield NoTry("no unattended try: cards from India need the customer's approval; send a payment link")
    own = facts.own()
    for tried in facts.tries:
        if tried.is_lasting_no or (tried.says(Auto.NO) and facts.concerns(tried)):
            yield NoTry(f"no further try: refused for good on {_day(tried, zone)} ({_because(tried)})")
        if tried.says(Auto.AFTER) and not (facts.acted_at and facts.acted_at >= tried.at):
            yield NoTry(f"no try until the customer has acted: refused on {_day(tried, zone)} ({_because(tried)})")
    if sum(tried.says(Auto.ONCE) for tried in own) > 1:
        yield NoTry(f"no further try: one more was allowed, and it was refused too on {_day(own[-1], zone)}")
    if facts.kind is MethodKind.ACH_DEBIT and any(tried.amount != facts.amount for tried in own):
        yield NoTry("no further try: an ACH debit is presented again for the same amount only")


def _scheduled(facts: RetryFacts, book: DeclineBook, zone: ZoneInfo) -> Iterator[Bound | NoTry]:
    """The schedule of every cause met so far. A later try never waits less than an earlier one of its schedule."""
    for cause, refused in sorted(_causes(facts).items()):
        schedule = book.schedules.get(cause)
        if schedule is None or len(refused) > len(schedule.pauses):
            told = f"{len(refused)} refused" if schedule else "no schedule is in force"
            yield NoTry(f"no further try: the schedule for “{CAUSE_WORDS[cause]}” is at its end ({told})")
            return
        for pause in schedule.pauses[: len(refused)]:
            yield after_pause(pause, refused[-1], zone=zone, country=facts.country)


def _causes(facts: RetryFacts) -> dict[Cause, list[datetime]]:
    """When each cause was met, oldest first; a debit follows its scheme's schedule whatever the reason."""
    met: dict[Cause, list[datetime]] = defaultdict(list)
    scheme = DEBIT_CAUSES.get(facts.kind)
    for tried in facts.own():
        if tried.judgement:
            for cause in {*tried.judgement.causes, *([scheme] if scheme else [])}:
                met[cause].append(tried.at)
    return met


def _schedules(facts: RetryFacts, book: DeclineBook) -> list[Schedule]:
    return [book.schedules[cause] for cause in sorted(_causes(facts)) if cause in book.schedules]


def _fitting(at: datetime, facts: RetryFacts, zone: ZoneInfo, now: datetime) -> datetime:
    """`at`, or the next daytime of the customer and none of the hours left out; for bank debits of a working day."""
    has_just_acted = facts.acted_at and at <= now < facts.acted_at + JUST_ACTED
    at = at if has_just_acted else outside(by_day(at, zone), facts.hours_left_out, zone)
    worked = on_working_day(at, zone) if facts.kind in DEBIT_CAUSES else at
    return at if worked == at else outside(worked, facts.hours_left_out, zone)


def _over(at: datetime, facts: RetryFacts, book: DeclineBook, zone: ZoneInfo) -> NoTry | None:
    if at > facts.closes_at:
        end = facts.closes_at.astimezone(zone)
        return NoTry(f"no further try: the next may come on {_when(at, zone)}, after the end on {end:%-d %B}", until=at)
    for schedule in _schedules(facts, book):
        if schedule.within_days and at > facts.own()[0].at + timedelta(days=schedule.within_days):
            return NoTry(f"no further try: it would come more than {schedule.within_days} days after the first")
    return None


def _grounds(
    at: datetime, latest: Bound, why: str, facts: RetryFacts, book: DeclineBook, zone: ZoneInfo
) -> tuple[Ground, ...]:
    grounds = [Ground("not before", why)]
    grounds += [Ground("tries left", says) for says in left_in_words(facts, book, at=at, zone=zone)]
    refused = [tried for tried in facts.own() if tried.judgement]
    if refused:
        grounds.insert(0, Ground("last refusal", f"{_cause_words(refused[-1])} on {_day(refused[-1], zone)}"))
    if at != latest.at:
        grounds.insert(-1, Ground("hours", _hours_words(facts)))
    return tuple(grounds)


def _hours_words(facts: RetryFacts) -> str:
    by_day_words = "on a working day by day" if facts.kind in DEBIT_CAUSES else "not at night"
    return by_day_words + (", nor in the hours that the campaign leaves out" if facts.hours_left_out else "")


def _cause_words(tried: Tried) -> str:
    causes = tried.judgement.causes if tried.judgement else ()
    return " and ".join(dict.fromkeys(CAUSE_WORDS[cause] for cause in causes)) or "refused"


def _because(tried: Tried) -> str:
    return tried.judgement.because.rstrip(".") if tried.judgement else ""


def _day(tried: Tried, zone: ZoneInfo) -> str:
    return f"{tried.at.astimezone(zone):%-d %B}"


def _when(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%a %-d %B, %H:%M}"
