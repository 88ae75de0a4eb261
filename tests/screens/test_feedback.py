"""What readers think of a text stands beside what the checker says of it, and is counted above the list."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dunning.models import Notice
from dunning.operations.feedback import Opinion, give
from dunning.operations.tick import tick
from dunning.queries.opinions import Opinions, opinions_of
from tests.campaigns import standard_campaign
from tests.people import NOW, owes, reachable

pytestmark = pytest.mark.django_db


def test_answers_stand_beside_the_text_they_are_about_and_above_the_list(chief: Client) -> None:
    standard_campaign(now=NOW)
    owes(reachable("Ada Lindgren", language="de"), "300.00")
    tick(now=NOW)
    notice, now = Notice.objects.select_related("link", "customer", "step__template").get(), timezone.now()
    give(notice.customer, Opinion(is_clear=False, why_late="not_received"), link=notice.link, now=now)
    template = notice.step.template
    assert template
    assert opinions_of(template.pk, now=now) == {"de": Opinions(1, 1, 0)}
    assert opinions_of(template.pk, now=now + timedelta(days=366)) == {}
    page = chief.get(reverse("admin:dunning_template_change", args=[template.pk])).content.decode()
    assert page.count("Of 1 reader who rated it in the last year, 1 found it unclear and 0 unkind.") == 1
    above = chief.get(reverse("admin:dunning_feedback_changelist")).content.decode()
    assert "Why they were late: never got the invoice (1)." in above
