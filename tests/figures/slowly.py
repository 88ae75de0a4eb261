"""The same figures by plain loops over lists: slow, and as simple as the definitions read."""

from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

from dunning.rules.figures import survival
from dunning.rules.figures.ageing import bucket
from dunning.rules.figures.survival import Seen
from tests.figures.portfolio import Bill, Portfolio

NOTHING = Decimal(0)
Key = tuple[str, str]


def known(bill: Bill, as_of: date) -> list[Any]:
    return [entry for entry in bill.entries if entry.booked_on <= as_of]


def balance(bill: Bill, on: date) -> Decimal:
    return sum((entry.amount for entry in known(bill, on)), NOTHING)


def money(bill: Bill, after: date, until: date, kinds: tuple[str, ...] = ("paid", "refunded")) -> Decimal:
    """What came in after `after` until `until`, both ends as days of the books."""
    return -sum(
        (entry.amount for entry in bill.entries if entry.kind in kinds and after < entry.booked_on <= until), NOTHING
    )


def ageing(portfolio: Portfolio, as_of: date) -> dict[Key, tuple[int, Decimal]]:
    found: dict[Key, tuple[int, Decimal]] = {}
    for bill in portfolio.bills:
        if (left := balance(bill, as_of)) > 0:
            key = (str(bucket((as_of - bill.due_on).days)), bill.currency)
            number, amount = found.get(key, (0, NOTHING))
            found[key] = (number + 1, amount + left)
    return found


def settled_on(bill: Bill, as_of: date) -> date | None:
    """The day from which on nothing was open any more."""
    days = sorted({entry.booked_on for entry in known(bill, as_of)})
    if balance(bill, as_of) > 0:
        return None
    unpaid = [day for day in days if balance(bill, day) > 0]
    return next(day for day in days if not unpaid or day > unpaid[-1])


def late(bill: Bill, as_of: date) -> dict[str, Any] | None:
    """What the report on recovery says of one bill; None when it was not late."""
    if not known(bill, as_of) or bill.due_on >= as_of:
        return None
    late_on = max(bill.due_on, min(entry.booked_on for entry in known(bill, as_of)))
    failed = balance(bill, late_on)
    if failed <= 0:
        return None
    paid = money(bill, late_on, as_of)
    ended = "recovered" if paid > 0 else "credited"
    if money(bill, late_on, as_of, ("written_off",)) > 0:
        ended = "written_off"
    if balance(bill, as_of) > 0:
        ended = "open"
    settled = settled_on(bill, as_of)
    is_paid = ended == "recovered"
    days = ((settled if is_paid and settled else as_of) - bill.due_on).days
    return {
        "failed": failed,
        "ended": ended,
        "came": max(NOTHING, min(paid, failed)),
        "days": days,
        "entered": (late_on - bill.due_on).days,
        "settled": settled,
    }


def recovery(portfolio: Portfolio, first: date, as_of: date) -> dict[Key, dict[str, Any]]:
    groups: dict[Key, list[tuple[Bill, dict[str, Any]]]] = defaultdict(list)
    for bill in portfolio.bills:
        if first <= bill.due_on and (told := late(bill, as_of)):
            groups[f"{bill.due_on:%Y-%m}", bill.currency].append((bill, told))
    return {key: _recovered(portfolio, group) for key, group in groups.items()}


def _recovered(portfolio: Portfolio, group: list[tuple[Bill, dict[str, Any]]]) -> dict[str, Any]:
    told = [one for _, one in group]
    points = survival.curve(Counter(Seen(one["entered"], one["days"], one["ended"] == "recovered") for one in told))
    week, half = survival.paid_by(points, 7), survival.median(points)
    counts = {how: sum(one["ended"] == how for one in told) for how in ("recovered", "open", "written_off", "credited")}
    quiet = sum(_is_quiet(portfolio, bill, one) for bill, one in group)
    return {
        **counts,
        "number": len(told),
        "failed": sum((one["failed"] for one in told), NOTHING),
        "came": sum((one["came"] for one in told), NOTHING),
        "quiet": quiet,
        "day_7": (week.paid, *week.interval) if week else None,
        "median": half,
    }


def _is_quiet(portfolio: Portfolio, bill: Bill, told: dict[str, Any]) -> bool:
    heard = [
        letter
        for letter in portfolio.letters
        if letter.customer == bill.customer
        and told["settled"]
        and bill.due_on < letter.sent_at.date() <= told["settled"]
    ]
    return told["ended"] == "recovered" and not heard


def steps(portfolio: Portfolio, first: date, as_of: date) -> dict[Key, tuple[int, int, int, Decimal]]:
    """(step, currency) → reminders of an invoice, paid before the next, still open and not reminded again, money."""
    found: dict[Key, tuple[int, int, int, Decimal]] = {}
    sent = sorted(
        (one for one in portfolio.letters if first <= one.sent_at.date() <= as_of), key=lambda one: one.sent_at
    )
    for letter in sent:
        for place in letter.names:
            naming = [one for one in sent if place in one.names]
            same = [one for one in naming if (one.customer, one.step) == (letter.customer, letter.step)]
            if letter is not same[-1]:
                continue  # the step went another way later
            bill, on = portfolio.bills[place], same[0].sent_at.date()
            begun = {}
            for one in reversed(naming):
                begun[one.customer, one.step] = one.sent_at
            later = [moment for moment in begun.values() if moment > same[0].sent_at]
            until = min(later).date() if later else None
            within = [e for e in known(bill, as_of) if until is None or e.booked_on < until]
            came = -sum((e.amount for e in within if e.kind in ("paid", "refunded") and e.booked_on >= on), NOTHING)
            left = sum((e.amount for e in within), NOTHING)
            key = (str(letter.step), bill.currency)
            number, settled, still_open, amount = found.get(key, (0, 0, 0, NOTHING))
            is_settled = bool(within) and left <= 0 and came > 0
            is_open = until is None and left > 0
            found[key] = (number + 1, settled + is_settled, still_open + is_open, amount + max(came, NOTHING))
    return found


def wrongful(portfolio: Portfolio, first: date, as_of: date) -> dict[str, tuple[int, int]]:
    """Month → reminders, and those naming an invoice whose money had arrived by value date."""
    found: dict[str, tuple[int, int]] = {}
    for letter in portfolio.letters:
        on = letter.sent_at.date()
        if first <= on <= as_of:
            is_wrong = any(_had_come(portfolio.bills[place], on, as_of) for place in letter.names)
            number, wrong = found.get(f"{on:%Y-%m}", (0, 0))
            found[f"{on:%Y-%m}"] = (number + 1, wrong + is_wrong)
    return found


def _had_come(bill: Bill, on: date, as_of: date) -> bool:
    by_then = [e for e in bill.entries if e.occurred_on < on and e.recorded_at.date() <= as_of]
    return any(e.kind == "paid" for e in by_then) and sum((e.amount for e in by_then), NOTHING) <= 0


def movements(portfolio: Portfolio, as_of: date) -> dict[Key, dict[str, Decimal]]:
    """(month, currency) → what moved by kind, and the balance at its end."""
    found: dict[Key, dict[str, Decimal]] = defaultdict(lambda: defaultdict(lambda: NOTHING))
    for bill in portfolio.bills:
        for entry in known(bill, as_of):
            found[f"{entry.booked_on:%Y-%m}", bill.currency][entry.kind] += entry.amount
    for (month, currency), moved in found.items():
        own = [e for bill in portfolio.bills if bill.currency == currency for e in known(bill, as_of)]
        moved["closing"] = sum((e.amount for e in own if f"{e.booked_on:%Y-%m}" <= month), NOTHING)
    return found


def rolling(portfolio: Portfolio, then: date, now: date) -> dict[str, tuple[dict[int, Decimal], int, int]]:
    """Currency → open by bucket on `then`, customers late then, and those of them with nothing late on `now`."""
    found: dict[str, tuple[dict[int, Decimal], int, int]] = {}
    for currency in {bill.currency for bill in portfolio.bills if balance(bill, then) > 0}:
        own = [bill for bill in portfolio.bills if bill.currency == currency]
        buckets: dict[int, Decimal] = defaultdict(lambda: NOTHING)
        for bill in own:
            if balance(bill, then) > 0:
                buckets[bucket((then - bill.due_on).days)] += balance(bill, then)
        late_then, late_now = ({b.customer for b in own if b.due_on < on and balance(b, on) > 0} for on in (then, now))
        found[currency] = (dict(buckets), len(late_then), len(late_then - late_now))
    return found


def weighed(portfolio: Portfolio, on: date) -> dict[tuple[str, str], Decimal]:
    """(currency, month of issue) → Σ age × open amount."""
    found: dict[tuple[str, str], Decimal] = defaultdict(lambda: NOTHING)
    for bill in portfolio.bills:
        if (left := balance(bill, on)) > 0:
            found[bill.currency, f"{bill.issued_on:%Y-%m}"] += left * (on - bill.issued_on).days
    return found


def standing(portfolio: Portfolio, on: date, as_of: date, days: int) -> dict[str, tuple[Decimal, Decimal]]:
    """Currency → what was open on a day, and what of it came within `days`, as far as known at `as_of`."""
    found: dict[str, tuple[Decimal, Decimal]] = {}
    for bill in portfolio.bills:
        if (left := balance(bill, on)) > 0:
            until = min(as_of, date.fromordinal(on.toordinal() + days))
            opened, came = found.get(bill.currency, (NOTHING, NOTHING))
            found[bill.currency] = (opened + left, came + money(bill, on, until))
    return found
