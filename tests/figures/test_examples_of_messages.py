"""Reports on letters, calls and their cost, of small books whose figures can be counted on fingers."""

from datetime import date
from decimal import Decimal

import pytest

from dunning.models import Call, CostRate, DeliveryEvent, Feedback, Notice
from tests.figures.asked import at, counts, figures
from tests.figures.portfolio import Letter, Portfolio, _send
from tests.people import owes, paid, person

pytestmark = pytest.mark.django_db


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
    told = figures("delivery", "channel")
    assert (counts(told["delivered"]), counts(told["bounced"]), counts(told["complained"])) == ((1, 3), (1, 3), (1, 3))
    chases = figures("chases")
    assert (chases["annoyed"].part, chases["annoyed"].whole, counts(chases["unkind"])) == (2, 3, (1, 3))
    opinions = figures("feedback", "step")
    assert (counts(opinions["clear"]), counts(opinions["kind"])) == ((1, 1), (0, 1))
    CostRate.objects.create(kind="email", currency="EUR", amount="0.50", source="-", valid_from=date(2026, 1, 1))
    Call.objects.create(customer=people[0], called_at=at("2026-04-12"), is_talk=True)
    paid(invoices[0], at("2026-04-20"))
    costs = figures("costs", part="2026-04")
    assert (costs["number"], costs["cost"], costs["unpriced"]) == (4, Decimal("1.50"), 1)
    assert (costs["collected"], costs["each"]) == (100, Decimal("1.5"))
    assert counts(figures("calls")["reached"]) == (1, 1)
