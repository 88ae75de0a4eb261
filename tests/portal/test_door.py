"""Who gets in, and what may leave the house: links, headers, forged forms, other people's ids, robots."""

import io
import logging
import os
import re
from collections.abc import Callable
from datetime import timedelta
from itertools import permutations

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from config.logs import HidePersonalLinks
from customers.models import Customer
from dunning.models import DoorCount, PortalLink
from dunning.operations.links import issue, revoke
from dunning.portal import urls
from dunning.rules.links import token_for
from payments.gateways.sandbox import SandboxGateway
from payments.models import ChargeAttempt
from tests.people import owes, person
from tests.portal.conftest import DECLINED, TO_APPROVE, Door, words

DOORS = int(os.environ.get("DOORS", "5"))  # customers of whom each tries to reach what is every other's

pytestmark = pytest.mark.django_db
Open = Callable[[Customer], Door]

SCANNERS = """
    Mozilla/5.0 (compatible; bingbot/2.0)|Mozilla/5.0 (Windows NT 10.0; Win64; x64; ms-office; MSOffice 16)|
    Barracuda Sentinel (EE)|Mimecast Security|Proofpoint URL Defense|Mozilla/5.0 (compatible; SafeLinks)|
    Microsoft Office/16.0 (Microsoft Outlook)|TrendMicro ScanMail|Symantec Email Security.cloud|FortiMail|Sophos Email|
    Slackbot-LinkExpanding 1.0|WhatsApp/2.23|facebookexternalhit/1.1|Twitterbot/1.0|LinkedInBot/1.0|TelegramBot|
    Googlebot/2.1|GoogleImageProxy|curl/8.5.0
""".replace("\n", "").split("|")

NEEDS = ("later", "extension", "dispute", "paid", "stranger", "call", "difficulty", "erasure")
HELP = [
    "help/",
    "help/parts/EUR/?parts=3",
    "help/later/?on=friday",
    "help/contact/",
    "feedback/?clear=no",
    "preferences/",
    "code/",
    "code/?to=data",
    "data/",
    *(f"help/{need}/" for need in NEEDS),
]


@pytest.fixture
def settled(door: Open, ada: Customer) -> Door:
    """A door behind which everything has happened: paid, declined, waiting, a kept card."""
    owes(ada, "420.00")
    owes(ada, "100.00", "USD")
    at_door = door(ada)
    at_door.pay("part", amount="100", keep_card="on")
    at_door.pay("part", amount="100", card=DECLINED)
    at_door.pay("part", amount="100", card=TO_APPROVE, currency="USD")
    return at_door


def paths(door: Door) -> list[str]:
    """Every address of this customer's page."""
    invoices = [f"pay/EUR/?invoice={invoice.pk}" for invoice in door.customer.invoices.filter(currency="EUR")]
    payments = [f"payments/{attempt.pk}/" for attempt in door.customer.charge_attempts.all()]
    return ["", "card/", "card/?kept", "pay/EUR/", "pay/USD/", "pay/EUR/?all", *HELP, *invoices, *payments]


def whole_database() -> dict[str, list[dict[str, object]]]:
    """Every row but the counts of who came how often."""
    models = [model for model in apps.get_models() if model is not DoorCount]
    return {model._meta.label: list(model._base_manager.order_by("pk").values()) for model in models}


def bad_links(customer: Customer, settings: Settings) -> dict[str, str]:
    now = timezone.now()
    good = issue(customer, now=now)[1]
    expired = issue(customer, now=now - timedelta(days=60))[1]
    link, revoked = issue(customer, now=now)
    revoke(link, now=now)
    elsewhere = token_for(bytes(link.nonce), key=settings.LINK_KEY, purpose="unsubscribe")  # type: ignore[arg-type]
    flipped = good[:-2] + ("A" if good[-2] != "A" else "B") + good[-1]
    return {
        "expired": expired,
        "revoked": revoked,
        "truncated": good[:-1],
        "flipped": flipped,
        "made up": "x" * 43,
        "for another purpose": elsewhere,
    }


def test_bad_links_of_every_kind_look_alike_and_cost_alike(  # type: ignore[no-untyped-def]
    ada: Customer, settings: Settings, django_assert_num_queries
) -> None:
    owes(ada, "420.00")
    pages = {}
    for kind, token in bad_links(ada, settings).items():
        for path in ("", "card/", "pay/EUR/", "payments/1/"):
            with django_assert_num_queries(2):  # whose link it is, and how we look
                page = Client().get(f"/p/{token}/{path}")
            pages[kind, path] = (page.status_code, page.content, sorted(page.headers.items()))
    assert len({str(page) for page in pages.values()}) == 1
    assert next(iter(pages.values()))[0] == 404


def test_bad_link_is_told_what_to_do_and_nothing_of_the_customer(ada: Customer, settings: Settings) -> None:
    page = words(Client().get(f"/p/{bad_links(ada, settings)['expired']}/"))
    assert "Please use the link in our newest e-mail." in page
    assert "Ada" not in page


def test_bad_links_cannot_be_posted_to(ada: Customer, settings: Settings, gateway: SandboxGateway) -> None:
    owes(ada, "420.00")
    for token in bad_links(ada, settings).values():
        for path in ("card/", "pay/EUR/"):
            sent = {"key": "x", "card": "test_4242", "how_much": "all"}
            assert Client().post(f"/p/{token}/{path}", sent).status_code == 404
    assert (gateway.lines(), ChargeAttempt.objects.count()) == ([], 0)


def test_reading_changes_nothing_whoever_reads(settled: Door) -> None:
    before = whole_database()
    for number, agent in enumerate(SCANNERS):
        robot = Client(headers={"user-agent": agent.strip()})
        for path in paths(settled)[number % 4 :: 4]:  # each page by five of them
            ask = (robot.get, robot.head, robot.options)[number % 3]
            ask(f"/p/{settled.token}/{path}")
    assert whole_database() == before
    assert len(SCANNERS) == 20


def test_nobody_reaches_what_is_anothers(gateway: SandboxGateway) -> None:
    doors = []
    for number in range(DOORS):
        customer = person(f"Ada Lindgren of house {number:02}")
        owes(customer, "420.00", due="2026-02-01")
        owes(customer, "80.00", due="2026-02-02")
        at_door = Door(customer)
        at_door.pay("part", amount="1", card=DECLINED)
        doors.append(at_door)
    before = whole_database()
    for mine, theirs in permutations(doors, 2):
        attempt, invoice = theirs.customer.charge_attempts.get(), theirs.customer.invoices.first()
        key = mine.key()
        assert mine.get(f"payments/{attempt.pk}/").status_code == 404
        assert mine.post(f"payments/{attempt.pk}/", answer="yes").status_code == 404
        assert mine.get(f"pay/EUR/?invoice={invoice.pk}").status_code == 404
        for sent in (key, attempt.idempotency_key):
            form = {"key": sent, "how_much": "all", "card": "test_4242", "invoice": str(invoice.pk)}
            assert mine.post("pay/EUR/", **form).status_code == 404
        assert theirs.customer.name not in words(mine.get())
    assert whole_database() == before


@pytest.mark.parametrize("asked", ["0", "-1", "1.5", "abc", "9" * 18, "9" * 40, "１", "\x00", "1 OR 1=1"])
def test_invoice_that_is_none_is_not_found(ada: Customer, door: Open, asked: str) -> None:
    owes(ada, "420.00")
    at_door = door(ada)
    assert at_door.client.get(f"/p/{at_door.token}/pay/EUR/", {"invoice": asked}).status_code == 404
    assert at_door.get(f"payments/{'9' * 30}/").status_code == 404


def test_every_answer_keeps_the_address_secret(settled: Door) -> None:
    stranger = "nothing/there/at/all/"
    for path in [*paths(settled), "../nonsense/", stranger]:
        page = settled.get(path)
        assert page["Cache-Control"] == "no-store"
        assert page["Referrer-Policy"] == "no-referrer"
        assert page["X-Robots-Tag"] == "noindex, nofollow"
        assert page["X-Content-Type-Options"] == "nosniff"
        assert page["X-Frame-Options"] == "DENY"
        policy = page["Content-Security-Policy"]
        assert "unsafe" not in policy
        for part in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "object-src 'none'"):
            assert part in policy
    for page in (settled.post("pay/EUR/", key="x"), settled.post("card/", card="x"), settled.post("", x="y")):
        assert (page["Cache-Control"], page["Referrer-Policy"]) == ("no-store", "no-referrer")


def test_pages_ask_nothing_of_strangers_and_run_no_script(settled: Door) -> None:
    for path in paths(settled):
        page = settled.get(path).content.decode()
        assert re.findall(r'(?:src|href|action)="(?!/|#|\?)', page) == []
        assert "<script" not in page
        assert not re.search(r"\son\w+=|style=", page)
        assert len(page) < 40_000


def test_no_form_has_room_for_a_card_number(settled: Door) -> None:
    for path in (path for path in paths(settled) if path not in HELP):  # there it is refused: see test_help.py
        fields = re.findall(r"<(?:input|select|textarea)[^>]*>", settled.get(path).content.decode())
        free = [field for field in fields if not re.search(r'type="(hidden|radio|checkbox)"', field)]
        assert [field for field in free if 'name="amount"' not in field] == []


def test_form_without_token_is_refused_kindly(ada: Customer, door: Open, gateway: SandboxGateway) -> None:
    owes(ada, "420.00")
    at_door = door(ada)
    strict = Client(enforce_csrf_checks=True)
    sent = {"key": at_door.key(), "how_much": "all", "card": "test_4242"}
    for path in ("pay/EUR/", "card/"):
        page = strict.post(f"/p/{at_door.token}/{path}", sent)
        assert (page.status_code, "Nothing was taken." in words(page)) == (403, True)
        assert page["Referrer-Policy"] == "no-referrer"
    assert gateway.lines() == []


@pytest.mark.parametrize("secure", [True, False])
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "null", "sec-fetch-site": "same-origin"}, 302),
        ({"origin": "null"}, 302),
        ({"origin": "null", "sec-fetch-site": "cross-site"}, 403),
        ({"origin": "null", "sec-fetch-site": "same-site"}, 403),
        ({"origin": "https://evil.example", "sec-fetch-site": "cross-site"}, 403),
        ({"origin": "https://evil.example"}, 403),
    ],
)
def test_forms_of_our_own_pass_under_no_referrer_and_strangers_do_not(
    ada: Customer, door: Open, headers: dict[str, str], status: int, secure: bool
) -> None:
    owes(ada, "420.00")
    at_door = door(ada)
    strict = Client(enforce_csrf_checks=True)
    page = strict.get(f"/p/{at_door.token}/", secure=secure).content.decode()
    sent = dict(re.findall(r'name="(csrfmiddlewaretoken|key)" value="(\w+)"', page))
    sent |= {"how_much": "all", "card": "test_4242"}
    answer = strict.post(f"/p/{at_door.token}/pay/EUR/", sent, headers=headers, secure=secure)
    assert answer.status_code == status


def test_unknown_origin_opens_nothing_but_the_customers_page() -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.get("/desk/login/")
    token = strict.cookies["csrftoken"].value
    sent = {"csrfmiddlewaretoken": token, "username": "x", "password": "x"}
    headers = {"origin": "null", "sec-fetch-site": "same-origin"}
    assert strict.post("/desk/login/", sent, headers=headers).status_code == 403


def test_links_do_not_get_into_the_logs(ada: Customer, settings: Settings) -> None:
    [console] = [handler for handler in logging.getLogger().handlers if handler.filters]
    assert isinstance(console, logging.StreamHandler)
    usual = console.setStream(log := io.StringIO())
    token = issue(ada, now=timezone.now())[1]
    tokens = [token, *bad_links(ada, settings).values()]
    for each in tokens:
        Client(enforce_csrf_checks=True).post(f"/p/{each}/card/", {})
        Client().get(f"/p/{each}/payments/1/")
        Client().get(f"/p/{each}/100%/")
        Client().get(f"/p/app/{each}/")
    console.setStream(usual)
    assert log.getvalue().count("/p/…/") == 4 * len(tokens)
    assert [each for each in tokens if each in log.getvalue()] == []


def test_no_address_of_the_page_tells_the_log_whose_it_is() -> None:
    samples = {"StringConverter": "17-TOKEN", "IntConverter": 7, "SlugConverter": "later", "Currency": "EUR"}
    for pattern in urls.urlpatterns:
        parts = pattern.pattern.converters.items()
        path = reverse(f"portal:{pattern.name}", kwargs={name: samples[type(kind).__name__] for name, kind in parts})
        line = logging.makeLogRecord({"msg": "Not Found: %s", "args": (path,)})
        HidePersonalLinks().filter(line)
        assert ("TOKEN" in path, "TOKEN" in line.getMessage()) == (True, False), pattern.name


def test_forged_host_is_refused_and_never_repeated(ada: Customer, door: Open) -> None:
    at_door = door(ada)
    for headers in ({"host": "evil.example"}, {"x-forwarded-host": "evil.example"}):
        page = at_door.client.get(f"/p/{at_door.token}/", headers=headers)
        assert "evil.example" not in page.content.decode() + str(page.headers)


def test_return_addresses_in_the_query_lead_nowhere(ada: Customer, door: Open) -> None:
    owes(ada, "420.00")
    at_door = door(ada)
    sent = {"key": at_door.key(), "how_much": "all", "card": "test_4242", "next": "//evil.example", "return": "evil"}
    answer = at_door.client.post(f"/p/{at_door.token}/pay/EUR/?next=https://evil.example", sent)
    assert answer.url == f"/p/{at_door.token}/payments/{ChargeAttempt.objects.get().pk}/"


def test_markup_in_our_data_is_shown_as_text(door: Open) -> None:
    trap = "<script>alert(1)</script>"
    customer = person(trap, number='"><b>')
    owes(customer, "420.00", number="<i>R-1", what=trap)
    at_door = door(customer)
    for page in (at_door.get(), at_door.pay()):
        assert "<script>" not in page.content.decode()
        assert "<i>" not in page.content.decode()
        assert trap in words(page).replace("&lt;", "<") or "&lt;script&gt;" in page.content.decode()


def test_no_session_is_started(ada: Customer, door: Open) -> None:
    owes(ada, "420.00")
    at_door = door(ada)
    at_door.pay()
    assert set(at_door.client.cookies) == {"csrftoken"}
    assert PortalLink.objects.count() == 1
