"""Steps that go to a contact with a role: from the step on that says so, and never into nothing."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.core import mail
from pytest_django import Settings

from customers.models import Contact, Customer
from customers.operations import consideration
from customers.operations.consideration import Said
from customers.operations.customers import save_contact
from dunning.channels.news import DeliveryNews
from dunning.models import Notice, Task
from dunning.operations import drafts
from dunning.operations.campaigns import CampaignRefusal, draft_of, publish
from dunning.operations.delivery_news import apply_news, take_in
from dunning.operations.tick import tick
from dunning.queries.versions import comparison_of
from dunning.rules.delivery_news import NewsKind
from tests.campaigns import standard_campaign
from tests.people import NOW, owes, reachable
from tests.provider import Provider

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def campaign(*, goes_to: str = "", copied_to: str = "") -> None:
    """From day 7 on the letters go, or are copied, to somebody else."""
    draft = draft_of(standard_campaign(now=NOW).campaign, now=NOW)
    for step in draft.steps.filter(kind="reminder", offset_days__gte=7):
        drafts.set_readers(step, goes_to=goes_to, copied_to=copied_to, now=NOW)
    publish(draft, now=NOW)


def ada_and_her_boss(**facts: str) -> Customer:
    ada = reachable()
    Contact.objects.create(
        customer=ada, name="Bo Berg", is_primary=False, role="escalation", **{"email": "bo@example.com", **facts}
    )
    owes(ada, "90.00", due="2026-03-01")
    return ada


def by_mail(contact: Contact) -> Said:
    """They said so of e-mail, by e-mail."""
    return Said("email", "", "By e-mail", now=NOW, by=None, contact=contact)


def live(days: Sequence[int]) -> None:
    for day in days:
        tick(now=NOW + day * DAY)
        tick(now=NOW + day * DAY + timedelta(minutes=1))


def test_from_its_step_on_letters_go_to_the_escalation_contact(provider: Provider) -> None:
    campaign(goes_to="escalation")
    ada_and_her_boss()
    live([0, 7, 14])
    assert [entry["to"] for entry in provider.accepted()] == ["ada-lindgren@example.com", *["bo@example.com"] * 2]
    assert list(Notice.objects.order_by("pk").values_list("contact__name", flat=True))[1:] == ["Bo Berg"] * 2


def test_without_such_a_contact_or_an_address_of_theirs_the_primary_one_gets_it(provider: Provider) -> None:
    campaign(goes_to="escalation")
    ada_and_her_boss(email="")
    grace = reachable("Grace Okafor")
    owes(grace, "20.00", due="2026-03-01")
    live([0, 7])
    told = sorted(entry["to"] for entry in provider.accepted())
    assert told == ["ada-lindgren@example.com"] * 2 + ["grace-okafor@example.com"] * 2


def test_escalation_contact_who_wants_none_gets_none_and_the_primary_one_does(provider: Provider) -> None:
    campaign(goes_to="escalation", copied_to="owner")
    ada = ada_and_her_boss()
    boss = Contact.objects.get(role="escalation")
    consideration.refuse(
        ada, consideration.Said(channel="email", topic="", source="By e-mail", contact=boss, now=NOW, by=None)
    )
    live([0, 7])
    assert [entry["to"] for entry in provider.accepted()] == ["ada-lindgren@example.com"] * 2


def test_who_wants_none_gets_none_as_the_primary_contact_either_until_they_agree(provider: Provider) -> None:
    campaign()
    ada = ada_and_her_boss()
    boss = Contact.objects.get(role="escalation")
    consideration.refuse(ada, by_mail(boss))
    boss.is_primary = True
    save_contact(boss)
    live([0, 7])
    assert provider.accepted() == []
    consideration.agree(ada, by_mail(boss))
    live([8])
    assert [entry["to"] for entry in provider.accepted()] == ["bo@example.com"]


@pytest.mark.parametrize("wants_none", [False, True])
def test_copy_goes_along_with_the_mail_and_is_on_record(settings: Settings, wants_none: bool) -> None:
    settings.DUNNING_CHANNELS = {"email": {"class": "dunning.channels.email.EmailChannel"}}
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    campaign(copied_to="escalation")
    ada = ada_and_her_boss()
    if wants_none:
        boss = Contact.objects.get(role="escalation")
        consideration.refuse(
            ada, consideration.Said(channel="email", topic="", source="By e-mail", contact=boss, now=NOW, by=None)
        )
    live([0, 7])
    copies = [] if wants_none else ["bo@example.com"]
    assert [(letter.to, letter.cc) for letter in mail.outbox] == [
        (["Ada Lindgren <ada-lindgren@example.com>"], []),
        (["Ada Lindgren <ada-lindgren@example.com>"], copies),
    ]
    assert list(Notice.objects.order_by("pk").values_list("copied_to", flat=True)) == ["", *(copies or [""])]


def test_what_comes_back_from_the_escalation_contact_goes_to_the_primary_one_and_a_better_address_is_looked_for(
    provider: Provider,
) -> None:
    campaign(goes_to="escalation")
    ada_and_her_boss()
    live([0, 7])
    letter = Notice.objects.get(contact__role="escalation")
    bounced = DeliveryNews(
        channel="email", provider="Provider", kind=NewsKind.BOUNCED, notice_id=str(letter.pk), recipient=letter.address,
        detail="550 5.1.1 no such user",
    )  # fmt: skip
    take_in([bounced], now=NOW + 7 * DAY + HOUR)
    apply_news(now=NOW + 7 * DAY + HOUR)
    live([8])
    assert [entry["to"] for entry in provider.accepted()][1:] == ["bo@example.com", "ada-lindgren@example.com"]
    assert Task.objects.get(queue="addresses").script.startswith(
        "bo@example.com: what we sent there came back for good"
    )


def test_contact_who_loses_the_role_before_the_letter_leaves_gets_none(provider: Provider) -> None:
    campaign(goes_to="escalation")
    ada_and_her_boss()
    live([0])
    night = NOW.replace(hour=3) + 7 * DAY
    tick(now=night)
    assert not Notice.objects.filter(contact__role="escalation", state="sent").exists()
    Contact.objects.filter(role="escalation").update(role="")
    live([7])
    assert [entry["to"] for entry in provider.accepted()] == ["ada-lindgren@example.com"] * 2


def test_draft_says_who_reads_and_publishing_refuses_nonsense() -> None:
    campaign(goes_to="escalation")
    version = standard_campaign(now=NOW, name="Second")
    draft = draft_of(version.campaign, now=NOW)
    step = draft.steps.get(offset_days=30)
    drafts.set_readers(step, goes_to="owner", copied_to="billing", now=NOW)
    comparison = comparison_of(draft)
    assert comparison
    [told] = comparison.diff.in_words
    assert told.endswith("to the primary contact → the owner contact, copy to nobody → the billing contact")
    drafts.set_readers(step, goes_to="owner", copied_to="owner", now=NOW)
    with pytest.raises(CampaignRefusal, match="one contact twice"):
        publish(draft, now=NOW)
    with pytest.raises(CampaignRefusal, match="Only reminders"):
        drafts.set_readers(draft.steps.get(kind="thanks"), goes_to="owner", copied_to="", now=NOW)
