"""Buttons: GET asks, POST makes one operation call and says what was done, a refusal is a message."""

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from customers.models import Contact, Customer, Hold, Invoice, LedgerEntry
from dunning.models import Notice, PortalLink
from payments.models import Payment
from tests.people import owes, person
from tests.screens.books import add_customer, books_with, case_of, everything_stored
from tests.screens.pressing import add_payment, address, opened, press, send


def test_pause_leaves_the_customer_alone_with_its_reason(collector: Client, ada: Customer) -> None:
    said = press(collector, "pause", case_of(ada), reason="Asked for time", until_on="2099-12-31")
    assert said == ["Paused until 31 December 2099: Asked for time"]
    hold = Hold.objects.get(kind=Hold.Kind.PAUSE)
    assert (hold.reason, str(hold.until_on), hold.placed_by and hold.placed_by.username) == (
        "Asked for time",
        "2099-12-31",
        "karl",
    )
    assert LogEntry.objects.get().change_message


def test_pause_without_a_reason_asks_again_and_changes_nothing(collector: Client, ada: Customer) -> None:
    before = everything_stored()
    assert press(collector, "pause", case_of(ada), reason="") == ["This field is required."]
    assert everything_stored() == before


def test_pause_until_a_day_that_has_passed_is_refused_in_words(collector: Client, ada: Customer) -> None:
    [said] = press(collector, "pause", case_of(ada), reason="Late", until_on="2020-01-01")
    assert said == "1 January 2020 has passed. Choose today or a later day."
    assert not Hold.objects.filter(kind=Hold.Kind.PAUSE).exists()


TOO_FAR = "The last day is too far away. Choose one up to 31 December 2099, or leave it empty."


def test_hold_until_the_end_of_the_calendar_is_refused_in_words(collector: Client, ada: Customer) -> None:
    asked = {"reason": "For ever", "until_on": "9999-12-31"}
    assert press(collector, "pause", case_of(ada), **asked) == [TOO_FAR]
    assert press(collector, "hold", ada, kind="other", blocks="contact", **asked) == [TOO_FAR]
    assert press(collector, "hold", ada.invoices.all()[0], kind="dispute", blocks="contact", **asked) == [TOO_FAR]
    assert not Hold.objects.filter(until_on__year__gt=2099).exists()


def test_resume_ends_the_pause(collector: Client, ada: Customer) -> None:
    press(collector, "pause", case_of(ada), reason="Asked for time")
    assert press(collector, "resume", case_of(ada)) == ["Resumed: 1 hold released."]
    assert not Hold.objects.filter(kind=Hold.Kind.PAUSE, released_at=None).exists()


def test_resume_of_a_running_case_is_refused_in_words(collector: Client, ada: Customer) -> None:
    assert press(collector, "resume", case_of(ada)) == ["This case is not paused."]


def test_send_next_step_now_queues_one_notice(collector: Client, ada: Customer) -> None:
    already = Notice.objects.count()
    [said] = press(collector, "send_now", case_of(ada))
    assert "is queued" in said
    assert Notice.objects.count() == already + 1


def test_recorded_payment_settles_the_oldest_invoices_that_are_not_in_dispute(collector: Client, ada: Customer) -> None:
    told = {"amount": "80.00", "currency": "EUR", "received_on": "2026-03-02", "reference": "BANK 7"}
    [said] = press(collector, "record_payment", case_of(ada), **told)
    assert said.replace("\N{NO-BREAK SPACE}", " ") == "80.00 EUR recorded; it went to 2 invoices."
    assert Payment.objects.get(reference="BANK 7").recorded_by is not None


@pytest.mark.parametrize("amount", ["0", "10.555"])
def test_amount_that_cannot_be_paid_is_refused_in_words(collector: Client, ada: Customer, amount: str) -> None:
    payments = Payment.objects.count()
    [said] = press(collector, "record_payment", case_of(ada), amount=amount, currency="EUR", received_on="2026-03-02")
    assert "is not an amount that can be paid" in said
    assert Payment.objects.count() == payments


def test_close_ends_the_case_and_says_so(collector: Client, ada: Customer) -> None:
    case = case_of(ada)
    [said] = press(collector, "close", case, reason="Settled by set-off")
    assert said.startswith("The case is closed")
    assert press(collector, "close", case, reason="Again") == ["This case is closed already."]


def test_closed_case_offers_no_button_that_would_be_refused(collector: Client, ada: Customer) -> None:
    case = case_of(ada)
    press(collector, "close", case, reason="Settled by set-off")
    page = collector.get(reverse("admin:dunning_case_change", args=[case.pk]))
    assert [link["button"].name for link in page.context["buttons"]] == ["record_payment", "change_owner", "restore"]


def test_auditor_is_offered_no_button(auditor: Client) -> None:
    [ada] = books_with(1)
    page = auditor.get(reverse("admin:dunning_case_change", args=[case_of(ada).pk]))
    assert page.context["buttons"] == []


def test_pausing_in_bulk_reports_in_numbers(collector: Client, ada: Customer) -> None:
    grace = add_customer(1)
    closed = case_of(grace)
    press(collector, "close", closed, reason="Done")
    chosen = {"action": "pause_selected", "_selected_action": [case_of(ada).pk, closed.pk]}
    url = reverse("admin:dunning_case_changelist")
    asked = collector.post(url, chosen)
    assert "Pause 2 cases" in asked.content.decode()
    done = collector.post(url, {**chosen, "reason": "Holidays", "until_on": ""}, follow=True)
    assert [str(said) for said in done.context["messages"]] == ["1 paused, 1 skipped: This case is closed already."]


def test_resuming_in_bulk_reports_in_numbers(collector: Client, ada: Customer) -> None:
    press(collector, "pause", case_of(ada), reason="Asked for time")
    chosen = {"action": "resume_selected", "_selected_action": [case_of(ada).pk]}
    done = collector.post(reverse("admin:dunning_case_changelist"), chosen, follow=True)
    assert [str(said) for said in done.context["messages"]] == ["1 resumed."]


def test_credit_note_lowers_the_balance(manager: Client) -> None:
    invoice = owes(person(), "120.00")
    [said] = press(manager, "credit", invoice, amount="20", on="2026-03-02", reason="Damaged")
    assert said.replace("\N{NO-BREAK SPACE}", " ") == f"20.00 EUR credited on invoice {invoice.number}."
    entry = LedgerEntry.objects.get(kind=LedgerEntry.Kind.CREDITED)
    assert (str(entry.amount), entry.note) == ("-20.0000", "Damaged (maria)")


@pytest.mark.parametrize("amount", ["120.01", "0"])
def test_credit_note_over_what_is_open_is_refused_in_words(manager: Client, amount: str) -> None:
    invoice = owes(person(), "120.00")
    [said] = press(manager, "credit", invoice, amount=amount, on="2026-03-02", reason="Damaged")
    assert said == "Choose an amount above 0, up to the 120.00 EUR open."


def test_write_off_settles_the_invoice_once(manager: Client) -> None:
    invoice = owes(person(), "120.00")
    press(manager, "write_off", invoice, on="2026-03-02", reason="Insolvent")
    assert Invoice.objects.get().balance == 0
    [said] = press(manager, "write_off", invoice, on="2026-03-02", reason="Insolvent")
    assert said.startswith("Choose an amount above 0")


def test_hold_on_an_invoice_is_placed_and_released(collector: Client) -> None:
    invoice = owes(person(), "120.00")
    press(collector, "hold", invoice, kind="dispute", reason="Parts missing", blocks="contact")
    hold = Hold.objects.get(invoice=invoice)
    assert press(collector, "release", invoice, hold=str(hold.pk)) == [
        f"Invoice {invoice.number}: the hold is released."
    ]
    assert press(collector, "release", hold) == ["That hold had been released before."]


def test_revoked_link_stays_revoked(manager: Client) -> None:
    [customer] = books_with(1)
    link = PortalLink.objects.filter(customer=customer).earliest("pk")
    assert press(manager, "revoke", link) == ["The link is revoked; it opens nothing any more."]
    assert press(manager, "revoke", link) == ["That link had been revoked before."]


def test_payment_added_by_hand_goes_through_the_operation(collector: Client, ada: Customer) -> None:
    told = {"customer": str(ada.pk), "amount": "80", "currency": "EUR", "received_on": "2026-03-02", "reference": "B 1"}
    assert add_payment(collector, told) == 302
    payment = Payment.objects.get(reference="B 1")
    assert payment.allocations.count() == 2
    assert "recorded already: 80.00 EUR" in str(add_payment(collector, told))


@pytest.mark.parametrize("state", ["in_doubt", "refused"])
def test_person_sends_a_notice_again(collector: Client, ada: Customer, state: str) -> None:
    notice = notice_in(state)
    notice_page = collector.get(address("change", notice))
    offered = [link["button"].name for link in notice_page.context["buttons"]]
    assert offered == (["settle_as_sent", "send_again"] if state == "in_doubt" else ["send_again"])
    form = opened(collector, "send_again", notice)
    assert "is queued again" in send(collector, "send_again", notice, form)[0]
    notice.refresh_from_db()
    assert (notice.state, notice.body, notice.reason) == ("queued", "", "")
    assert send(collector, "send_again", notice, form) == [
        "This notice is queued by now: it is neither in doubt nor refused."
    ]


def test_person_who_knows_that_it_arrived_ends_the_doubt(collector: Client, ada: Customer) -> None:
    notice = notice_in("in_doubt")
    assert press(collector, "settle_as_sent", notice) == ["The notice counts as sent."]
    assert Notice.objects.get(pk=notice.pk).state == "sent"
    assert press(collector, "settle_as_sent", notice) == ["This notice is sent by now: it is not in doubt."]


def notice_in(state: str) -> Notice:
    notice = Notice.objects.get()
    Notice.objects.filter(pk=notice.pk).update(state=state, body="Dear Ada", reason="550 no such user", attempts=3)
    notice.refresh_from_db()
    return notice


@pytest.mark.parametrize(("amount", "currency"), [("0", "EUR"), ("1.5", "JPY"), ("5", "XXX"), ("5", "eur")])
def test_payment_that_cannot_be_is_refused_in_its_form(
    collector: Client, ada: Customer, amount: str, currency: str
) -> None:
    told = {"customer": str(ada.pk), "amount": amount, "currency": currency, "received_on": "2026-03-02"}
    assert add_payment(collector, told) != 302
    assert Payment.objects.count() == 1


def test_changed_address_becomes_the_primary_one_and_wakes_the_engine(collector: Client, ada: Customer) -> None:
    first = Contact.objects.get(customer=ada)
    facts = {
        "number": ada.number,
        "name": ada.name,
        "language": "de",
        "country": "de",
        "time_zone": "Europe/Berlin",
        "kind": "business",
    }
    formset = {"contacts-TOTAL_FORMS": "2", "contacts-INITIAL_FORMS": "1"}
    old = {"id": str(first.pk), "customer": str(ada.pk), "email": first.email, "is_primary": "on"}
    new = {"customer": str(ada.pk), "email": "new@example.com", "is_primary": "on"}
    rows = {f"contacts-{place}-{name}": value for place, row in enumerate([old, new]) for name, value in row.items()}
    form = {**facts, **formset, **rows}
    page = collector.post(reverse("admin:customers_customer_change", args=[ada.pk]), form)
    assert page.status_code == 302
    assert [c.email for c in Contact.objects.filter(customer=ada, is_primary=True)] == ["new@example.com"]
    ada.refresh_from_db()
    assert (ada.language, ada.country, ada.time_zone) == ("de", "DE", "Europe/Berlin")


def test_unknown_time_zone_is_refused_in_its_form(collector: Client, ada: Customer) -> None:
    form = {"number": ada.number, "name": ada.name, "language": "de", "time_zone": "Mars/Olympus"}
    formset = {"contacts-TOTAL_FORMS": "0", "contacts-INITIAL_FORMS": "0"}
    page = collector.post(reverse("admin:customers_customer_change", args=[ada.pk]), {**form, **formset})
    assert "There is no such time zone." in page.content.decode()
