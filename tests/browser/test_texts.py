"""A text on the desk: what the checker says follows the words while somebody types."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from dunning.models import Template, TemplateText
from tests.browser import test_desk
from tests.browser.test_desk import PHONE, Visit, serious

pytestmark = pytest.mark.django_db(transaction=True)
visit = test_desk.visit


def test_findings_follow_the_words_and_a_field_is_put_where_the_cursor_stands(visit: Visit) -> None:
    text = TemplateText.objects.filter(template__steps__kind="reminder").order_by("template", "language")[0]
    page = visit.open(reverse("admin:dunning_template_change", args=[text.template_id]))
    body = page.locator("textarea[name=texts-0-body]")
    panel = page.locator("[data-checked]").first
    body.fill("Sie haben noch nicht bezahlt.\n\n")
    expect(panel.locator(".desk-found")).to_contain_text("Sie haben noch nicht bezahlt")
    expect(panel.locator("[data-says]")).to_contain_text("warning")
    body.fill("Guten Tag ")
    panel.locator("[data-insert]").select_option("{customer_name}")
    expect(body).to_have_value("Guten Tag {customer_name}")
    expect(panel.locator(".desk-found")).not_to_contain_text("Sie haben noch nicht bezahlt")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert not serious(page)
    assert not visit.complaints
    assert Template.objects.get(pk=text.template_id).texts.get(language=text.language).body == text.body
