"""Claims on the desk: off until somebody decides, raised, waived, paid, and the laws behind them."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer
from payments.models import BaseRate, Claim, ClaimPolicy, ClaimRule, Refund
from payments.operations import refunds
from payments.operations.claims import raise_due
from payments.rules.base_rates import half_year_of
from tests.people import owes, pays, person
from tests.screens.pressing import plain, press

CLAIMS = reverse("admin:payments_claim_changelist")
TODAY = timezone.localdate


def late(days: int = 20) -> str:
    return str(TODAY() - timedelta(days=days))


@pytest.fixture
def ada(db: None) -> Customer:
    ClaimPolicy.objects.create(is_on=True, source="Maria, manager", valid_from=TODAY() - timedelta(days=90))
    ada = person("Ada Lindgren", country="DE", kind="business")
    owes(ada, "1000.00", due=late())
    raise_due(now=timezone.now())
    return ada


def text(client: Client, url: str) -> str:
    page = client.get(url)
    assert page.status_code == 200
    return plain(page.content.decode())


def test_list_says_that_claims_are_off_and_what_to_do(manager: Client) -> None:
    assert "Late-payment claims are off" in text(manager, CLAIMS)
    assert "never been switched on" in text(manager, reverse("admin:payments_claimpolicy_changelist"))
    told = {"is_on": "True", "valid_from": str(TODAY()), "source": "Maria, after talking to our lawyer"}
    assert manager.post(reverse("admin:payments_claimpolicy_add"), told).status_code == 302
    page = text(manager, CLAIMS)
    assert "are off" not in page and "No claim here" in page


def test_list_totals_what_is_claimed_and_open(auditor: Client, ada: Customer) -> None:
    page = auditor.get(CLAIMS)
    [total] = page.context["cl"].totals
    assert (total["currency"], [sum_ for _, sum_ in total["sums"]]) == ("EUR", [40, 40])
    shown = plain(page.content.decode())
    assert "known once it is paid" in shown and "40.00 EUR" in shown
    for state, rows in (("open", 1), ("running", 1), ("paid", 0), ("waived", 0)):
        assert auditor.get(CLAIMS, {"state": state}).context["cl"].result_count == rows


def test_page_of_running_interest_says_how_much_it_is_by_now(auditor: Client, ada: Customer) -> None:
    claim = Claim.objects.get(kind="interest")
    rate = BaseRate.objects.filter(name="bundesbank", valid_from__lte=TODAY()).latest("valid_from").percent + 9
    expected = round(1000 * rate * 20 / 36500, 2)
    assert f"{expected} EUR" in text(auditor, reverse("admin:payments_claim_change", args=[claim.pk]))


def test_manager_waives_with_a_reason_and_collector_does_not(manager: Client, collector: Client, ada: Customer) -> None:
    claim = Claim.objects.get(kind="lump_sum")
    assert collector.get(reverse("admin:payments_claim_waive", args=[claim.pk])).status_code == 403
    assert press(manager, "waive", claim, reason="") == ["This field is required."]
    assert press(manager, "waive", claim, reason="A customer for ten years") == ["Waived: A customer for ten years"]
    assert press(manager, "waive", claim, reason="again") == ["It was waived before. Nothing was changed."]
    assert "A customer for ten years" in text(manager, reverse("admin:payments_claim_change", args=[claim.pk]))


def test_credit_is_put_on_a_claim_by_one_button_after_the_invoices(collector: Client, ada: Customer) -> None:
    claim = Claim.objects.get(kind="lump_sum")
    [refused] = press(collector, "pay", claim)
    assert "is open: money settles invoices first" in refused
    pays(ada, "1050.00", timezone.now())
    [done] = press(collector, "pay", claim)
    assert plain(done) == "40.00 EUR of the customer's credit put on this claim."
    assert "Nothing is open" in press(collector, "pay", claim)[0]
    [payment] = ada.payments.all()
    page = text(collector, reverse("admin:payments_payment_change", args=[payment.pk]))
    assert "10.00 EUR" in page and f"{claim}" in page and "40.00 EUR" in page


def test_refund_tells_which_claim_its_money_came_off(collector: Client, ada: Customer) -> None:
    payment = pays(ada, "1040.00", timezone.now())
    claim = Claim.objects.get(kind="lump_sum")
    press(collector, "pay", claim)
    kind = Refund.Kind.REFUND
    refund = refunds.record(payment, kind=kind, amount=Decimal(15), on=TODAY(), reason="their wish", now=timezone.now())
    page = text(collector, reverse("admin:payments_refund_change", args=[refund.pk]))
    assert f"{claim}" in page and "-15.00 EUR" in page


def test_claim_that_a_person_judges_is_raised_from_the_invoice(manager: Client, ada: Customer) -> None:
    Customer.objects.update(kind="consumer")
    invoice = ada.invoices.get()
    first = str(TODAY() - timedelta(days=10))
    [refused] = press(manager, "claim", invoice, kind="cost", on=first, step="1", amount="1.00")
    assert "from reminder 2 on" in refused
    [done] = press(manager, "claim", invoice, kind="cost", on=first, step="2", amount="1.00")
    assert plain(done).startswith("Collection cost is claimed: 1.00 EUR.")
    [again] = press(manager, "claim", invoice, kind="cost", on=first, step="2", amount="1.00")
    assert "each is raised once" in again
    page = text(manager, reverse("admin:customers_invoice_change", args=[invoice.pk]))
    assert "claimed beside it, never in its balance" in page.lower()


def test_customer_s_page_lists_what_is_claimed(collector: Client, ada: Customer) -> None:
    page = text(collector, reverse("admin:customers_customer_change", args=[ada.pk]))
    assert "Claimed beside invoices" in page and "40.00 EUR open" in page


LAW = {
    "pack": "own", "kind": "lump_sum", "who": "business", "countries": "ch, li", "terms": "25", "currency": "chf",
    "wait_days": "5", "from_step": "0", "source": "General terms, no. 7", "valid_from": str(TODAY()),
}  # fmt: skip


def test_manager_adds_a_law_of_ones_own(manager: Client) -> None:
    assert manager.post(reverse("admin:payments_claimrule_add"), LAW).status_code == 302
    law = ClaimRule.objects.get(pack="own")
    assert (law.countries, law.currency) == ("CH LI", "CHF")


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"terms": "forty"}, "Write for example 40"),
        ({"terms": "base + 9"}, "fit another kind"),
        ({"kind": "interest"}, "fit another kind"),
        ({"kind": "interest", "terms": "base + 9"}, "Interest needs a base rate"),
        ({"base_rate": "ecb"}, "nothing else has one"),
        ({"countries": "Germany"}, "by their two letters"),
        ({"currency": "XXX"}, "ISO 4217"),
        ({"currency": ""}, "never converted"),
        ({"kind": "cost", "is_by_itself": "on"}, "for a person to judge"),
        ({"valid_from": "2026-01-01"}, "today or a later day"),
        ({"valid_until": "2020-01-01"}, "not before the first"),
        ({"source": ""}, "This field is required"),
    ],
)
def test_law_that_cannot_be_right_is_refused(manager: Client, other: dict[str, Any], message: str) -> None:
    page = manager.post(reverse("admin:payments_claimrule_add"), {**LAW, **other})
    assert page.status_code == 200
    assert message in page.content.decode()


def test_shipped_laws_are_shown_with_their_source(auditor: Client) -> None:
    page = text(auditor, reverse("admin:payments_claimrule_changelist"))
    assert "§ 288 (2) BGB" in page and "40 below 1000; 70 below 10000; 100" in page
    law = ClaimRule.objects.get(pack="nl_b2c")
    assert "at most 6775" in text(auditor, reverse("admin:payments_claimrule_change", args=[law.pk]))


def test_many_customers_are_marked_at_once(collector: Client, auditor: Client, ada: Customer) -> None:
    grace = person("Grace Okafor")
    listed = reverse("admin:customers_customer_changelist")
    asked = {"action": "mark_business", "_selected_action": [ada.pk, grace.pk]}
    auditor.post(listed, asked)
    grace.refresh_from_db()
    assert grace.kind == "unknown"
    [said] = collector.post(listed, asked, follow=True).context["messages"]
    grace.refresh_from_db()
    assert (str(said), grace.kind) == ("1 customer marked as business.", "business")


def test_rate_that_was_published_late_counts_from_the_first_day_of_its_half_year(ada: Customer, chief: Client) -> None:
    rates = reverse("admin:payments_baserate_changelist")
    begins = half_year_of(TODAY())
    told = {"name": "bundesbank", "percent": "1.52", "source": "Bundesbank, press release", "valid_from": str(begins)}
    assert chief.post(f"{rates}add/", {**told, "valid_from": str(begins - timedelta(days=1))}).status_code == 200
    assert chief.post(f"{rates}add/", told).status_code == 302
    assert "Bundesbank, press release" in text(chief, rates)
    assert BaseRate.objects.get(valid_from=begins, name="bundesbank").percent == Decimal("1.520")
