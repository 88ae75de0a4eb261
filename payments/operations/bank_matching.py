"""Comparing bank lines that wait with the books: sure matches are posted, for the others the likely payers are kept."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max, Q

from customers.deadline import NO_DEADLINE, Deadline
from customers.models import ImportRun, Invoice
from customers.operations import news
from payments.models import BankLine, LikelyPayer
from payments.operations import bank_lines, bank_returns, payments
from payments.queries.bank_candidates import candidates_for
from payments.rules.charging import pause_after_look
from payments.rules.matching import Match, likely, matches, sure

BATCH = 50
State = BankLine.State


def match_waiting(*, now: datetime, deadline: Deadline = NO_DEADLINE) -> int:
    """Match every line that waits, newest first; returns how many were posted.

    Each line is settled in a transaction of its own; a line that cannot be posted waits, and so does what is left at
    the deadline.
    """
    return _match(Q(), now, deadline)


def match_due(*, now: datetime, deadline: Deadline = NO_DEADLINE) -> int:
    """The same for the lines whose turn it is: ever more rarely, up to once an hour, and at once after an import.

    Hardly anything but new invoices changes an answer. So the cost of a minute does not grow with what waits.
    """
    imported = ImportRun.objects.aggregate(last=Max("finished_at"))["last"]
    is_due = Q(look_at=None) | Q(look_at__lte=now)
    return _match(is_due | Q(looked_at__lte=imported) if imported else is_due, now, deadline)


def suggestions(line: BankLine, *, now: datetime) -> list[Match]:
    """Whose money it could be, best first, as the books are now."""
    [(money, candidates)] = candidates_for([line], now=now)
    return matches(money, candidates)


def _match(which: Q, now: datetime, deadline: Deadline) -> int:
    waiting = BankLine.objects.filter(which, state=State.WAITING).order_by("-pk")
    ids = list(waiting.values_list("pk", flat=True))
    starts = range(0, len(ids), BATCH)
    return sum(_match_batch(ids[start : start + BATCH], now) for start in starts if not deadline.is_over)


def _match_batch(line_ids: Sequence[int], now: datetime) -> int:
    lines = list(BankLine.objects.filter(pk__in=line_ids, state=State.WAITING).order_by("booked_on", "pk"))
    _note_look(lines, now)
    returned = bank_returns.match([line for line in lines if line.amount < 0], now=now)
    return returned + _match_credits([line for line in lines if line.amount > 0], now)


def _note_look(lines: Sequence[BankLine], now: datetime) -> None:
    """Before the look itself, so that a line on which it breaks down does not come up every minute."""
    for line in lines:
        line.looks = min(line.looks + 1, 100)
        line.looked_at, line.look_at = now, now + pause_after_look(line.looks)
    BankLine.objects.bulk_update(lines, ["looks", "looked_at", "look_at"])


def _match_credits(lines: Sequence[BankLine], now: datetime) -> int:
    found = [matches(money, candidates) for money, candidates in candidates_for(lines, now=now)]
    _keep_likely(lines, found)
    posted = 0
    for line, hits in zip(lines, found, strict=True):
        match = sure(hits)
        posted += bool(match and _post_sure(line, match, now))
    return posted


def _post_sure(line: BankLine, match: Match, now: datetime) -> bool:
    """False when the books have moved since they were read, or a person was faster: then it waits for one."""
    try:
        with transaction.atomic():
            bank_lines.lock_customer(match.customer_id)
            if not _still_fits(line, match):
                return False
            return bank_lines.post_locked(line, match.customer_id, match.invoice_ids, match.why, now=now, by=None)
    except (bank_lines.BankLineRefusal, payments.PaymentRefusal):
        return False


def _still_fits(line: BankLine, match: Match) -> bool:
    balances = list(Invoice.objects.filter(pk__in=match.invoice_ids).values_list("balance", flat=True))
    return all(balance > 0 for balance in balances) if match.is_printed else sum(balances) == line.amount


def _keep_likely(lines: Sequence[BankLine], found: Sequence[Sequence[Match]]) -> None:
    """Write down whom the lines are probably from, and tell the engine of every customer for whom that changed."""
    rows = {
        (line.pk, match.customer_id): LikelyPayer(line=line, customer_id=match.customer_id)
        for line, hits in zip(lines, found, strict=True)
        for match in likely(hits)
    }
    ids = [line.pk for line in lines]
    if rows.keys() == _kept(ids).keys():
        return
    with transaction.atomic():
        locked = BankLine.objects.select_for_update().filter(pk__in=ids, state=State.WAITING).order_by("pk")
        waiting, kept = set(locked.values_list("pk", flat=True)), _kept(ids)
        new = [pair for pair in rows if pair not in kept and pair[0] in waiting]
        stale = [pair for pair in kept if pair not in rows]
        LikelyPayer.objects.filter(pk__in=[kept[pair] for pair in stale]).delete()
        LikelyPayer.objects.bulk_create([rows[pair] for pair in new])
        news.announce(customer_id for _, customer_id in [*new, *stale])


def _kept(line_ids: Sequence[int]) -> dict[tuple[int, int], int]:
    """(line, customer) → row."""
    rows = LikelyPayer.objects.filter(line__in=line_ids).values_list("line_id", "customer_id", "pk")
    return {(line_id, customer_id): pk for line_id, customer_id, pk in rows}
