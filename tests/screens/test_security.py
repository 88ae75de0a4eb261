"""What a browser is told about our pages, and what stored markup may do on them."""

from django.test import Client
from django.urls import reverse

from tests.people import owes, reachable


def directives(answer: object) -> dict[str, list[str]]:
    policy = answer.headers["Content-Security-Policy"]  # type: ignore[attr-defined]
    return {name: values for name, *values in (part.split() for part in policy.split(";"))}


def test_desk_allows_what_its_theme_needs_and_no_more(chief: Client) -> None:
    policy = directives(chief.get("/desk/"))
    assert policy["script-src"] == ["'self'", "'unsafe-eval'"]
    assert policy["style-src"] == ["'self'", "'unsafe-inline'"]
    assert policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == ["'none'"]


def test_everything_else_is_strict(client: Client) -> None:
    policy = directives(client.get("/"))
    assert "script-src" not in policy
    assert "unsafe" not in str(policy)
    assert policy["default-src"] == ["'self'"]


def test_plain_security_headers_are_set(chief: Client) -> None:
    headers = chief.get("/desk/").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"


def test_imported_markup_shows_as_text(chief: Client) -> None:
    bad = "<img src=x onerror=alert(1)>"
    customer = reachable(bad, number="C-1", email="a@example.com", segment=bad)
    invoice = owes(customer, "10.00", number=bad, what=bad)
    for page in (
        reverse("admin:index"),
        reverse("admin:customers_customer_changelist"),
        reverse("admin:customers_customer_change", args=[customer.pk]),
        reverse("admin:customers_invoice_changelist"),
        reverse("admin:customers_invoice_change", args=[invoice.pk]),
        reverse("admin:customers_invoice_credit", args=[invoice.pk]),
    ):
        assert bad not in chief.get(page).content.decode()


def test_desk_speaks_english_to_every_browser(chief: Client) -> None:
    page = chief.get("/desk/customers/invoice/", headers={"Accept-Language": "de"}).content.decode()
    assert '<html lang="en"' in page
