"""Reading refusals: the tables of one day as a pure book, the tries of cards, codes without an answer, tries wasted."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Exists, F, OuterRef, QuerySet

from payments.models import ChargeAttempt, DeclineEdition, DeclineRule, NetworkCap, RetrySchedule, UnknownCode
from payments.rules.charging import NOBODYS_TRY
from payments.rules.declines import (
    Auto,
    Cap,
    CapScope,
    Cause,
    Decline,
    DeclineBook,
    Judgement,
    Layer,
    Meaning,
    Rule,
    Schedule,
    judge,
)
from payments.rules.methods import MethodKind
from payments.rules.retry_facts import Tried

# Deciding asks this of every batch with cards, hence bare SQL. Said twice that no fingerprint is empty, so that a long
# list goes by the partial index too.
TRIES = """
SELECT card_fingerprint, started_at, attempt.amount, attempt.currency, invoice_ids, state, card_brand,
  coalesce(method.kind, 'card'), customer.country, decline_code, advice_code, network_code, network_advice
FROM payments_chargeattempt attempt
JOIN customers_customer customer ON customer.id = attempt.customer_id
LEFT JOIN payments_paymentmethod method ON method.id = attempt.method_id
WHERE card_fingerprint = ANY(%s) AND card_fingerprint <> '' AND decline_code <> ALL(%s) AND state <> 'queued'
ORDER BY started_at, attempt.id
"""


def decline_book(on: date) -> DeclineBook:
    """The rules, caps and schedules in force on this day.

    Remembered per process. One query asks for the edition, which every change of a row renews, so that a change made
    in any process counts from the next call on; a new edition is read with three more.
    """
    return _book(DeclineEdition.objects.values_list("mark", flat=True).first(), on)


@lru_cache(maxsize=32)
def _book(edition: UUID | None, on: date) -> DeclineBook:
    """Of each rule, cap and schedule the latest that has begun."""
    tables = _tables(edition)
    rules: dict[tuple[Layer, str], dict[str, Rule]] = defaultdict(dict)
    for begins, ends, countries, rule in tables.rules:
        if begins <= on and (ends is None or ends >= on):
            rules[rule.layer, rule.code][countries] = rule
    caps = {(c.network, c.scope, c.same_amount, c.country): c for begins, c in tables.caps if begins <= on}
    return DeclineBook(
        on=on,
        rules={key: tuple(found.values()) for key, found in rules.items()},
        caps=tuple(caps.values()),
        schedules={schedule.cause: schedule for begins, schedule in tables.schedules if begins <= on},
    )


class _Tables(NamedTuple):
    """All rows as the rules see them, with the day on which each begins (rules: ends, and where), oldest first."""

    rules: list[tuple[date, date | None, str, Rule]]
    caps: list[tuple[date, Cap]]
    schedules: list[tuple[date, Schedule]]


@lru_cache(maxsize=2)
def _tables(edition: UUID | None) -> _Tables:  # noqa: ARG001 - the edition is what makes them other tables
    return _Tables(
        [(row.valid_from, row.valid_until, row.countries, _rule(row)) for row in _oldest_first(DeclineRule)],
        [(row.valid_from, _cap(row)) for row in _oldest_first(NetworkCap)],
        [(row.valid_from, _schedule(row)) for row in _oldest_first(RetrySchedule)],
    )


def _oldest_first(model: Any) -> Any:
    """Whoever reads them into a dictionary keeps the latest of each."""
    return model.objects.order_by("valid_from", "pk")


def _rule(row: DeclineRule) -> Rule:
    return Rule(
        layer=Layer(row.layer),
        code=row.code,
        meaning=Meaning(row.meaning),
        auto=Auto(row.auto),
        first_move=row.first_move,
        cause=Cause(row.cause) if row.cause else None,
        is_masked=row.is_masked,
        this_payment_only=row.this_payment_only,
        is_death=row.is_death,
        wait=timedelta(hours=row.wait_hours),
        countries=frozenset(row.countries.split()),
    )


def _cap(row: NetworkCap) -> Cap:
    return Cap(row.network, CapScope(row.scope), row.limit, row.same_amount, row.country)


def _schedule(row: RetrySchedule) -> Schedule:
    return Schedule(Cause(row.cause), tuple(row.pauses.split()), row.within_days, row.notice_days)


def judgement_of(attempt: ChargeAttempt, book: DeclineBook) -> Judgement:
    """What the refusal of this attempt means. Reads the customer's country and the method's kind: select them along."""
    kind = MethodKind(attempt.method.kind) if attempt.method else MethodKind.CARD
    return judge(_decline(attempt), book, kind=kind, brand=attempt.card_brand, country=attempt.customer.country)


def tries_of(fingerprints: Iterable[str], book: DeclineBook) -> dict[str, list[Tried]]:
    """Every try of these cards, oldest first: whoever made it, for whatever invoice, with its refusal judged.

    One query for a batch. Left out is what never reached the gateway. A card without a fingerprint ("") has no tries.
    """
    asked = set(fingerprints) - {""}
    tried: dict[str, list[Tried]] = {fingerprint: [] for fingerprint in asked}
    with connection.cursor() as cursor:
        cursor.execute(TRIES, [list(asked), list(NOBODYS_TRY)])
        for fingerprint, at, amount, currency, paid_for, state, brand, kind, country, *codes in cursor:
            judgement = None
            if state == ChargeAttempt.State.DECLINED:
                judgement = judge(Decline(*codes), book, kind=MethodKind(kind), brand=brand, country=country)
            tried[fingerprint].append(Tried(at, amount, currency, judgement, frozenset(json.loads(paid_for))))
    return tried


def _decline(attempt: ChargeAttempt) -> Decline:
    return Decline(attempt.decline_code, attempt.advice_code, attempt.network_code, attempt.network_advice)


def wasted_tries(since: datetime, until: datetime, book: DeclineBook) -> int:
    """How many tries from `since` up to `until` were made on a card after a refusal that said no for good.

    Two queries. A refusal that concerned one payment only does not count.
    """
    tried_then = ChargeAttempt.objects.filter(started_at__gte=since, started_at__lt=until)
    cards = tried_then.exclude(card_fingerprint="").values_list("card_fingerprint", flat=True).distinct()
    return sum(_wasted(tries, since, until) for tries in tries_of(cards, book).values())


def _wasted(tries: Sequence[Tried], since: datetime, until: datetime) -> int:
    refused_at = min((t.at for t in tries if t.is_lasting_no), default=None)
    return sum(refused_at is not None and refused_at < t.at and since <= t.at < until for t in tries)


def unanswered_codes() -> QuerySet[UnknownCode]:
    """Codes that were seen and that no rule knows, however late it begins."""
    rules = DeclineRule.objects.filter(layer=OuterRef("layer"), code=OuterRef("code"))
    return UnknownCode.objects.filter(~Exists(rules)).order_by(F("last_seen").desc(), "-pk")
