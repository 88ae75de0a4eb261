"""Reports on letters, calls and their cost, of small books whose figures can be counted on fingers."""

from datetime import date
from decimal import Decimal

import pytest

from customers.models import ContactStop, Hold, Invoice, LedgerEntry
from customers.operations import ledger
from customers.operations.ledger import Posting, post
from dunning.figures.book import REPORTS
from dunning.figures.shown import panels
from dunning.models import Call, CostRate, DeliveryEvent, Feedback, Notice
from tests.figures.asked import ASKED, at, counts, figures
from tests.figures.portfolio import Letter, Portfolio, _send
from tests.people import owes, paid, person

pytestmark = pytest.mark.django_db


def test_a_step_that_goes_by_two_ways_is_one_reminder_of_the_way_it_went_last() -> None:
    # The mail of the first step names two invoices on 10 April, its text message one of them on the 12th. 40 of that
    # one come on the 11th and 60 on the 13th, and the second step names the other on the 20th.
    ada = person("Ada Lindgren")
    paid_one, open_one = (owes(ada, "100.00", due="2026-04-01") for _ in range(2))
    letters = [
        Letter(0, 0, at("2026-04-10"), (0, 1)),
        Letter(0, 0, at("2026-04-12"), (0,), "sms"),
        Letter(0, 1, at("2026-04-20"), (1,)),
    ]
    _send(Portfolio([], letters), [ada], [paid_one, open_one])
    paid(paid_one, at("2026-04-11"), "40")
    paid(paid_one, at("2026-04-13"), "60")
    first = figures("steps", "step", "Standard, day +1, friendly")
    assert (first["messages"], first["reached"], counts(first["settled"]), first["came"]) == (2, 2, (1, 2), 100)
    assert first["each"] == 2
    assert counts(figures("steps", "step", "Standard, day +7, clear")["open"]) == (1, 1)
    mail, sms = (figures("steps", "channel", way) for way in ("email", "sms"))
    assert (mail["messages"], mail["reached"], counts(mail["settled"])) == (2, 2, (0, 2))
    assert (sms["messages"], sms["reached"], counts(sms["settled"]), sms["came"]) == (1, 1, (1, 1), 100)


def test_no_interval_is_told_of_invoices_that_one_letter_names() -> None:
    # Twenty invoices in one letter, paid by one transfer: that is one observation, not twenty.
    ada = person("Ada Lindgren")
    invoices = [owes(ada, "10.00", due="2026-04-01") for _ in range(20)]
    _send(Portfolio([], [Letter(0, 0, at("2026-04-10"), tuple(range(20)))]), [ada], invoices)
    for invoice in invoices:
        paid(invoice, at("2026-04-12"))
    settled = figures("steps")["settled"]
    assert (counts(settled), settled.interval) == ((20, 20), None)
    assert panels(REPORTS["steps"], REPORTS["steps"].rows(ASKED))[0].lines[0].cells[2].note == "20 of 20"


def test_reminders_after_the_money_are_wrongful_whenever_it_was_written_down() -> None:
    # Of four reminders of 10 April one is about money with the value date of the eighth that was written down on the
    # twelfth, one about money of the very day, one about a credit note of the eighth, and one about an open invoice.
    people = [person(f"Customer {number}") for number in range(4)]
    early, same_day, let_off, still_open = (owes(one, "100.00", due="2026-04-01") for one in people)
    post([Posting(early.pk, LedgerEntry.Kind.PAID, Decimal(-100), date(2026, 4, 8), "desk")], now=at("2026-04-12"))
    paid(same_day, at("2026-04-10"))
    ledger.credit(let_off, Decimal(100), reason="Gone", now=at("2026-04-08"), on=date(2026, 4, 8), by=None)
    letters = [Letter(place, 0, at("2026-04-10"), (place,)) for place in range(4)]
    _send(Portfolio([], letters), people, [early, same_day, let_off, still_open])
    assert counts(figures("chases")["wrongful"]) == (1, 4)
    assert counts(figures("chases", as_of=date(2026, 4, 11))["wrongful"]) == (0, 4)


def test_calls_are_of_all_attempts_and_promises_of_those_who_answered() -> None:
    # Four calls, two of them answered; in one of these a day is promised, the other promise comes three days later.
    ada, bo = person("Ada Lindgren"), person("Bo Nygaard")
    for who, is_talk, promised in (
        (ada, True, "2026-04-12"),
        (bo, True, "2026-04-15"),
        (ada, False, ""),
        (bo, False, ""),
    ):
        Call.objects.create(customer=who, called_at=at("2026-04-12"), is_talk=is_talk)
        if promised:
            Hold.objects.create(
                customer=who, kind="promise", reason="Friday", placed_at=at(promised), until_on=date(2026, 4, 30)
            )
    told = figures("calls")
    assert (counts(told["reached"]), counts(told["promised"])) == ((2, 4), (1, 2))


def test_messages_are_counted_with_what_was_heard_of_them_and_what_they_cost() -> None:
    people = [person(f"Customer {number}") for number in range(3)]
    invoices = [owes(one, "100.00", due="2026-04-01") for one in people]
    letters = [Letter(place, 0, at("2026-04-10"), (place,)) for place in range(3)]
    _send(Portfolio([], letters), people, invoices)
    first, second, third = Notice.objects.order_by("pk")
    for notice, kind in ((first, "delivered"), (second, "bounced"), (third, "complained")):
        DeliveryEvent.objects.create(
            channel="email", provider="x", event_id=f"{notice.pk}", kind=kind, notice=notice, state="applied",
            happened_at=at("2026-04-10"), received_at=at("2026-04-11"),
        )  # fmt: skip
    Feedback.objects.create(
        customer=people[0], notice=first, step=first.step, given_at=at("2026-04-12"), is_kind=False, is_clear=True
    )
    ContactStop.objects.create(customer=people[0], channel="email", source="desk", since=at("2026-04-14"))
    told = figures("delivery", "channel")
    assert (counts(told["delivered"]), counts(told["bounced"]), counts(told["complained"])) == ((1, 3), (1, 3), (1, 3))
    chases = figures("chases")
    # The first called it unkind and opted out, too: one customer, once. The third reported spam.
    assert [counts(chases[name]) for name in ("unkind", "opted_out", "annoyed")] == [(1, 3), (1, 3), (2, 3)]
    opinions = figures("feedback", "step")
    assert (counts(opinions["clear"]), counts(opinions["kind"])) == ((1, 1), (0, 1))
    CostRate.objects.create(kind="email", currency="EUR", amount="0.50", source="-", valid_from=date(2026, 1, 1))
    Call.objects.create(customer=people[0], called_at=at("2026-04-12"), is_talk=True)
    paid(invoices[0], at("2026-04-20"))
    owes(people[0], "5000", "JPY", due="2026-06-20")  # billed later: the call was about euros
    Invoice.objects.filter(currency="JPY").update(created_at=at("2026-06-01"))
    costs = figures("costs", part="2026-04")
    assert (costs["number"], costs["cost"], costs["unpriced"]) == (4, Decimal("1.50"), 1)
    assert (costs["collected"], costs["each"]) == (100, Decimal("1.5"))
    assert figures("costs", part="2026-04", channel="email")["each"] is None
    assert counts(figures("calls")["reached"]) == (1, 1)
