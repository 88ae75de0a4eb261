"""Many at once: ticks beside ticks, payers beside senders, workers that wake up too late."""

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from pytest_django import Settings

from customers.models import Hold, Invoice, LedgerEntry
from customers.operations import consideration, holds
from customers.operations.ledger import Posting, post
from customers.rules.holds import Blocks
from dunning.channels.base import Message, Receipt
from dunning.models import Case, Notice, StepRun
from dunning.operations import deliver as delivery
from dunning.operations.advance import advance_due
from dunning.operations.opening import open_cases
from dunning.operations.prepare import prepare
from dunning.operations.tick import tick
from payments.models import ChargeAttempt
from payments.operations.bank_files import take_in
from tests.bank import Credit, camt
from tests.campaigns import standard_campaign
from tests.charging import debit_elsewhere
from tests.faults.engine_process import start_tick
from tests.people import NOW, owes, paid, reachable
from tests.provider import Provider

pytestmark = pytest.mark.django_db(transaction=True)


def test_eight_ticks_at_once_send_each_letter_once(provider: Provider) -> None:
    standard_campaign(now=NOW)
    for number in range(120):
        owes(reachable("Ada Lindgren", number=f"A{number}"), "10.00", due="2026-03-01")
    racers = [start_tick(now=NOW, connections=2) for _ in range(8)]
    errors = [racer.communicate(timeout=120)[1] for racer in racers]
    assert [racer.returncode for racer in racers] == [0] * 8, errors
    tick(now=NOW + timedelta(minutes=1))
    addresses = [entry["to"] for entry in provider.accepted()]
    assert len(addresses) == len(set(addresses)) == 120
    assert (Case.objects.count(), StepRun.objects.filter(outcome="done").count()) == (120, 120)


def test_payment_between_decision_and_send_withdraws_the_letter(provider: Provider) -> None:
    standard_campaign(now=NOW)
    invoice = owes(reachable(), "10.00", due="2026-03-01")
    open_cases(now=NOW)
    advance_due(now=NOW)
    assert Notice.objects.get().state == "queued"
    paid(invoice, NOW)
    tick(now=NOW)
    assert provider.accepted() == []
    assert Notice.objects.get().state == "withdrawn"
    assert [run.outcome for run in StepRun.objects.filter(step__offset_days=1)] == ["skipped"]


EVENTS = [
    "payment",
    "part payment",
    "hold",
    "hold on charges",
    "wish",
    "mark",
    "closing",
    "address",
    "money at the bank",
]


@pytest.mark.parametrize("event", EVENTS)
def test_anything_that_happens_after_the_letter_is_written_stops_it(provider: Provider, event: str) -> None:
    standard_campaign(now=NOW)
    ada = reachable()
    invoice = owes(ada, "10.00", due="2026-03-01")
    open_cases(now=NOW)
    advance_due(now=NOW)
    [notice] = delivery._claim(NOW)
    [parcel] = prepare([notice], now=NOW).parcels
    match event:
        case "payment":
            paid(invoice, NOW)
        case "part payment":
            post([Posting(invoice.pk, LedgerEntry.Kind.PAID, Decimal(-1), NOW.date(), "desk")], now=NOW)
        case "hold":
            holds.place(ada, kind=Hold.Kind.DISPUTE, reason="wrong", until_on=None, now=NOW, by=None, invoice=invoice)
        case "hold on charges":  # the letter may speak of the card: it is written anew
            blocks, promise = Blocks(contact=False), Hold.Kind.PROMISE
            holds.place(ada, kind=promise, reason="card lost", until_on=None, now=NOW, by=None, blocks=blocks)
        case "wish":
            consideration.refuse(ada, consideration.Said("", "", "By e-mail", now=NOW, by=None))
        case "mark":
            consideration.mark_vulnerable(ada, note="carer helps", now=NOW, by=None)
        case "closing":
            Case.objects.update(state="closed", closed_at=NOW, next_action_at=None)
        case "address":
            ada.contacts.update(email="new@example.com")
        case "money at the bank":
            take_in(camt(Credit("10.00", "thanks")), name="statement.xml", now=NOW, by=None)
    assert not delivery._mark_calling(parcel, NOW)


def test_debit_that_is_learnt_of_after_the_letter_is_written_stops_it_only_if_it_is_for_the_same(
    provider: Provider,
) -> None:
    standard_campaign(now=NOW)
    ada = reachable()
    named, other = owes(ada, "10.00", due="2026-03-01"), owes(ada, "10.00", due="2026-12-01")
    open_cases(now=NOW)
    advance_due(now=NOW)
    [parcel] = prepare(delivery._claim(NOW), now=NOW).parcels
    attempt = debit_elsewhere(ada, named, started_at=NOW)
    assert not delivery._mark_calling(parcel, NOW)
    attempt.delete()
    debit_elsewhere(ada, other, started_at=NOW)
    assert delivery._mark_calling(parcel, NOW)


@pytest.mark.parametrize(
    ("blocks", "letters"),
    [(Blocks(), 0), (Blocks(contact=False), 1), (Blocks(contact=False, charges=False, claims=True), 1)],
    ids=str,
)
def test_hold_between_decision_and_send_stops_the_letter_only_if_it_blocks_contact(
    provider: Provider, blocks: Blocks, letters: int
) -> None:
    standard_campaign(now=NOW)
    ada = reachable()
    owes(ada, "10.00", due="2026-03-01")
    open_cases(now=NOW)
    advance_due(now=NOW)
    [notice] = delivery._claim(NOW)
    [parcel] = prepare([notice], now=NOW).parcels
    holds.place(ada, kind=Hold.Kind.PROMISE, reason="soon", until_on=None, now=NOW, by=None, blocks=blocks)
    assert not delivery._mark_calling(parcel, NOW)
    delivery._let_go(parcel, NOW)
    for minutes in (1, 2):
        tick(now=NOW + timedelta(minutes=minutes))
    assert len(provider.accepted()) == letters


def test_payer_and_sender_meet_at_the_lock(provider: Provider) -> None:
    """A payer who holds the invoice makes the sender wait, and the sender then sees the payment."""
    standard_campaign(now=NOW)
    invoice = owes(reachable(), "10.00", due="2026-03-01")
    open_cases(now=NOW)
    advance_due(now=NOW)
    [notice] = delivery._claim(NOW)
    [parcel] = prepare([notice], now=NOW).parcels
    marked: list[bool] = []

    def send() -> None:
        marked.append(delivery._mark_calling(parcel, NOW))
        connection.close()

    sender = threading.Thread(target=send)
    with transaction.atomic():
        paid(invoice, NOW)
        sender.start()
        sender.join(0.5)
        assert sender.is_alive(), "the sender did not wait for the payer"
    sender.join(10)
    assert marked == [False]


def test_customer_who_begins_to_pay_and_sender_meet_at_the_lock(provider: Provider) -> None:
    """A charge that is being begun makes the sender wait; the sender then sees it, and no letter crosses the money."""
    standard_campaign(now=NOW)
    invoice = owes(reachable(), "10.00", due="2026-03-01")
    open_cases(now=NOW)
    advance_due(now=NOW)
    [notice] = delivery._claim(NOW)
    [parcel] = prepare([notice], now=NOW).parcels
    marked: list[bool] = []

    def send() -> None:
        marked.append(delivery._mark_calling(parcel, NOW))
        connection.close()

    sender = threading.Thread(target=send)
    with transaction.atomic():  # as charges._begin holds what it is about to charge
        list(Invoice.objects.filter(pk=invoice.pk).select_for_update())
        sender.start()
        sender.join(0.5)
        assert sender.is_alive(), "the sender did not wait for the charge"
        ChargeAttempt.objects.create(
            customer=invoice.customer, gateway="sandbox", amount=10, currency="EUR", idempotency_key="key",
            state=ChargeAttempt.State.CALLING, started_at=NOW, look_at=NOW,
        )  # fmt: skip
    sender.join(10)
    assert marked == [False]


def test_worker_that_wakes_after_its_lease_changes_nothing(provider: Provider) -> None:
    standard_campaign(now=NOW)
    owes(reachable(), "10.00", due="2026-03-01")
    open_cases(now=NOW)
    advance_due(now=NOW)
    [stale] = delivery._claim(NOW)
    [parcel] = prepare([stale], now=NOW).parcels
    Notice.objects.update(lease_until=None)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE dunning_notice SET lease_until = now() - interval '1 s'")
    tick(now=NOW)  # another worker takes over
    assert len(provider.accepted()) == 1
    assert not delivery._mark_calling(parcel, NOW)
    assert not delivery._finish(stale, Notice.State.REFUSED)
    assert Notice.objects.get().state == "sent"


class Frozen(Provider):
    """The worker sleeps in the middle of the call until its lease is over and another has looked at the row."""

    def send(self, message: Message) -> Receipt:
        receipt = super().send(message)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE dunning_notice SET lease_until = now() - interval '1 s'")
        delivery._release_expired(NOW)
        return receipt


def test_stale_finish_of_a_call_leaves_the_doubt_for_a_person(settings: Settings, provider: Provider) -> None:
    entry = {"class": "tests.faults.test_send_races.Frozen", "options": {"journal": str(provider.journal)}}
    settings.DUNNING_CHANNELS = {"email": entry}
    standard_campaign(now=NOW)
    owes(reachable(), "10.00", due="2026-03-01")
    tick(now=NOW)
    assert Notice.objects.get().state == "in_doubt"
    settings.DUNNING_CHANNELS = {"email": {**entry, "class": "tests.provider.Provider"}}
    tick(now=NOW + timedelta(hours=1))
    assert len(provider.accepted()) == 1


@pytest.mark.parametrize("provider_class", ["ProviderLosingAnswers", "ProviderLosingAnswersWithKeys"])
def test_lost_answer_is_a_doubt_not_a_second_letter(
    settings: Settings, provider: Provider, provider_class: str
) -> None:
    entry = {"class": f"tests.provider.{provider_class}", "options": {"journal": str(provider.journal)}}
    settings.DUNNING_CHANNELS = {"email": entry}
    standard_campaign(now=NOW)
    owes(reachable(), "10.00", due="2026-03-01")
    for minutes in (0, 5, 10):
        tick(now=NOW + timedelta(minutes=minutes))
    assert Notice.objects.get().state == "in_doubt"
    assert len(provider.accepted()) == 1
