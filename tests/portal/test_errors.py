"""Addresses that lead nowhere, and faults of ours: kind words, in the reader's language, and nothing of the inside."""

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation
from django.views.defaults import server_error


@pytest.mark.parametrize("address", ["/nowhere/", "/p/", "/p/short/pay/"])
def test_address_that_leads_nowhere_says_so_kindly(client: Client, address: str) -> None:
    answer = client.get(address, headers={"accept-language": "de"})
    assert answer.status_code == 404
    assert "Diese Seite gibt es nicht" in answer.content.decode()
    assert "dann schicken wir Ihnen einen neuen" in answer.content.decode()


def test_people_at_the_desk_are_led_back_to_it(admin_client: Client) -> None:
    answer = admin_client.get(reverse("admin:index") + "nowhere/")
    assert answer.status_code == 404
    assert '<a href="/desk/">Back to the desk</a>' in answer.content.decode()


def test_fault_of_ours_is_admitted_in_plain_words(rf: RequestFactory) -> None:
    with translation.override("en"):
        answer = server_error(rf.get("/p/"))
    assert answer.status_code == 500
    assert "That is our fault" in answer.content.decode()
