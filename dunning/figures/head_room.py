"""How much room the caps on tries leave: the networks' and our own, over 30 days."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from dunning.figures.asking import FOR_CUSTOMER, fetched, rows_of
from dunning.figures.columns import Column, Kind, Row, Share
from dunning.figures.question import Question
from dunning.figures.report import NOT_YET, Report
from dunning.rules.figures.retries import head_room, is_narrow
from payments.queries.declines import decline_book, tries_of
from payments.rules.caps import WINDOWS, applicable, counted, in_words
from payments.rules.declines import Cap, CapScope, DeclineBook
from payments.rules.methods import MethodKind
from payments.rules.retry_facts import RetryFacts

NOTHING = Decimal(0)
WINDOW = WINDOWS[CapScope.DAYS_30]
CARDS = f"""
SELECT attempt.card_fingerprint, max(coalesce(method.kind, 'card')), max(attempt.card_brand),
  coalesce(max(method.country), '')
FROM payments_chargeattempt attempt JOIN customers_customer customer ON customer.id = attempt.customer_id
LEFT JOIN payments_paymentmethod method ON method.id = attempt.method_id
WHERE attempt.card_fingerprint <> '' AND attempt.started_at >= %(since)s AND attempt.started_at < %(end)s
  AND {FOR_CUSTOMER}
GROUP BY 1
"""
ROOM_COLUMNS = (
    Column("cap", "Tries allowed", Kind.COUNT, lambda m: m["cap"]),
    Column("cards", "Cards tried", Kind.COUNT, lambda m: len(m["used"])),
    Column("most", "Most tries of a card", Kind.COUNT, lambda m: max(m["used"])),
    Column("room", "Least head-room", Kind.COUNT, lambda m: min(head_room(m["cap"], used) for used in m["used"])),
    Column(
        "narrow",
        "Cards with less than 20 % left",
        Kind.SHARE,
        lambda m: Share(sum(is_narrow(m["cap"], used) for used in m["used"]), len(m["used"])),
    ),
)


def room(question: Question) -> list[Row]:
    """Each cap over 30 days that is in force on the day, with the head-room of the cards under it."""
    book = decline_book(question.as_of)
    used: dict[Cap, list[int]] = defaultdict(list)
    for amounts in _cards(question, book):
        for cap in applicable(amounts[0], book):
            if cap.scope is CapScope.DAYS_30:
                used[cap].append(max(len(counted(cap, facts)) for facts in amounts))
    found = [{"part": in_words(cap), "currency": "", "used": tries, "cap": cap.limit} for cap, tries in used.items()]
    return rows_of(sorted(found, key=lambda one: str(one["part"])), ROOM_COLUMNS)


def _cards(question: Question, book: DeclineBook) -> Iterator[list[RetryFacts]]:
    """Each card that was tried lately: the facts for each amount it was tried for."""
    since = question.end - WINDOW
    cards = fetched(CARDS, question, asked={"since": since})
    tried = tries_of([fingerprint for fingerprint, *_ in cards], book)
    for fingerprint, kind, brand, issued_in in cards:
        tries = tuple(one for one in tried[fingerprint] if since <= one.at < question.end)
        facts = RetryFacts(
            NOTHING, "", frozenset(), question.end, tries, MethodKind(kind), brand=brand, issued_in=issued_in
        )
        amounts = {(one.amount, one.currency) for one in tries}
        if amounts:
            yield [replace(facts, amount=amount, currency=currency) for amount, currency in amounts]


ROOM = Report(
    key="room",
    title="Cap head-room",
    asks="How much room do the networks' caps leave?",
    definition=(
        "For each cap on tries in 30 days, and each card under it: what it allows less the tries it counts in the 30 "
        "days to the date. Where a cap counts tries of one amount: of the amount tried most.",
    ),
    cohort="Cards with a try in the 30 days to the date of the report, by the caps that day; without one: left out.",
    in_progress=NOT_YET,
    columns=ROOM_COLUMNS,
    answers=room,
    drawn="narrow",
    filters=("segment", "country"),
    has_period=False,
)
