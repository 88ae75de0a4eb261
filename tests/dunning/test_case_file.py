"""What the page of a case knows of the ways to reach somebody."""

import pytest

from customers.models import Contact
from customers.operations.suppression import suppress
from customers.rules.contact import EMAIL, SMS, Unreachable
from dunning.models import Case
from dunning.operations.tick import tick
from dunning.queries.case_file import case_file
from tests.campaigns import standard_campaign
from tests.people import NOW, owes, reachable
from tests.provider import Provider

pytestmark = pytest.mark.django_db


def test_addresses_to_which_nothing_goes_are_known_however_they_are_written(provider: Provider) -> None:
    standard_campaign(now=NOW)
    ada = reachable(email="Ada@Example.com", country="DE")
    ada.contacts.update(phone="01512 345 67 89")
    Contact.objects.create(customer=ada, email="office@example.com", phone="+49 1512 3456780", is_primary=False)
    owes(ada, "10.00", due="2026-03-01")
    tick(now=NOW)
    for channel, address in (
        (EMAIL, "ada@example.com"),
        (SMS, "+4915123456789"),
        (EMAIL, "+4915123456780"),
        (SMS, "office@example.com"),
    ):
        suppress(channel, address, reason=Unreachable.BOUNCED, source="the provider", since=NOW)
    known = case_file(Case.objects.get(), today=NOW.date()).contacts
    assert [(one.gone_email, one.gone_number) for one in known] == [("ada@example.com", "+4915123456789"), ("", "")]
