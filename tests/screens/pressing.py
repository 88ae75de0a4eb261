"""Pressing the desk's buttons as a browser does."""

from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from customers.admin.buttons import ButtonForm


def press(client: Client, name: str, row: Any, **answers: str) -> list[str]:
    """Open a button's form and send it; returns the messages or refusals the next page shows."""
    return send(client, name, row, {**opened(client, name, row), **answers})


def opened(client: Client, name: str, row: Any) -> dict[str, str]:
    """The hidden fields of a button's form, as the browser got them."""
    return {
        f.html_name: str(f.value()) for f in client.get(address(name, row)).context["form"].hidden_fields() if f.value()
    }


def send(client: Client, name: str, row: Any, form: dict[str, str]) -> list[str]:
    page = client.post(address(name, row), form, follow=True)
    assert page.status_code == 200
    asked = page.context.get("form")
    refused = [error for errors in asked.errors.values() for error in errors] if isinstance(asked, ButtonForm) else []
    assert all(escape(error) in page.content.decode() for error in refused)
    return [*(str(message) for message in page.context["messages"]), *refused]


def address(name: str, row: Any) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{name}", args=[row.pk])


def plain(said: str) -> str:
    return said.replace("\N{NO-BREAK SPACE}", " ")


def add_payment(client: Client, told: dict[str, str], *, form: dict[str, str] | None = None) -> int | str:
    """Send the page on which payments are added; 302, or the page that comes again."""
    hidden = form if form is not None else fresh_payment_form(client)
    answer = client.post(reverse("admin:payments_payment_add"), {**told, **hidden})
    return plain(answer.content.decode()) if answer.status_code == 200 else answer.status_code


def fresh_payment_form(client: Client) -> dict[str, str]:
    form = client.get(reverse("admin:payments_payment_add")).context["adminform"].form
    return {"once": str(form["once"].value())}
