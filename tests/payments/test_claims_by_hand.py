"""Claims that a person raises, where a law leaves it to them."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from customers.models import Customer, Hold, Invoice
from customers.operations import holds
from payments.models import ClaimPolicy
from payments.operations.claims import ClaimRefusal
from payments.operations.claims_by_hand import raise_after_letter
from payments.rules.claims import ClaimKind
from payments.rules.cost_letters import Told
from tests.claiming import by_hand, interest_on, on
from tests.people import NOW, owes, pays, person

pytestmark = pytest.mark.django_db


D = Decimal


class TestByHand:
    """What a law leaves to a person."""

    @pytest.fixture
    def dutch(self, by_law: ClaimPolicy) -> Invoice:
        return owes(person("Marie Delacroix", country="NL", kind="consumer"), "23000.00")

    @pytest.fixture
    def german(self, by_law: ClaimPolicy) -> Invoice:
        return owes(person("Ada Lindgren", country="DE", kind="consumer"), "300.00")

    def test_dutch_costs_come_after_fourteen_full_days(self, dutch: Invoice) -> None:
        told = Told(date(2026, 2, 20), D(1005))
        with pytest.raises(ClaimRefusal, match="14 full days"):
            raise_after_letter(dutch, told, now=on("2026-03-06"), by=None)
        claim = raise_after_letter(dutch, told, now=on("2026-03-07"), by=None)
        assert claim.amount == 1005
        with pytest.raises(ClaimRefusal, match="each is raised once"):
            raise_after_letter(dutch, told, now=on("2026-03-07"), by=None)

    def test_dutch_costs_need_a_letter_and_are_never_more_than_it_named(self, dutch: Invoice) -> None:
        with pytest.raises(ClaimRefusal, match="asks for a letter first"):
            by_hand(dutch, ClaimKind.COST, "2026-02-20", on("2026-03-07"))
        with pytest.raises(ClaimRefusal, match="No letter that names these costs"):
            raise_after_letter(dutch, None, now=on("2026-03-07"), by=None)
        told = Told(date(2026, 2, 20), D("600.50"))
        assert raise_after_letter(dutch, told, now=on("2026-03-07"), by=None).amount == D("600.50")

    def test_german_consumer_pays_the_actual_cost_of_later_reminders_only(self, german: Invoice) -> None:
        with pytest.raises(ClaimRefusal, match="from reminder 2 on"):
            by_hand(german, ClaimKind.COST, "2026-02-20", step=1, amount=D(1))
        for amount in (None, D(0), D("2.51"), D("1.001")):
            with pytest.raises(ClaimRefusal, match="what the reminder really cost"):
                by_hand(german, ClaimKind.COST, "2026-02-20", step=2, amount=amount)
        for step in (2, 3):
            assert by_hand(german, ClaimKind.COST, "2026-02-20", step=step, amount=D("1.10")).amount == D("1.10")

    def test_german_consumer_s_interest_runs_from_the_day_a_person_named(self, german: Invoice) -> None:
        by_hand(german, ClaimKind.INTEREST, "2026-02-20")
        expected = (D("6.27") / 36500 * 300 * 11).quantize(D("0.01"))
        assert interest_on(german, date(2026, 3, 2)) == expected

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            (lambda: ClaimPolicy.objects.create(is_on=False, source="x" * 9, valid_from="2026-02-01"), "are off"),
            (lambda: Customer.objects.update(kind="unknown"), "as a business or as a consumer"),
            (lambda: Customer.objects.update(country="US"), "No law on file"),
        ],
    )
    def test_what_no_law_allows_is_refused(self, german: Invoice, change: Any, message: str) -> None:
        change()
        with pytest.raises(ClaimRefusal, match=message):
            by_hand(german, ClaimKind.INTEREST, "2026-02-20")

    def test_disputed_settled_or_not_yet_late_is_refused(self, german: Invoice) -> None:
        with pytest.raises(ClaimRefusal, match="after the due date"):
            by_hand(german, ClaimKind.INTEREST, "2026-02-16")
        with pytest.raises(ClaimRefusal, match="not after today"):
            by_hand(german, ClaimKind.INTEREST, "2026-03-03")
        kind = Hold.Kind.DISPUTE
        hold = holds.place(german.customer, kind=kind, reason="wrong", until_on=None, now=NOW, by=None)
        with pytest.raises(ClaimRefusal, match="during a dispute"):
            by_hand(german, ClaimKind.INTEREST, "2026-02-20")
        holds.release(hold, now=NOW)
        pays(german.customer, "300.00", NOW)
        with pytest.raises(ClaimRefusal, match="Nothing is open"):
            by_hand(german, ClaimKind.INTEREST, "2026-02-20")
