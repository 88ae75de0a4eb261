"""A second click while the gateway still thinks about the first."""

import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection
from pytest_django import Settings

from customers.models import Customer
from payments.gateways.base import ChargeRequest, ChargeResult
from payments.gateways.sandbox import SandboxGateway
from payments.models import ChargeAttempt
from tests.gateways import use_gateway
from tests.people import owes
from tests.portal.conftest import Door, words

pytestmark = pytest.mark.django_db(transaction=True)


class Thinks(SandboxGateway):
    """Answers after a second."""

    def charge(self, request: ChargeRequest) -> ChargeResult:
        time.sleep(1)
        return super().charge(request)


def test_a_second_click_shows_what_became_of_the_first(
    ada: Customer, door: Callable[[Customer], Door], gateway: SandboxGateway, settings: Settings
) -> None:
    owes(ada, "50.00")
    use_gateway(settings, Thinks, gateway.journal)
    first, second = door(ada), door(ada)
    key = first.key("pay/EUR/")

    def click() -> None:
        first.post("pay/EUR/", key=key, how_much="all", card="test_4242")
        connection.close()

    clicking = threading.Thread(target=click)
    clicking.start()
    while not ChargeAttempt.objects.exists():
        time.sleep(0.05)
    answer = second.client.post(
        f"/p/{second.token}/pay/EUR/", {"key": key, "how_much": "all", "card": "test_4242"}, follow=True
    )
    clicking.join()
    assert "Thank you!" in words(answer)
    assert [line.captured for line in gateway.lines()] == [50]


def test_a_charge_that_the_engine_has_ordered_has_no_page(ada: Customer, door: Callable[[Customer], Door]) -> None:
    owes(ada, "50.00")
    at_door = door(ada)
    at_door.pay()
    ChargeAttempt.objects.update(is_attended=False)
    attempt = ChargeAttempt.objects.get()
    assert at_door.get(f"payments/{attempt.pk}/").status_code == 200
    attempt.payment = None
    attempt.method = ada.payment_methods.create(gateway="sandbox", token="t", stored_at=attempt.started_at)
    attempt.state = ChargeAttempt.State.QUEUED
    attempt.save()
    assert at_door.get(f"payments/{attempt.pk}/").status_code == 404
