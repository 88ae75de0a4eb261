"""A card entered on the gateway's own page: to pay with, to keep, to be charged later. Stripe's API on this machine."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from pytest_django import Settings

from customers.models import Customer
from customers.operations.ledger import credit
from dunning.models import PortalLink
from dunning.operations.links import revoke
from dunning.rules.doors import LIMITS, Deed, Limit
from payments.models import CardPage, ChargeAttempt, Payment, PaymentMethod
from payments.operations.reconcile import reconcile
from tests.people import owes, person
from tests.portal.buyer import DEBIT, EMPTY_LATER, REFUSED, VISA, Buyer, visit
from tests.portal.conftest import words
from tests.stripe_processor import StripeProcessor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stripe")]


@pytest.fixture
def ada() -> Customer:
    ada = person("Ada Lindgren", country="GB")
    owes(ada, "420.00", due="2026-02-01", number="R-1")
    return ada


@pytest.fixture
def buyer(ada: Customer) -> Buyer:
    return Buyer(ada)


def balance(customer: Customer) -> Decimal:
    return sum(customer.invoices.values_list("balance", flat=True), Decimal(0))


def kept() -> list[tuple[str, bool, bool]]:
    """(last four, used first, may be charged) of the cards that are kept, oldest first."""
    rows = PaymentMethod.objects.filter(removed_at=None).order_by("pk")
    return [(card.last4, card.is_default, card.charge_agreed_at is not None) for card in rows]


def test_new_card_is_entered_elsewhere_and_pays_by_one_more_click(buyer: Buyer, ada: Customer) -> None:
    address = buyer.choose_new("part", amount="100")
    page = buyer.enter(address)
    assert "Do you want to pay now? €100.00 to Example Company, with Visa •••• 4242" in words(page)
    assert balance(ada) == 420
    receipt = buyer.follow(buyer.confirm(page)["Location"])
    assert "Thank you!" in words(receipt)
    assert (balance(ada), kept()) == (320, [])


def test_personal_link_is_not_told_to_the_gateway(buyer: Buyer, stripe: StripeProcessor) -> None:
    buyer.choose_new()
    session = stripe.gateway().client.checkout.sessions.retrieve(CardPage.objects.get().reference)
    for address in (session.success_url, session.cancel_url):
        assert buyer.token not in str(address)
        assert str(address).startswith("http://localhost:8000/p/") and str(address).endswith("/back/")


def test_coming_back_reloading_and_two_tabs_take_nothing(buyer: Buyer, ada: Customer, stripe: StripeProcessor) -> None:
    back = visit(buyer.choose_new(), method=VISA, go="yes")
    for _ in range(3):
        assert "Do you want to pay now?" in words(buyer.follow(back))
    assert (balance(ada), stripe.taken(), ChargeAttempt.objects.count()) == (420, [], 0)


def test_hasty_and_late_clicks_are_one_charge(buyer: Buyer, ada: Customer, stripe: StripeProcessor) -> None:
    page = buyer.enter(buyer.choose_new("part", amount="100"))
    answers = [buyer.confirm(page) for _ in range(3)]
    assert len({answer["Location"] for answer in answers}) == len(stripe.taken()) == 1
    again = buyer.get(f"cards/{CardPage.objects.get().pk}/")
    assert again["Location"] == answers[0]["Location"]
    assert balance(ada) == 320


def test_page_left_without_a_card_says_so_and_remembers_the_amount(buyer: Buyer, ada: Customer) -> None:
    page = buyer.enter(buyer.choose_new("part", amount="100"), go="no")
    assert "No card was entered" in words(page)
    assert "pay €100.00" in words(page)
    again = buyer.post(f"cards/{CardPage.objects.get().pk}/")
    assert "€100.00" in words(buyer.enter(again["Location"]))
    assert balance(ada) == 420


def test_expired_page_is_begun_again(buyer: Buyer, stripe: StripeProcessor) -> None:
    address = buyer.choose_new()
    stripe.control("clock", at=int(timezone.now().timestamp()) + 2 * 86400)
    assert visit(address, method=VISA, go="yes") == ""
    page = buyer.get(f"cards/{CardPage.objects.get().pk}/")
    assert "No card was entered" in words(page)
    assert "Do you want to pay now?" in words(
        buyer.enter(buyer.post(f"cards/{CardPage.objects.get().pk}/")["Location"])
    )


def test_card_that_the_bank_refuses_on_the_page_comes_to_nothing(buyer: Buyer, ada: Customer) -> None:
    address = buyer.choose_new()
    assert visit(address, method=REFUSED, go="yes") == ""
    assert "Do you want to pay now?" in words(buyer.enter(address))
    assert balance(ada) == 420


def test_one_invoice_is_remembered(buyer: Buyer, ada: Customer) -> None:
    young = owes(ada, "80.50", due="2026-02-10", number="R-2")
    path = f"pay/EUR/?invoice={young.pk}"
    page = buyer.enter(buyer.choose_new("all", path, invoice=str(young.pk)))
    assert "€80.50" in words(page) and "for invoice R-2" in words(page)
    buyer.confirm(page)
    assert list(ada.invoices.order_by("pk").values_list("balance", flat=True)) == [420, 0]


def test_amount_that_has_shrunk_meanwhile_is_shown_and_asked_again(buyer: Buyer, ada: Customer) -> None:
    address = buyer.choose_new()
    invoice, now = ada.invoices.get(), timezone.now()
    credit(invoice, Decimal(20), reason="late", now=now, on=now.date(), by=None)
    page = buyer.enter(address)
    assert "Something has changed" in words(page)
    assert "€400.00" in words(page)
    buyer.confirm(page)
    assert [payment.amount for payment in Payment.objects.all()] == [400]


def test_page_that_was_paid_in_another_tab_leads_to_what_is_open(buyer: Buyer, ada: Customer) -> None:
    first, second = buyer.choose_new(), buyer.choose_new()
    buyer.confirm(buyer.enter(first))
    assert "Thank you!" in words(buyer.enter(second))
    assert balance(ada) == 0


def test_card_page_of_another_customer_opens_for_nobody(buyer: Buyer, ada: Customer, stripe: StripeProcessor) -> None:
    back = visit(buyer.choose_new(), method=VISA, go="yes")
    bo = person("Bo Nilsson")
    owes(bo, "50.00")
    thief, page = Buyer(bo), CardPage.objects.get()
    assert thief.get(f"cards/{page.pk}/").status_code == 404
    assert thief.post(f"cards/{page.pk}/").status_code == 404
    stolen = {"key": thief.key(), "how_much": "all", "card": f"page-{page.pk}"}
    assert thief.post("pay/EUR/", **stolen).status_code == 400
    assert thief.post("card/", do="keep", card=f"page-{page.pk}")["Location"].endswith("/card/")
    CardPage.objects.update(
        customer=bo
    )  # even a mistaken row of ours gives nothing away: the gateway knows whose it is
    assert thief.get(f"cards/{page.pk}/").status_code == 503
    CardPage.objects.update(customer=ada)
    assert buyer.follow(back).status_code == 200
    assert (stripe.taken(), kept()) == ([], [])


@pytest.mark.parametrize("ticket", ["", "x", "x:y", "WzEsImNhcmQiLCIxIl0:forged"])
def test_forged_way_back_opens_nothing(buyer: Buyer, ticket: str) -> None:
    assert buyer.client.get(f"/p/{ticket}/back/").status_code == 404


def test_way_back_lasts_a_day_and_ends_with_its_link(buyer: Buyer) -> None:
    back = visit(buyer.choose_new(), method=VISA, go="yes")
    CardPage.objects.update(opened_at=timezone.now() - timedelta(days=1, minutes=1))
    assert buyer.follow(back).status_code == 404
    CardPage.objects.update(opened_at=timezone.now())
    assert buyer.follow(back).status_code == 200
    revoke(PortalLink.objects.get(), now=timezone.now())
    assert buyer.follow(back).status_code == 404


def test_card_is_kept_and_charged_only_as_far_as_was_agreed(buyer: Buyer) -> None:
    buyer.pay_with_new(how_much="part", amount="10")
    assert kept() == []
    buyer.pay_with_new(how_much="part", amount="10", keep_card="on")
    assert kept() == [("4242", True, False)]
    buyer.pay_with_new("pm_card_mastercard", "part", amount="10", may_charge="on")
    assert kept() == [("4242", False, False), ("4444", True, True)]
    assert "Mastercard •••• 4444 Your stored card" in words(buyer.get())


def test_same_card_entered_again_gives_way_to_itself(buyer: Buyer) -> None:
    for _ in range(2):
        buyer.pay_with_new(how_much="part", amount="10", keep_card="on")
    assert kept() == [("4242", True, False)]
    assert PaymentMethod.objects.count() == 2


def test_kept_card_pays_without_leaving_the_page(buyer: Buyer, ada: Customer) -> None:
    buyer.pay_with_new(how_much="part", amount="10", keep_card="on")
    receipt = buyer.pay(card=f"kept-{PaymentMethod.objects.get().pk}")
    assert ("Thank you!" in words(receipt), balance(ada)) == (True, 0)


def test_declined_new_card_is_told_kindly_and_may_be_tried_again(buyer: Buyer, ada: Customer) -> None:
    declined = buyer.pay_with_new(EMPTY_LATER, "part", amount="10", keep_card="on")
    assert "The bank did not say yes to this card." in words(declined)
    assert (kept(), balance(ada)) == ([], 420)
    page = buyer.get(f"cards/{CardPage.objects.get().pk}/")
    assert "Do you want to pay now?" in words(page) and "Something has changed" not in words(page)


def test_bank_debit_is_pending_and_then_paid(buyer: Buyer, ada: Customer, stripe: StripeProcessor) -> None:
    page = buyer.enter(buyer.choose_new(), DEBIT)
    assert "with Bank account •••• 3000" in words(page)
    waiting = buyer.follow(buyer.confirm(page, keep_card="on")["Location"])
    assert "Your bank debit is on its way" in words(waiting)
    attempt = ChargeAttempt.objects.get()
    assert attempt.state == "pending"
    stripe.control("settle", intent=attempt.gateway_reference)
    reconcile(now=timezone.now() + timedelta(minutes=3))
    assert (balance(ada), [card.kind for card in PaymentMethod.objects.all()]) == (0, ["sepa_debit"])


def test_card_can_be_added_agreed_to_put_first_and_removed_without_paying(
    buyer: Buyer, stripe: StripeProcessor
) -> None:
    assert "No card is stored." in words(buyer.get("card/"))
    for method, agreed in ((VISA, {"may_charge": "on"}), ("pm_card_mastercard", {})):
        page = buyer.enter(buyer.post("card/", do="enter")["Location"], method)
        assert "Shall we store this card?" in words(page)
        assert "Your card is stored." in words(buyer.follow(buyer.confirm(page, do="keep", **agreed)["Location"]))
    assert kept() == [("4242", False, True), ("4444", True, False)]
    visa, mastercard = (str(card.pk) for card in PaymentMethod.objects.order_by("pk"))
    buyer.post("card/", do="first", method=visa)
    buyer.post("card/", do="agree", method=mastercard)
    buyer.post("card/", do="disagree", method=visa)
    assert kept() == [("4242", True, False), ("4444", False, True)]
    assert "removed" in buyer.post("card/", do="remove", method=visa)["Location"]
    assert kept() == [("4444", True, True)]
    owners = {m.id: m.customer for m in stripe.gateway().client.payment_methods.list().data}
    assert [owners[card.token.split("/")[1]] is None for card in PaymentMethod.objects.order_by("pk")] == [True, False]
    assert stripe.taken() == []


def test_buttons_reach_nobody_elses_card(buyer: Buyer) -> None:
    buyer.pay_with_new(how_much="part", amount="10", may_charge="on")
    before = kept()
    thief = Buyer(person("Bo Nilsson"))
    for wish in ("remove", "first", "agree", "disagree", "keep", "nonsense"):
        thief.post("card/", do=wish, method=str(PaymentMethod.objects.get().pk), card="page-1")
    assert kept() == before


def test_gateway_that_is_down_is_said_kindly_everywhere(buyer: Buyer, settings: Settings) -> None:
    page = buyer.enter(buyer.choose_new())
    settings.PAYMENT_GATEWAYS["stripe"]["options"]["base_address"] = "http://127.0.0.1:9"
    sorry = "The payment service could not be reached."
    answer = buyer.post("pay/EUR/", key=buyer.key("pay/EUR/"), how_much="all", card="new")
    for each in (answer, buyer.get(f"cards/{CardPage.objects.order_by('pk')[0].pk}/"), buyer.confirm(page)):
        assert (each.status_code, sorry in words(each)) == (503, True)
    assert buyer.get().status_code == 200


def test_pages_for_cards_are_not_opened_without_end(buyer: Buyer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS, Deed.CARD, Limit(2, timedelta(days=1)))
    buyer.choose_new()
    again = f"cards/{CardPage.objects.get().pk}/"
    assert [buyer.post(again).status_code for _ in range(2)] == [302, 429]


def test_card_number_has_no_place_on_any_of_these_pages(buyer: Buyer) -> None:
    page = buyer.enter(buyer.choose_new())
    for each in (buyer.get(), buyer.get("card/"), page):
        fields = re.findall(r"<(?:input|select|textarea)[^>]*>", each.content.decode())
        free = [field for field in fields if not re.search(r'type="(hidden|radio|checkbox)"', field)]
        assert [field for field in free if 'name="amount"' not in field] == []
