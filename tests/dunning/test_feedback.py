"""What customers think of a letter: kept with its step and text, once per case; what was low comes to a person."""

import pytest

from customers.models import Customer
from dunning.models import Feedback, Notice, Task
from dunning.operations import requests
from dunning.operations.feedback import Opinion, give
from dunning.operations.tick import tick
from tests.campaigns import standard_campaign
from tests.people import NOW, owes, reachable
from tests.provider import Provider

pytestmark = pytest.mark.django_db


@pytest.fixture
def notice(provider: Provider) -> Notice:
    """A letter to Ada in German."""
    standard_campaign(now=NOW)
    owes(reachable("Ada Lindgren", language="de"), "300.00")
    tick(now=NOW)
    return Notice.objects.select_related("link", "customer").get()


def test_low_score_opens_a_task_that_names_the_letter(notice: Notice) -> None:
    given = give(notice.customer, Opinion(is_clear=True, is_kind=False, words="Too cold"), link=notice.link, now=NOW)
    assert (given.notice, given.step, given.case, given.language) == (notice, notice.step, notice.case, "de")
    task = Task.objects.get(kind="feedback")
    assert f"The customer found the {notice.step} unkind. They write: “Too cold”." in task.script


def test_good_score_opens_none(notice: Notice) -> None:
    give(notice.customer, Opinion(is_clear=True, why_late="forgot"), link=notice.link, now=NOW)
    assert not Task.objects.exists()


def test_it_counts_once_per_case(notice: Notice) -> None:
    first = give(notice.customer, Opinion(is_clear=True), link=notice.link, now=NOW)
    assert give(notice.customer, Opinion(is_clear=False), link=None, now=NOW) == first
    assert (Feedback.objects.get().is_clear, Task.objects.count()) == (True, 0)


def test_card_number_is_not_kept(notice: Notice) -> None:
    with pytest.raises(requests.RequestRefusal):
        give(notice.customer, Opinion(words="4242424242424242"), link=notice.link, now=NOW)
    assert not Feedback.objects.exists()


def test_letter_asks_until_it_was_answered_in_this_case(notice: Notice, provider: Provider) -> None:
    customer = Customer.objects.get()
    assert "War diese Nachricht klar?" in provider.accepted()[-1]["text"]
    give(customer, Opinion(is_clear=True), link=notice.link, now=NOW)
    customer.invoices.update(due_on="2026-02-09")
    tick(now=NOW.replace(day=4))
    tick(now=NOW.replace(day=12))
    assert Notice.objects.count() == 2
    assert "War diese Nachricht klar?" not in provider.accepted()[-1]["text"]
