"""The processor itself, asked through Stripe's own library: keys, events, disputes, its pages."""

import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

import pytest
import stripe

from tests.stripe_processor import SECRET_KEY, StripeProcessor


@pytest.fixture
def client(processor: StripeProcessor) -> Any:
    return stripe.StripeClient(SECRET_KEY, base_addresses={"api": processor.address}, max_network_retries=0).v1


def ten_euros(**more: Any) -> dict[str, Any]:
    return {"amount": 1000, "currency": "eur", "payment_method": "pm_card_visa", "confirm": True, **more}


def submit(address: str, **form: str) -> str:
    with urllib.request.urlopen(address, urllib.parse.urlencode(form).encode(), timeout=10) as answer:
        return str(answer.url)


def test_key_gives_its_first_answer_again(client: Any, processor: StripeProcessor) -> None:
    first, again = (client.payment_intents.create(ten_euros(), {"idempotency_key": "k"}) for _ in range(2))
    assert (first.id, len(processor.taken())) == (again.id, 1)
    assert "Idempotent-Replayed" not in first.last_response.headers
    assert again.last_response.headers["Idempotent-Replayed"] == "true"


def test_key_gives_its_first_decline_again(client: Any, processor: StripeProcessor) -> None:
    ids = []
    for _ in range(2):
        with pytest.raises(stripe.CardError) as declined:
            client.payment_intents.create(
                ten_euros(payment_method="pm_card_visa_chargeDeclined"), {"idempotency_key": "k"}
            )
        ids.append(declined.value.error.payment_intent.id)
    assert len(set(ids)) == 1


def test_key_with_other_parameters_is_refused(client: Any) -> None:
    client.payment_intents.create(ten_euros(), {"idempotency_key": "k"})
    with pytest.raises(stripe.IdempotencyError):
        client.payment_intents.create(ten_euros(amount=1001), {"idempotency_key": "k"})
    with pytest.raises(stripe.IdempotencyError):
        client.customers.create({"name": "Ada Lindgren"}, {"idempotency_key": "k"})


def test_refused_request_leaves_its_key_free_and_nothing_behind(client: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.payment_intents.create(ten_euros(payment_method="pm_unknown"), {"idempotency_key": "k"})
    assert (refused.value.http_status, refused.value.code) == (400, "resource_missing")
    assert len(client.payment_intents.list()) == len(client.events.list()) == 0
    assert client.payment_intents.create(ten_euros(), {"idempotency_key": "k"}).status == "succeeded"


def test_events_are_listed_by_time_and_page(client: Any) -> None:
    for _ in range(3):
        client.payment_intents.create(ten_euros())
    first = client.events.list({"limit": 4})
    kinds = [event.type for event in first.auto_paging_iter()]
    assert kinds == ["payment_intent.succeeded", "charge.succeeded", "payment_intent.created"] * 3
    assert (first.has_more, len(first)) == (True, 4)
    newest = first.data[0]
    assert client.events.retrieve(newest.id).data.object.id == newest.data.object.id
    assert len(list(client.events.list({"created": {"gt": newest.created}}))) == 0
    assert len(list(client.events.list({"created": {"gte": newest.created - 60}, "limit": 100}))) == 9
    later = client.events.list({"ending_before": kinds and first.data[2].id, "limit": 10})
    assert [event.id for event in later] == [event.id for event in first.data[:2]]


def test_dispute_takes_a_charge_back(client: Any, processor: StripeProcessor) -> None:
    intent = client.payment_intents.create(ten_euros(payment_method="pm_card_createDispute"))
    opened = processor.control("dispute", charge=intent.latest_charge)
    assert client.disputes.retrieve(opened["id"]).payment_intent == intent.id
    assert client.charges.retrieve(intent.latest_charge).disputed
    assert client.events.list().data[0].type == "charge.dispute.created"


def test_person_enters_a_card_on_the_page(client: Any, processor: StripeProcessor) -> None:
    back = f"{processor.address}/done?session={{CHECKOUT_SESSION_ID}}"
    session = client.checkout.sessions.create({"mode": "setup", "currency": "eur", "success_url": back})
    assert submit(session.url, method="pm_card_visa_chargeDeclined", go="yes") == session.url
    assert submit(session.url, method="pm_card_visa", go="yes") == f"{processor.address}/done?session={session.id}"
    entered = client.checkout.sessions.retrieve(session.id, {"expand": ["setup_intent"]})
    assert (entered.status, entered.setup_intent.status) == ("complete", "succeeded")


def test_bank_asks_on_a_page_where_there_is_a_way_back(client: Any, processor: StripeProcessor) -> None:
    asked = ten_euros(payment_method="pm_card_authenticationRequired", return_url=f"{processor.address}/done?back")
    intent = client.payment_intents.create(asked)
    page = intent.next_action.redirect_to_url.url
    with urllib.request.urlopen(page, timeout=10) as answer:
        assert b"Approve" in answer.read()
    assert submit(page, go="yes") == f"{processor.address}/done?back"
    assert client.payment_intents.retrieve(intent.id).status == "succeeded"


def test_card_number_is_refused(client: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="never a number"):
        client.payment_methods.create({"type": "card", "card": {"number": "1" * 16, "exp_month": 1, "exp_year": 2039}})


def test_stranger_is_not_answered(processor: StripeProcessor) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{processor.address}/v1/customers", timeout=10)
    assert refused.value.code == 401
    assert json.load(refused.value)["error"]["type"] == "invalid_request_error"
    refused.value.close()
