"""The same thing asked for in two tabs at once, and answers that several workers want to send."""

from datetime import timedelta

import pytest

from customers.models import Hold
from dunning.models import Confirmation, CustomerRequest
from dunning.operations.confirmations import send_confirmations
from dunning.operations.requests import Asked, ask
from dunning.rules.needs import Need
from tests.faults.racing import at_once, by_many
from tests.people import NOW, owes, reachable
from tests.provider import Provider

pytestmark = pytest.mark.django_db(transaction=True)
ON = NOW.date() + timedelta(days=7)


def test_two_tabs_at_once_make_one_request_one_hold_and_one_mail(provider: Provider) -> None:
    ada = reachable("Ada Lindgren")
    owes(ada, "300.00")
    asked = [Asked(Need.LATER, on=ON), Asked(Need.EXTENSION, on=ON, text="Wages"), Asked(Need.LATER, on=ON)]
    ends = at_once(*(lambda one=one: ask(ada, one, now=NOW) for one in asked))  # type: ignore[misc]
    assert len(set(ends)) == 1
    assert (CustomerRequest.objects.count(), Hold.objects.count(), Confirmation.objects.count()) == (1, 1, 1)
    by_many(lambda _: send_confirmations(now=NOW), 4)
    assert len(provider.accepted()) == 1
