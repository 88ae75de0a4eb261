"""Collection costs of a Dutch consumer: never before a letter has named them and fourteen days have passed."""

from datetime import timedelta
from decimal import Decimal

import pytest

from customers.models import Customer, Invoice
from dunning.models import Notice
from dunning.operations import default_campaign
from dunning.operations.parcels import as_stored
from dunning.operations.tick import tick
from dunning.queries.cost_letters import told_of_costs
from dunning.rules.letter import LetterLine
from payments.models import ClaimPolicy
from payments.operations.claims import ClaimRefusal
from payments.operations.claims_by_hand import raise_after_letter
from tests.people import NOW, owes, reachable
from tests.provider import Provider

pytestmark = pytest.mark.django_db
SENT = NOW + timedelta(days=8)


@pytest.fixture
def invoice(provider: Provider) -> Invoice:
    """Marie, a consumer in Utrecht, a week late, while claims are on."""
    ClaimPolicy.objects.create(is_on=True, source="Maria, manager", valid_from="2026-01-01")
    default_campaign.ensure(now=NOW)
    marie = reachable("Marie de Vries", country="NL")
    Customer.objects.update(kind="consumer")
    return owes(marie, "300.00", due="2026-03-01", number="R-1")


def clear_letter() -> Notice:
    """The shipped campaign's second reminder, as it was sent."""
    tick(now=NOW)
    tick(now=SENT)
    return Notice.objects.filter(state="sent").latest("finished_at")


def test_costs_follow_the_letter_that_named_them_after_fourteen_days(invoice: Invoice) -> None:
    assert told_of_costs(invoice) is None
    assert "mogen wij €\xa045,00 aan incassokosten" in clear_letter().body
    told = told_of_costs(invoice)
    assert told
    assert (told.arrived_on, told.share) == (SENT.date(), Decimal(45))
    with pytest.raises(ClaimRefusal, match="14 full days"):
        raise_after_letter(invoice, told, now=SENT + timedelta(days=14), by=None)
    assert raise_after_letter(invoice, told, now=SENT + timedelta(days=15), by=None).amount == 45


@pytest.mark.parametrize("how", [{"state": "refused"}, {"body": "Hello Marie"}, {"lines": []}, {"channel": "in_app"}])
def test_letter_that_came_back_or_says_something_else_counts_for_nothing(invoice: Invoice, how: dict[str, str]) -> None:
    clear_letter()
    Notice.objects.update(**how)
    assert told_of_costs(invoice) is None


def test_an_instalment_beside_the_debt_changes_nothing(invoice: Invoice) -> None:
    letter = clear_letter()
    part = LetterLine(invoice.pk + 1, "R-2", "", SENT.date(), Decimal(500), "EUR", part=(1, 3))
    Notice.objects.filter(pk=letter.pk).update(lines=letter.lines + as_stored([part]))
    told = told_of_costs(invoice)
    assert told and told.share == Decimal(45)


def test_business_is_told_nothing_of_costs(invoice: Invoice) -> None:
    Customer.objects.update(kind="business")
    assert "incassokosten" not in clear_letter().body
