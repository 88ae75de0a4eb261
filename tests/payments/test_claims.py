"""Claims in the books: off by default, once ever, beside the balance, paid last."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from customers.models import Hold, LedgerEntry
from customers.operations import holds
from customers.queries import ledger_faults
from payments.models import BankLine, BaseRate, ChargeAttempt, Claim, ClaimPolicy, ClaimRule
from payments.operations import bank_lines, claims
from payments.operations.bank_files import take_in
from payments.operations.claims import raise_due
from payments.operations.instalment_plans import end
from payments.operations.shipped_rows import store_shipped_rows
from payments.queries.laws import law_book
from tests.bank import Credit, camt
from tests.claiming import business, on, raised
from tests.people import NOW, owes, person
from tests.plans import agree

pytestmark = pytest.mark.django_db


D = Decimal


def test_nothing_is_claimed_before_it_is_switched_on() -> None:
    ada = business()
    owes(ada, "100.00")
    raise_due(now=NOW)
    assert raised(ada) == []


def test_nothing_is_claimed_for_what_fell_late_before_it_was_switched_on() -> None:
    ClaimPolicy.objects.create(is_on=True, source="Maria, manager", valid_from="2026-02-20")
    ada = business()
    owes(ada, "100.00", due="2026-02-16")
    raise_due(now=NOW)
    assert raised(ada) == []


@pytest.mark.parametrize(
    ("country", "kind", "currency", "amount", "claimed"),
    [
        ("DE", "business", "EUR", "100.00", [("interest", 0), ("lump_sum", 40)]),
        ("FR", "business", "EUR", "100.00", [("interest", 0), ("lump_sum", 40)]),
        ("GB", "business", "GBP", "999.99", [("interest", 0), ("lump_sum", 40)]),
        ("GB", "business", "GBP", "1000.00", [("interest", 0), ("lump_sum", 70)]),
        ("GB", "business", "GBP", "10000.00", [("interest", 0), ("lump_sum", 100)]),
        ("DE", "business", "USD", "100.00", [("interest", 0)]),  # 40 EUR are not converted
        ("FR", "business", "USD", "100.00", []),
        ("GB", "business", "EUR", "100.00", []),
        ("US", "business", "USD", "100.00", []),
        ("", "business", "EUR", "100.00", []),
        ("DE", "consumer", "EUR", "100.00", []),  # a person judges whether a consumer is in default
        ("NL", "consumer", "EUR", "100.00", []),
        ("DE", "unknown", "EUR", "100.00", []),
    ],
)
def test_law_of_the_customer_s_country_decides(
    by_law: ClaimPolicy, country: str, kind: str, currency: str, amount: str, claimed: list[tuple[str, int]]
) -> None:
    ada = person("Ada Lindgren", country=country, kind=kind)
    owes(ada, amount, currency)
    raise_due(now=NOW)
    assert raised(ada) == claimed


def test_law_in_the_invoice_s_currency_goes_before_a_later_one_in_another(by_law: ClaimPolicy) -> None:
    """As when a desk adds dollars of its own beside the shipped euros."""
    shipped = ClaimRule.objects.get(pack="eu_b2b", kind="lump_sum")
    for currency, terms in (("USD", "45"), ("CHF", "50")):
        ClaimRule.objects.create(
            pack="own", kind="lump_sum", who="business", countries=shipped.countries, terms=terms, currency=currency,
            is_by_itself=True, source="our contracts", valid_from="2026-02-01",
        )  # fmt: skip
    ada = business(country="FR")
    owes(ada, "100.00", "EUR")
    owes(ada, "100.00", "USD")
    raise_due(now=NOW)
    found = Claim.objects.filter(kind="lump_sum").order_by("currency").values_list("currency", "amount")
    assert list(found) == [("EUR", 40), ("USD", 45)]


def test_claim_is_never_in_the_balance_and_tells_its_law(by_law: ClaimPolicy) -> None:
    invoice = owes(business(), "100.00")
    raise_due(now=NOW)
    invoice.refresh_from_db()
    claim = Claim.objects.get(kind="lump_sum")
    assert (invoice.balance, claim.law, claim.arose_on) == (100, "§ 288 (5) BGB: 40 EUR", date(2026, 2, 17))
    assert ledger_faults() == []


def test_lump_sum_waits_for_money_on_its_way_through_the_banks(by_law: ClaimPolicy) -> None:
    ada = business()
    owes(ada, "100.00", due="2026-02-25")
    raise_due(now=on("2026-03-02"))
    assert raised(ada) == [("interest", 0)]
    raise_due(now=on("2026-03-03"))
    assert raised(ada) == [("interest", 0), ("lump_sum", 40)]


@pytest.mark.parametrize("where", ["at the bank", "under way"])
def test_nothing_is_raised_while_their_money_waits(by_law: ClaimPolicy, where: str) -> None:
    ada = business()
    owes(ada, "100.00", number="R-2026-0001")
    if where == "at the bank":
        take_in(camt(Credit("70.00", "R-2026-0001", day="2026-02-13")), name="statement.xml", now=NOW, by=None)
    else:
        charge = ChargeAttempt.objects.create(
            customer=ada, gateway="sandbox", amount=70, currency="EUR", idempotency_key="k", started_at=NOW,
            look_at=NOW, state="pending",
        )  # fmt: skip
    raise_due(now=NOW)
    assert raised(ada) == []
    if where == "at the bank":
        bank_lines.set_aside(BankLine.objects.get(), reason="not hers", now=NOW, by=None)
    else:
        ChargeAttempt.objects.filter(pk=charge.pk).update(state="declined")
    raise_due(now=NOW)
    assert len(raised(ada)) == 2


def test_claim_is_raised_once_ever_also_after_waiving(by_law: ClaimPolicy) -> None:
    ada = business()
    owes(ada, "100.00")
    raise_due(now=NOW)
    claim = Claim.objects.get(kind="lump_sum")
    claims.waive(claim, reason="a good customer", now=NOW, by=None)
    raise_due(now=NOW + timedelta(days=30))
    assert Claim.objects.filter(kind="lump_sum").count() == 1
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        claim.delete()
    with pytest.raises(IntegrityError, match="one_claim_per_invoice_kind_and_step"), transaction.atomic():
        Claim.objects.create(
            invoice=claim.invoice, kind="lump_sum", amount=1, currency="EUR", arose_on=NOW.date(), rule=claim.rule,
            law="x", raised_at=NOW,
        )  # fmt: skip


@pytest.mark.parametrize("kind", [Hold.Kind.DISPUTE, Hold.Kind.HARDSHIP])
@pytest.mark.parametrize("whole", [True, False])
def test_nothing_is_raised_during_a_dispute_or_hardship(by_law: ClaimPolicy, kind: Hold.Kind, whole: bool) -> None:
    ada = business()
    invoice = owes(ada, "100.00")
    facts = {"reason": "parts missing", "until_on": None, "now": NOW, "by": None}
    hold = holds.place(ada, kind=kind, invoice=None if whole else invoice, **facts)  # type: ignore[arg-type]
    raise_due(now=NOW)
    assert raised(ada) == []
    holds.release(hold, now=NOW)
    raise_due(now=NOW + timedelta(days=1))
    assert len(raised(ada)) == 2


def test_nothing_is_raised_during_an_instalment_plan(by_law: ClaimPolicy) -> None:
    ada = business()
    owes(ada, "100.00")
    plan = agree(ada, now=NOW)
    raise_due(now=NOW)
    assert raised(ada) == []
    end(plan, reason="they changed their mind", now=NOW, by=None)
    raise_due(now=NOW + timedelta(days=1))
    assert len(raised(ada)) == 2


def test_pause_or_promise_freezes_no_claim(by_law: ClaimPolicy) -> None:
    ada = business()
    owes(ada, "100.00")
    holds.place(ada, kind=Hold.Kind.PROMISE, reason="next week", until_on=None, now=NOW, by=None)
    raise_due(now=NOW)
    assert len(raised(ada)) == 2


def test_raising_takes_as_many_queries_for_many_as_for_one(by_law: ClaimPolicy) -> None:
    counts = []
    for number in (1, 6):
        for place in range(number):
            owes(business(f"Ada {number}-{place}"), "10.00")
        with CaptureQueriesContext(connection) as queries:
            raise_due(now=NOW)
        counts.append(len(queries))
    assert Claim.objects.count() == 14
    assert counts[0] == counts[1]


@pytest.mark.parametrize("table", [ClaimRule, BaseRate])
def test_every_law_has_a_source_and_a_date_and_is_never_changed(table: Any) -> None:
    rows = table.objects.all()
    assert rows
    assert all(len(row.source) > 10 and row.valid_from >= date(2026, 1, 1) for row in rows)
    with pytest.raises(DatabaseError, match="add a row with a later valid_from"), transaction.atomic():
        rows.update(source="changed")


def test_shipping_the_laws_again_adds_nothing() -> None:
    before = [list(table.objects.order_by("pk").values()) for table in (ClaimRule, BaseRate)]
    store_shipped_rows()
    assert [list(table.objects.order_by("pk").values()) for table in (ClaimRule, BaseRate)] == before
    assert len(law_book().laws) == len(before[0])


def test_ledger_knows_no_claims() -> None:
    assert not [kind for kind in LedgerEntry.Kind.values if "claim" in kind or "fee" in kind]
