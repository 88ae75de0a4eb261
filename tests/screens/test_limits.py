"""The desk's buttons for holds, wishes, vulnerable customers and calls; what the pages show of them."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.models import Contact, ContactStop, Customer, Hold
from customers.operations import consideration, holds
from customers.rules.holds import Blocks, HoldKind
from dunning.models import Call
from tests.people import owes, person, reachable
from tests.screens.books import case_of
from tests.screens.pressing import address, press

pytestmark = pytest.mark.django_db


def test_hold_form_fills_in_what_is_usual_for_the_kind(collector: Client) -> None:
    page = collector.get(address("hold", person()), {"kind": "breathing_space"})
    form = page.context["form"]
    assert form["kind"].value() == "breathing_space"
    assert form["until_on"].value() == timezone.localdate() + timedelta(days=60)
    assert form["blocks"].value() == ["contact", "charges", "claims"]
    assert '<a class="desk-link" href="?kind=bereavement">in mourning</a>' in page.content.decode()
    assert "SI 2020/1311" in page.content.decode()


@pytest.mark.parametrize("hint", ["pause", "nonsense", ""])
def test_hold_form_takes_no_other_kinds_from_the_address(collector: Client, hint: str) -> None:
    page = collector.get(address("hold", person()), {"kind": hint})
    assert page.context["form"]["kind"].value() == "other"


def test_kinds_for_the_whole_customer_are_not_offered_on_an_invoice(collector: Client) -> None:
    form = collector.get(address("hold", owes(person(), "10.00"))).context["form"]
    offered = [value for value, _ in form.fields["kind"].choices]
    assert offered == ["dispute", "promise", "money_in_transit", "hardship", "other"]


def test_person_chooses_what_rests(collector: Client) -> None:
    ada = person()
    answers = {"kind": "promise", "reason": "Card lost", "until_on": "2026-12-24", "blocks": "charges"}
    assert press(collector, "hold", ada, **answers) == ["Ada Lindgren: no charges until 24 December 2026: Card lost"]
    assert Hold.objects.get().blocks == Blocks(contact=False, charges=True, claims=False)
    nothing = {"kind": "promise", "reason": "Card lost", "until_on": "2026-12-24"}
    assert press(collector, "hold", ada, **nothing) == [
        "A hold blocks something. Tick contact, charges, or fees and interest."
    ]


def test_hold_says_what_rests_and_when_it_resumes(collector: Client, ada: Customer) -> None:
    last_day = timezone.localdate() + timedelta(days=3)
    holds.place(ada, kind=HoldKind.PROMISE, reason="Soon", until_on=last_day, now=timezone.now(), by=None)
    words = f"no contact, no charges; resumes on {last_day + timedelta(days=1):%-d %B %Y}"
    for row in (ada, case_of(ada)):
        assert words in collector.get(address("change", row)).content.decode()


def test_vulnerable_customer_is_marked_shown_and_unmarked(collector: Client, ada: Customer) -> None:
    [said] = press(collector, "vulnerable", ada, note="Her daughter helps with bills")
    assert said == "From now on a person decides on every step for Ada Lindgren."
    for row in (ada, case_of(ada)):
        assert "Her daughter helps with bills" in collector.get(address("change", row)).content.decode()
    ada.refresh_from_db()
    assert ada.vulnerable_by is not None
    press(collector, "not_vulnerable", ada)
    ada.refresh_from_db()
    assert (ada.vulnerable_since, ada.vulnerable_note, ada.vulnerable_by) == (None, "", None)


def test_wish_is_recorded_shown_and_released(collector: Client, ada: Customer) -> None:
    wish = {"channel": "email", "topic": "reminders", "source": "On the phone"}
    assert press(collector, "stop", ada, **wish) == ["Recorded: no reminders of what is due on e-mail."]
    for row in (ada, case_of(ada)):
        assert "no reminders of what is due on e-mail" in collector.get(address("change", row)).content.decode()
    stop = ContactStop.objects.get(topic="reminders")
    assert press(collector, "release", stop, source="On the phone") == ["They may be written to again."]
    assert press(collector, "release", stop, source="On the phone") == ["That had been released before."]


def test_consents_stand_on_the_customers_page_with_who_said_so_and_how(collector: Client, ada: Customer) -> None:
    boss = Contact.objects.create(customer=ada, name="Bo", email="bo@example.com", is_primary=False, role="escalation")
    wish = {"channel": "email", "topic": "reminders", "source": "On the phone", "contact": str(boss.pk)}
    assert press(collector, "stop", ada, **wish) == [
        "Recorded: no reminders of what is due on e-mail for bo@example.com."
    ]
    assert press(collector, "agree", ada, channel="sms", source="By letter") == ["Recorded: Ada Lindgren agrees."]
    page = collector.get(address("change", ada)).content.decode()
    assert "bo@example.com refuses reminders of what is due by e-mail, On the phone; recorded by" in page
    assert "the customer agrees to everything by text messages, By letter" in page
    [stop] = ContactStop.objects.filter(contact=boss)
    others = {"contact": str(reachable("Grace Okafor").contacts.get().pk), "channel": "sms", "source": "By letter"}
    press(collector, "stop", ada, **others)
    assert not ContactStop.objects.filter(contact__customer__name="Grace Okafor").exists(), "another's contact"
    assert stop.released_at is None


def test_call_is_recorded_and_says_when_the_next_is_fine(collector: Client, ada: Customer) -> None:
    made = timezone.localtime().strftime("%Y-%m-%d %H:%M")
    [said] = press(collector, "record_call", case_of(ada), is_talk="on", called_at=made, note="Will pay")
    assert said.startswith("The call is recorded; no call today: at most ")
    assert Call.objects.filter(note="Will pay", is_talk=True).exists()
    page = collector.get(address("change", case_of(ada))).content.decode()
    assert "No call today" in page
    assert "Talked on the phone" in page


def test_call_that_is_still_to_come_is_refused_in_words(collector: Client, ada: Customer) -> None:
    [said] = press(collector, "record_call", case_of(ada), called_at="2099-01-01 10:00")
    assert said == "That time is still to come. Record the call once it is made."


def test_first_page_counts_who_needs_a_person(collector: Client, ada: Customer) -> None:
    reason = "Told by her son"
    holds.place(ada, kind=HoldKind.DECEASED, reason=reason, until_on=None, now=timezone.now(), by=None)
    consideration.mark_vulnerable(ada, note="carer helps", now=timezone.now(), by=None)
    press(collector, "pause", case_of(ada), reason="look again")
    page = collector.get(reverse("admin:index")).content.decode()
    assert "customer who has died" in page
    listed = collector.get(reverse("admin:dunning_case_changelist"), {"attention": "deceased"})
    assert ada.name in listed.content.decode()
