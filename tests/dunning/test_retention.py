"""What is kept for a while only is forgotten by night; what followed from it stays, and a repeat is still known."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from pytest_django import Settings

from customers.models import Invoice
from dunning.channels.news import DeliveryNews, Incoming
from dunning.models import (
    CustomerRequest,
    DeliveryEvent,
    EngineState,
    Erasure,
    Notice,
    PageCode,
    RefusedCard,
    Reply,
)
from dunning.operations import replies, retention
from dunning.operations.delivery_news import apply_news, take_in
from dunning.operations.links import issue
from dunning.operations.retention import forget
from dunning.operations.tick import tick
from dunning.rules.delivery_news import NewsKind
from payments.gateways.sandbox import SandboxGateway
from payments.models import ChargeAttempt, GatewayEvent
from tests.campaigns import standard_campaign
from tests.people import NOW, owes, reachable
from tests.provider import Provider

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def told(number: int, at: datetime, notice_id: str = "") -> None:
    news = DeliveryNews(
        channel="email", provider="Postmark", kind=NewsKind.BOUNCED, event_id=str(number), notice_id=notice_id,
        recipient="ada-lindgren@example.com", detail="550 no such user", raw=b'{"secret": 1}', happened_at=at,
    )  # fmt: skip
    take_in([news], now=at)


def gateway_told(number: int, at: datetime, state: str = "applied") -> None:
    GatewayEvent.objects.create(
        gateway="stripe", event_id=f"evt_{number}", kind="charge", body=b"{}", happened_at=at, received_at=at,
        look_at=at, state=state,
    )  # fmt: skip


def bodies() -> list[bytes]:
    rows = (*DeliveryEvent.objects.order_by("pk"), *GatewayEvent.objects.order_by("pk"))
    return [bytes(event.body) for event in rows]


def test_old_bodies_are_emptied_by_night_and_what_followed_stays(provider: Provider, settings: Settings) -> None:
    settings.RAW_EVENT_DAYS = 30
    owes(reachable(), "90.00", due="2026-03-01")
    standard_campaign(now=NOW)
    tick(now=NOW)
    notice = Notice.objects.get()
    told(1, NOW, str(notice.pk))
    apply_news(now=NOW)
    told(2, NOW + 20 * DAY)
    apply_news(now=NOW + 20 * DAY)
    gateway_told(1, NOW)
    gateway_told(2, NOW, state="waiting")
    EngineState.objects.update(forgotten_at=NOW)
    assert forget(now=NOW + timedelta(hours=10)) == 0, "it is done for tonight"
    assert forget(now=NOW + 31 * DAY) == 2
    assert bodies() == [b"", b'{"secret": 1}', b"", b"{}"]
    notice.refresh_from_db()
    assert (notice.state, notice.delivery) == ("refused", "bounced")
    told(1, NOW, str(notice.pk))
    assert DeliveryEvent.objects.count() == 2, "a repeat is still known"
    assert forget(now=NOW + 31 * DAY) == 0


def test_headers_of_settled_replies_go_and_their_words_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 1)
    EngineState.objects.update_or_create(pk=1, defaults={"forgotten_at": None})
    for number in range(3):
        mail = Incoming(
            channel="email", provider="Postmark", provider_id=str(number), sender="ada@example.com", text="Hello",
            received_at=NOW, headers={"Precedence": "bulk"},
        )  # fmt: skip
        replies.take_in(mail, now=NOW)
    Reply.objects.exclude(provider_id="0").update(state="automatic")
    assert forget(now=NOW + 91 * DAY) == 2
    assert list(Reply.objects.order_by("pk").values_list("text", "headers")) == [
        ("Hello", {"precedence": "bulk"}),
        ("Hello", {}),
        ("Hello", {}),
    ]


def test_codes_and_refused_cards_are_thrown_away_as_old(gateway: SandboxGateway) -> None:
    ada = reachable()
    link, _ = issue(ada, now=NOW)
    for at in (NOW, NOW + 60 * DAY):
        PageCode.objects.create(
            customer=ada, link=link, channel="email", salt=b"1", code_hash=b"1", asked_at=at, expires_at=at
        )
        attempt = ChargeAttempt.objects.create(
            customer=ada, gateway="sandbox", amount=1, currency="EUR", idempotency_key=str(at), state="declined",
            started_at=at, finished_at=at, look_at=at,
        )  # fmt: skip
        RefusedCard.objects.create(attempt=attempt, link=link, card="1", refused_at=at)
    EngineState.objects.update_or_create(pk=1, defaults={"forgotten_at": None})
    assert forget(now=NOW + 91 * DAY) == 2
    assert (PageCode.objects.get().asked_at, RefusedCard.objects.get().refused_at) == (NOW + 60 * DAY,) * 2


def test_what_invoices_of_erased_customers_were_for_goes_when_its_years_are_over(maria: User) -> None:
    """Due in 2026 and kept for ten years more: until the end of 2036. Those of other customers stay."""
    ada, grace, nia = (reachable(name) for name in ("Ada Lindgren", "Grace Okafor", "Nia Mensah"))
    for customer, due in [(ada, "2026-12-31"), (ada, "2027-01-01"), (grace, "2026-02-01"), (nia, "2026-02-01")]:
        owes(customer, "5.00", due=due, what="Spring catalogue")
    for customer, state in ((ada, "erased"), (nia, "stopped")):
        request = CustomerRequest.objects.create(
            customer=customer, kind="erasure", state="settled", raised_at=NOW, closed_at=NOW
        )
        Erasure.objects.create(
            customer=customer, request=request, state=state, begun_at=NOW, begun_by=maria, ended_at=NOW
        )
    described = Invoice.objects.exclude(description="").order_by("pk").values_list("customer__name", "due_on__year")
    EngineState.objects.update_or_create(pk=1, defaults={"forgotten_at": None})
    assert forget(now=datetime(2037, 1, 1, 3, 0, tzinfo=UTC)) == 0, "it is still 2036 somewhere"
    assert forget(now=datetime(2037, 1, 2, 3, 0, tzinfo=UTC)) == 1
    assert list(described) == [("Ada Lindgren", 2027), ("Grace Okafor", 2026), ("Nia Mensah", 2026)]


def test_looking_for_old_bodies_goes_by_index() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "delivery_with_body" in DeliveryEvent.objects.exclude(body=b"").filter(received_at__lt=NOW).explain()
