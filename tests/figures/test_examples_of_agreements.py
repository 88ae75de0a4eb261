"""Reports on promises, plans, disputes and claims, of small books whose figures can be counted on fingers."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from customers.models import Customer, Hold, Invoice
from customers.operations import ledger
from payments.models import Claim, ClaimAllocation, ClaimRule, InstalmentPlan, Payment
from tests.figures.asked import at, counts, figures
from tests.people import LONG_AGO, owes, paid, person

pytestmark = pytest.mark.django_db


def promise(customer: Customer, until: str, **facts: Any) -> Hold:
    return Hold.objects.create(
        customer=customer, kind="promise", reason="Will pay", placed_at=at("2026-04-10"),
        until_on=date.fromisoformat(until), **facts,
    )  # fmt: skip


def test_promises_are_kept_by_95_per_cent_within_three_days() -> None:
    ada, bo, eva, lee = (person(name) for name in ("Ada Lindgren", "Bo Nygaard", "Eva Sole", "Lee Park"))
    for one in (ada, bo, eva, lee):
        owes(one, "100.00", due="2026-04-01")
    promise(ada, "2026-04-20")
    paid(ada.invoices.get(), at("2026-04-23"), "95")
    promise(bo, "2026-04-20")
    paid(bo.invoices.get(), at("2026-04-24"), "100")
    promise(eva, "2026-04-20", released_at=at("2026-04-12"))
    promise(lee, "2026-06-29")
    april = figures("promises", part="2026-04")
    assert (april["made"], counts(april["kept"]), april["broken"], april["taken_back"]) == (3, (1, 2), 1, 1)
    assert (april["kept_amount"].part, april["kept_amount"].whole) == (100, 200)
    june = figures("promises", part="2026-06")
    assert (june["running"], june["running_amount"]) == (1, 100)


def test_a_promise_is_about_what_was_open_at_its_moment_less_credits_since() -> None:
    # Ada pays 40 of 100 at seven in the morning, promises the rest at nine, and pays 60 at noon of the same day.
    ada = person("Ada Lindgren")
    hers = owes(ada, "100.00", due="2026-04-01")
    paid(hers, at("2026-04-10").replace(hour=7), "40")
    promise(ada, "2026-04-20")
    paid(hers, at("2026-04-10").replace(hour=12), "60")
    # Bo promises 100; 50 are credited, and he pays the other 50. Eva promises 100, and all of it is credited.
    bo, eva, lee = (person(name) for name in ("Bo Nygaard", "Eva Sole", "Lee Park"))
    for one, credit in ((bo, "50"), (eva, "100")):
        invoice = owes(one, "100.00", due="2026-04-01")
        promise(one, "2026-04-20")
        ledger.credit(invoice, Decimal(credit), reason="Parts", now=at("2026-04-12"), on=date(2026, 4, 12), by=None)
    paid(bo.invoices.get(), at("2026-04-18"), "50")
    # Of Lee's 100 the desk gives up 60: nobody kept that promise.
    promise(lee, "2026-04-20", invoice=owes(lee, "60.00", due="2026-04-01"))
    ledger.write_off(lee.invoices.get(), reason="Gone", now=at("2026-04-12"), on=date(2026, 4, 12), by=None)
    told = figures("promises")
    assert (told["made"], counts(told["kept"]), told["broken"], told["taken_back"]) == (4, (2, 3), 1, 1)
    assert (told["kept_amount"].part, told["kept_amount"].whole, told["amount"]) == (60 + 50, 60 + 50 + 60, 170)


def test_a_promise_put_off_is_broken_once() -> None:
    ada = person("Ada Lindgren")
    invoice = owes(ada, "100.00", due="2026-04-01")
    promise(ada, "2026-04-20", released_at=at("2026-04-18"))
    promise(ada, "2026-04-27")
    paid(invoice, at("2026-04-27"))
    told = figures("promises")
    assert (told["made"], counts(told["kept"]), told["taken_back"]) == (2, (1, 2), 0)


def test_plans_are_judged_as_they_stood() -> None:
    ada = person("Ada Lindgren")
    plan = {"customer": ada, "currency": "EUR", "amount": 100, "interval": "monthly", "made_at": LONG_AGO}
    for state in ("kept", "broken"):
        ended = {"ended_at": at("2026-05-01"), "ended_on": date(2026, 5, 1)}
        InstalmentPlan.objects.create(**plan, state=state, began_on=date(2026, 4, 1), **ended)
    assert counts(figures("plans")["kept"]) == (1, 2)
    assert counts(figures("plans", as_of=date(2026, 4, 30))["active"]) == (2, 2)


def dispute(invoice: Invoice, **facts: Any) -> Hold:
    return Hold.objects.create(
        customer=invoice.customer, invoice=invoice, kind="dispute", reason="Parts missing", placed_at=at("2026-04-10"),
        **facts,
    )  # fmt: skip


def test_disputes_count_what_is_disputed_and_how_they_were_decided() -> None:
    # Of Ada's 200 all is in dispute for 5 days, and 50 are credited; of Bo's 1,000 only 50 are disputed, of Eva's 30
    # no more than is open. Bo's is closed with nothing let off; what is written off months later decides nothing.
    ada, bo, eva = (person(name) for name in ("Ada Lindgren", "Bo Nygaard", "Eva Sole"))
    all_of_it, part, little = (
        owes(one, amount, due="2026-04-01") for one, amount in ((ada, "200.00"), (bo, "1000.00"), (eva, "30.00"))
    )
    dispute(all_of_it, released_at=at("2026-04-15"))
    ledger.credit(all_of_it, Decimal(50), reason="Parts", now=at("2026-04-14"), on=date(2026, 4, 14), by=None)
    dispute(part, disputed_amount=50, released_at=at("2026-04-13"))
    ledger.write_off(part, reason="Gone", now=at("2026-06-14"), on=date(2026, 6, 14), by=None)
    dispute(little, disputed_amount=50)
    told = figures("disputes")
    assert (told["raised"], told["amount"], told["days"]) == (3, 200 + 50 + 30, 4)
    assert (counts(told["closed"]), counts(told["for_customer"])) == ((2, 3), (1, 2))
    assert (told["rate"].part, told["rate"].whole) == (280, 1230)
    assert figures("disputes", "country")["rate"] == told["rate"]


def claim(invoice: Invoice, **facts: Any) -> Claim:
    return Claim.objects.create(
        invoice=invoice, currency="EUR", arose_on=date(2026, 4, 2), rule=ClaimRule.objects.earliest("pk"), law="A law",
        raised_at=at("2026-04-02"), **facts,
    )  # fmt: skip


def test_claims_count_fees_and_settled_interest() -> None:
    # A lump sum of 40 of which 10 are paid, settled interest of 2 that was waived, and interest that still runs.
    ada = person("Ada Lindgren")
    first, second, third = (owes(ada, "100.00", due="2026-04-01") for _ in range(3))
    lump = claim(first, kind="lump_sum", amount=40)
    payment = Payment.objects.create(
        customer=ada, amount=10, currency="EUR", unapplied=0, received_on=date(2026, 5, 2),
        recorded_at=at("2026-05-02"), source="desk",
    )  # fmt: skip
    ClaimAllocation.objects.create(payment=payment, claim=lump, amount=10, made_at=at("2026-05-02"))
    waived = {"waived_at": at("2026-05-03"), "waive_reason": "Kindness"}
    claim(second, kind="interest", amount=2, until_on=date(2026, 5, 1), **waived)
    claim(third, kind="interest")
    told = figures("claims", "language")
    assert (told["raised"], told["amount"], told["paid"]) == (2, 42, 10)
    assert (told["share"].part, told["share"].whole) == (10, 42)
    assert (counts(told["waived"]), told["waived_amount"]) == ((1, 2), 2)
