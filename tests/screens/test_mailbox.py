"""The mailbox shows a mail as its reader would see it, and nothing in it can act."""

from email.message import EmailMessage

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dunning.models import MailboxMessage
from dunning.queries.mailbox import open_mail

HTML = (
    "<!DOCTYPE html><html><head><title>Hi</title></head><body><a href='https://pay.example/p/x/'>Pay</a></body></html>"
)


def mail(html: str = HTML) -> bytes:
    message = EmailMessage()
    message["From"] = "Billing <billing@example.com>"
    message["To"] = "Zoë Müller <zoe@example.com>"
    message["Subject"] = "Rechnung über 5 €"
    message.set_content("Guten Tag, 5 € sind offen.")
    message.add_alternative(html, subtype="html")
    return message.as_bytes()


def test_mail_is_taken_apart_as_a_reader_would() -> None:
    opened = open_mail(mail())
    assert ("Subject", "Rechnung über 5 €") in opened.headers
    assert opened.text.strip() == "Guten Tag, 5 € sind offen."
    assert "Pay</a>" in opened.html


@pytest.mark.parametrize(
    ("html", "start"), [(HTML, '<head><base target="_blank">'), ("<p>Hi", '<base target="_blank"><p>')]
)
def test_links_open_in_a_new_tab(html: str, start: str) -> None:
    assert start in open_mail(mail(html)).html


def test_mail_without_html_shows_its_text_only() -> None:
    opened = open_mail(b"Subject: Plain\n\nHello\n")
    assert (opened.html, opened.text.strip()) == ("", "Hello")


def test_page_shows_the_letter_in_a_box_that_runs_nothing(auditor: Client) -> None:
    html = HTML.replace("Pay</a>", "Pay</a><script>alert(1)</script>")
    kept = MailboxMessage.objects.create(received_at=timezone.now(), to="zoe@example.com", subject="S", raw=mail(html))
    page = auditor.get(reverse("admin:dunning_mailboxmessage_change", args=[kept.pk])).content.decode()
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page
    assert "<script>alert" not in page


def test_page_can_change_nothing(chief: Client) -> None:
    kept = MailboxMessage.objects.create(received_at=timezone.now(), to="zoe@example.com", subject="S", raw=mail())
    assert chief.post(reverse("admin:dunning_mailboxmessage_change", args=[kept.pk]), {"to": "x"}).status_code == 403
