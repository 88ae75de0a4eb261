"""The cards a customer lets us keep, and entering a new one on the gateway's own page, to keep it or to pay with it."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from dunning.operations.card_testing import refuse_while_closed
from dunning.portal.debts import debt_in
from dunning.portal.forms import CardForm
from dunning.portal.new_card import enter, entered_card, entered_name, page_named
from dunning.portal.visits import Visit, by_link
from dunning.rules.amounts import written
from payments.gateways import gateway
from payments.gateways.base import Card
from payments.models import CardPage, ChargeAttempt, PaymentMethod
from payments.operations import cards
from payments.queries.charges import made_under
from payments.queries.methods import kept_cards

ENDED = (ChargeAttempt.State.DECLINED, ChargeAttempt.State.ABANDONED)
ANY_CURRENCY = "EUR"  # of a page for a customer who has no invoice yet


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def card(visit: Visit) -> HttpResponse:
    """The cards that we keep: which is used first, which may be charged; adding and removing one. Nothing is paid."""
    kept = kept_cards(visit.customer, settings.PAYMENT_GATEWAY)
    served = gateway(settings.PAYMENT_GATEWAY)
    form = CardForm(None, offers=served.cards_on_offer())
    if visit.request.method == "POST":
        form = CardForm(visit.request.POST, offers=served.cards_on_offer())
        if answer := _change(visit, kept, form):
            return answer
    said = next((word for word in ("kept", "removed") if word in visit.request.GET), "")
    status = 400 if form.errors else 200
    return visit.page("card.html", form=form, kept=kept, said=said, may_enter=served.has_set_up_page, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def entered(visit: Visit, page_id: int) -> HttpResponse:
    """Back from the gateway's page: pay with the card, or keep it, by one more click. A POST opens a page anew."""
    page = get_object_or_404(CardPage, pk=page_id, customer=visit.customer)
    if visit.request.method == "POST":
        return enter(visit, page.currency, amount=page.amount, invoice_ids=page.invoice_ids, key=page.key)
    paid = made_under(page.key, visit.customer) if page.key else None
    if paid and paid.state not in ENDED:
        return redirect(visit.url("payment", paid.pk))
    found = entered_card(visit, page)
    if found is None:
        return visit.page("new_card/nothing.html", card_page=page)
    if page.amount is None:
        return visit.page("new_card/keep.html", card=found, name=entered_name(page))
    return _confirm(visit, page, found, was_tried=paid is not None)


def _confirm(visit: Visit, page: CardPage, card: Card, *, was_tried: bool) -> HttpResponse:
    """What would be paid with the card, and the one button that does it."""
    debt = debt_in(visit.customer, page.currency, page.invoice_ids, today=visit.today)
    if debt is None or debt.is_being_checked or page.amount is None:
        return redirect(visit.url("overview"))
    amount = min(page.amount, debt.payable)
    has_changed = page.key != debt.key and not was_tried
    return visit.page(
        "new_card/pay.html",
        debt=debt,
        card=card,
        name=entered_name(page),
        amount=amount,
        typed=written(amount, visit.locale),
        has_changed=has_changed,
    )


def _change(visit: Visit, kept: list[PaymentMethod], form: CardForm) -> HttpResponse | None:
    """Do what the buttons of the page ask; None when a choice is missing."""
    asked = visit.request.POST
    chosen = next((method for method in kept if str(method.pk) == asked.get("method")), None)
    if asked.get("do") == "enter":
        newest = visit.customer.invoices.order_by("-pk").values_list("currency", flat=True).first()
        return enter(visit, newest or ANY_CURRENCY)
    if asked.get("do") == "keep":
        return _keep_entered(visit)
    if "do" in asked:
        return _change_kept(visit, chosen, asked["do"])
    if not form.is_valid():
        return None
    return _keep(visit, form.offers[form.cleaned_data["card"]].card, may_charge=form.cleaned_data["may_charge"])


def _change_kept(visit: Visit, method: PaymentMethod | None, wish: str) -> HttpResponse:
    if method and wish == "remove":
        cards.remove(method, now=visit.now)
        return redirect(visit.url("card") + "?removed")
    if method and wish == "first":
        cards.use_first(method)
    elif method and wish == "agree":
        cards.agree(method, now=visit.now)
    elif method and wish == "disagree":
        cards.disagree(method)
    return redirect(visit.url("card"))


def _keep_entered(visit: Visit) -> HttpResponse:
    page = page_named(visit, visit.request.POST.get("card", ""))
    if page is None:
        return redirect(visit.url("card"))
    found = entered_card(visit, page)
    if found is None:
        return redirect(visit.url("entered", page.pk))
    return _keep(visit, found, may_charge="may_charge" in visit.request.POST)


def _keep(visit: Visit, card: Card, *, may_charge: bool) -> HttpResponse:
    refuse_while_closed(visit.link, visit.visitor, now=visit.now)
    cards.keep(visit.customer, card, gateway=settings.PAYMENT_GATEWAY, may_charge=may_charge, now=visit.now)
    return redirect(visit.url("card") + "?kept")
