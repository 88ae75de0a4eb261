"""Altered deliveries at the webhook's door: none is accepted and none leaves a row; genuine ones between them are.

The normal run takes a sample. All of them:
FORGED_DELIVERIES=100000 uv run pytest -n0 -s tests/faults/test_forged_webhooks.py
"""

import json
import logging
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from payments.models import GatewayEvent
from payments.processor.events import signature
from tests.stripe_processor import SECRET, SECRET_KEY

pytestmark = pytest.mark.django_db
DELIVERIES = int(os.environ.get("FORGED_DELIVERIES", "2000"))
DOOR, HEX = "/webhooks/stripe/", "0123456789abcdef"
Forged = tuple[bytes, str | None]


@pytest.fixture
def quiet() -> Iterator[None]:
    """Each refusal is logged, and here there are many."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


def genuine(dice: random.Random) -> dict[str, Any]:
    kind = dice.choice(["invoice", "charge", "payment_intent", "customer"])
    about = {"id": f"{kind}_{dice.randrange(10**9)}", "object": kind, "amount": dice.randrange(10**6), "metadata": {}}
    created = int(time.time()) - dice.randrange(100)
    event = {"id": f"evt_{dice.randrange(10**12)}", "object": "event", "type": f"{kind}.updated", "created": created}
    return {**event, "livemode": False, "data": {"object": about}}


def sign(body: bytes, *, secret: str = SECRET, ago: int = 0) -> str:
    return signature(secret, body, int(time.time()) - ago)


def flipped(dice: random.Random, body: bytes) -> Forged:
    forged = bytearray(body)
    for _ in range(dice.choice([1, 1, 2, 8])):
        forged[dice.randrange(len(body))] ^= 1 << dice.randrange(8)
    return bytes(forged) if bytes(forged) != body else body + b" ", sign(body)


def cut_or_grown(dice: random.Random, body: bytes) -> Forged:
    place = dice.randrange(1, len(body))
    return dice.choice([body[:place], body[place:], body[:place] + b" " + body[place:], body + b"\n", body * 2]), sign(
        body
    )


def other_amount(dice: random.Random, body: bytes) -> Forged:
    event = json.loads(body)
    event["data"]["object"]["amount"] += dice.choice([1, -1, 10_000])
    return json.dumps(event).encode(), sign(body)


def written_anew(dice: random.Random, body: bytes) -> Forged:
    spaced = json.dumps(json.loads(body), indent=dice.choice([1, 2]), sort_keys=dice.random() < 0.5)
    return spaced.encode(), sign(body)


def other_signature(dice: random.Random, body: bytes) -> Forged:
    moment, _, digits = sign(body).partition(",v1=")
    place = dice.randrange(len(digits))
    digit = dice.choice(HEX.replace(digits[place], ""))
    return body, f"{moment},v1={digits[:place]}{digit}{digits[place + 1 :]}"


def cut_signature(dice: random.Random, body: bytes) -> Forged:
    header = sign(body)
    return body, header[: dice.randrange(len(header))]


def strangers_secret(dice: random.Random, body: bytes) -> Forged:
    near = [SECRET[:-1], SECRET + "0", SECRET.upper(), "", "whsec_", f"whsec_{dice.randrange(10**9)}", SECRET_KEY]
    return body, sign(body, secret=dice.choice(near))


def other_moment(dice: random.Random, body: bytes) -> Forged:
    moment, _, rest = sign(body).partition(",")
    return body, f"t={int(moment[2:]) + dice.choice([-1, 1, 60, 86_400, -86_400])},{rest}"


def two_moments(dice: random.Random, body: bytes) -> Forged:
    old, young = sign(body, ago=dice.randrange(302, 10**6)), f"t={int(time.time())}"
    return body, dice.choice([f"{young},{old}", f"{old},{young}", f" {young},{old}", f"{old}, {young}"])


def old_replay(dice: random.Random, body: bytes) -> Forged:
    return body, sign(body, ago=dice.choice([dice.randrange(303, 4000), -dice.randrange(310, 4000)]))


def other_scheme(dice: random.Random, body: bytes) -> Forged:
    return body, sign(body).replace("v1=", dice.choice(["v0=", "v2=", "V1=", "v1:", "v1==", "=", "v1 ="]))


def nonsense(dice: random.Random, body: bytes) -> Forged:
    letters = "".join(chr(dice.randrange(33, 127)) for _ in range(dice.randrange(80)))
    return body, dice.choice([None, "", "t=,v1=", "v1=" + "0" * 64, letters, f"t={int(time.time())},v1="])


def another_account(dice: random.Random, body: bytes) -> Forged:
    """Genuinely signed, and meant for somebody else: another account, or live money."""
    change = dice.choice([{"account": "acct_2"}, {"livemode": True}, {"livemode": None}, {"livemode": "false"}])
    other = json.dumps({**json.loads(body), **change}).encode()
    return other, sign(other)


def no_event(dice: random.Random, body: bytes) -> Forged:
    """Genuinely signed, and no event."""
    other = dice.choice([b"[]", b"null", b'"evt_1"', b"{}", b"[" * 2000, b'{"livemode": false}', b"\xff\xfe"])
    return other, sign(other)


def others_signature(dice: random.Random, body: bytes) -> Forged:
    return body, sign(json.dumps(genuine(dice)).encode())


WAYS: list[Callable[[random.Random, bytes], Forged]] = [
    flipped, cut_or_grown, other_amount, written_anew, other_signature, cut_signature, strangers_secret, other_moment,
    two_moments, old_replay, other_scheme, nonsense, another_account, no_event, others_signature,
]  # fmt: skip


def deliver(client: Client, body: bytes, header: str | None) -> int:
    headers = {} if header is None else {"stripe-signature": header}
    return client.post(DOOR, body, content_type="application/json", headers=headers).status_code


def test_no_altered_delivery_is_accepted(client: Client, settings: Settings, quiet: None) -> None:
    options = {"secret_key": SECRET_KEY, "webhook_secrets": [SECRET, "whsec_the_next_one"]}
    settings.PAYMENT_GATEWAYS = {"stripe": {"class": "payments.gateways.stripe.StripeGateway", "options": options}}
    dice, accepted, answers = random.Random(DELIVERIES), 0, Counter[tuple[str, int]]()
    for place in range(DELIVERIES):
        body = json.dumps(genuine(dice)).encode()
        way = WAYS[place % len(WAYS)]
        answers[way.__name__, deliver(client, *way(dice, body))] += 1
        if place % 100 == 0:
            accepted += deliver(client, body, sign(body)) == 200
    refused = sum(number for (_, status), number in answers.items() if status == 400)
    print(f"{DELIVERIES} altered deliveries in {len(WAYS)} ways: {DELIVERIES - refused} accepted")
    assert {status for _, status in answers} == {400}
    assert accepted == GatewayEvent.objects.count() == (DELIVERIES + 99) // 100
