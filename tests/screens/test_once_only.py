"""A page that is sent twice, or that was never ours, does a thing once or not at all."""

from django.test import Client

from customers.models import Customer, Hold, Invoice, LedgerEntry
from dunning.models import Notice
from payments.models import Payment
from tests.people import owes, person
from tests.screens.books import add_customer, case_of
from tests.screens.pressing import add_payment, fresh_payment_form, opened, plain, press, send


def test_payment_page_sent_twice_books_once(collector: Client, ada: Customer) -> None:
    told = {"customer": str(ada.pk), "amount": "80", "currency": "EUR", "received_on": "2026-03-02", "reference": ""}
    form = fresh_payment_form(collector)
    before = Payment.objects.count()
    assert add_payment(collector, told, form=form) == 302
    assert "recorded already" in str(add_payment(collector, told, form=form))
    assert Payment.objects.count() == before + 1


def test_payment_page_without_its_key_says_what_to_do(collector: Client, ada: Customer) -> None:
    told = {"customer": str(ada.pk), "amount": "80", "currency": "EUR", "received_on": "2026-03-02", "reference": ""}
    assert "Go back and open it again." in str(add_payment(collector, told, form={}))
    assert "Go back and open it again." in str(add_payment(collector, told, form={"once": "made-up:signature"}))


def test_reference_of_somebody_else_s_payment_is_refused_with_its_name(collector: Client, ada: Customer) -> None:
    grace = add_customer(1)
    told = {"amount": "80", "currency": "EUR", "received_on": "2026-03-02", "reference": "BANK 7"}
    press(collector, "record_payment", case_of(ada), **told)
    [said] = press(collector, "record_payment", case_of(grace), **told)
    assert "80.00 EUR from Ada Lindgren" in plain(said)
    assert "on 2 March 2026" in said
    assert Payment.objects.filter(reference="BANK 7").count() == 1
    assert "Ada Lindgren" in str(add_payment(collector, {**told, "customer": str(grace.pk)}))


def test_double_click_on_record_payment_books_once(collector: Client, ada: Customer) -> None:
    case = case_of(ada)
    told = {"amount": "30", "currency": "EUR", "received_on": "2026-03-02"}
    form = {**opened(collector, "record_payment", case), **told}
    before = Payment.objects.count()
    assert [plain(said) for said in send(collector, "record_payment", case, form)] == [
        "30.00 EUR recorded; it went to 1 invoice."
    ]
    assert "had been recorded already" in send(collector, "record_payment", case, form)[0]
    assert "recorded already: 30.00 EUR" in plain(send(collector, "record_payment", case, {**form, "amount": "31"})[0])
    assert Payment.objects.count() == before + 1
    press(collector, "record_payment", case, **told)  # the same again on purpose, from a form of its own
    assert Payment.objects.count() == before + 2


def test_double_click_on_send_next_step_now_sends_one_step(collector: Client, ada: Customer) -> None:
    case = case_of(ada)
    before = Notice.objects.count()
    form = opened(collector, "send_now", case)
    assert "is queued" in send(collector, "send_now", case, form)[0]
    [said] = send(collector, "send_now", case, form)
    assert said == "The last reminder is still waiting to leave."
    assert Notice.objects.count() == before + 1


def test_double_click_on_pause_places_one_hold(collector: Client, ada: Customer) -> None:
    case = case_of(ada)
    form = {**opened(collector, "pause", case), "reason": "Asked for time"}
    send(collector, "pause", case, form)
    assert send(collector, "pause", case, form) == ["This case is paused already, for the same reason and as long."]
    assert Hold.objects.filter(kind=Hold.Kind.PAUSE).count() == 1


def test_double_click_on_hold_places_one_hold(collector: Client) -> None:
    grace = person("Grace Okafor")
    form = {**opened(collector, "hold", grace), "kind": "dispute", "reason": "Parts missing", "blocks": "contact"}
    assert send(collector, "hold", grace, form) == send(collector, "hold", grace, form)
    assert Hold.objects.count() == 1


def test_double_click_on_credit_note_credits_once(manager: Client) -> None:
    invoice = owes(person(), "120.00")
    form = {**opened(manager, "credit", invoice), "amount": "20", "on": "2026-03-02", "reason": "Damaged"}
    send(manager, "credit", invoice, form)
    assert "already recorded: 20.00 EUR credited" in plain(send(manager, "credit", invoice, form)[0])
    assert Invoice.objects.get().balance == 100
    press(manager, "credit", invoice, amount="20", on="2026-03-02", reason="Damaged")
    assert Invoice.objects.get().balance == 80


def test_key_of_another_row_or_nobody_s_is_refused_and_changes_nothing(manager: Client) -> None:
    invoice, other = owes(person(), "120.00"), owes(person("Grace Okafor"), "50.00")
    told = {"amount": "20", "on": "2026-03-02", "reason": "Damaged"}
    borrowed = opened(manager, "credit", other)
    for key in ({}, {"once": "made-up"}, borrowed):
        assert send(manager, "credit", invoice, {**told, **key}) == [
            "This form was not opened here. Go back and open it again."
        ]
    assert not LedgerEntry.objects.filter(kind=LedgerEntry.Kind.CREDITED).exists()
