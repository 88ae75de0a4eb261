"""The customer's page: what is open, paying it, what became of a payment.

Reading changes nothing, but a link's first visit is noted; every change is a POST with a form's token. What a form
asks for is bounded by what the customer owes at that moment.
"""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.csrf import csrf_failure as default_csrf_failure
from django.views.decorators.http import require_http_methods, require_safe

from dunning.operations import card_testing
from dunning.operations.card_testing import cards_wait, refuse_while_closed
from dunning.portal.claims import claims_of
from dunning.portal.company import company
from dunning.portal.debts import Debt, debt_in, debts, ids_of
from dunning.portal.forms import NEW, PayForm
from dunning.portal.middleware import PREFIX
from dunning.portal.new_card import enter, entered_card, forms_may_lead_to, page_named
from dunning.portal.outlook import Outlook, outlook_of, says_no_funds
from dunning.portal.payment_made import look_at_the_case, when_answered
from dunning.portal.transfers import transfers_of
from dunning.portal.unapproved import Unapproved, unapproved_in
from dunning.portal.visits import Visit, by_link
from dunning.portal.ways_back import PAYMENT, way_back
from dunning.queries.requests import live_requests
from dunning.rules.needs import ABOUT_TIME
from payments.gateways import gateway
from payments.models import Allocation, CardPage, ChargeAttempt
from payments.operations import charges
from payments.queries.charges import made_under
from payments.queries.invoices import open_invoices
from payments.queries.methods import kept_cards
from payments.queries.money import went_back
from payments.queries.plans import running_instalments
from payments.rules.charging import EndedBy

State = ChargeAttempt.State
PAGES = {
    State.SUCCEEDED: "payment/receipt.html",
    State.DECLINED: "payment/declined.html",
    State.REQUIRES_ACTION: "payment/approve.html",
    State.CALLING: "payment/checking.html",
    State.PENDING: "payment/on_its_way.html",
    State.IN_DOUBT: "payment/checking.html",
    State.ABANDONED: "payment/abandoned.html",
}


@require_safe
@by_link
def overview(visit: Visit) -> HttpResponse:
    """What is open, in each currency; with one currency the form to pay it stands beside."""
    open_debts = debts(visit.customer, today=visit.today)
    if len(open_debts) == 1:
        return _debt_page(visit, open_debts[0])
    paid = ChargeAttempt.objects.filter(customer=visit.customer, state=State.SUCCEEDED).select_related("payment")
    return visit.page("overview.html", debts=open_debts, claims=claims_of(visit), paid=paid.order_by("-pk")[:5])


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def pay(visit: Visit, currency: str) -> HttpResponse:
    """The form for one currency, or some invoices of it (`?invoice=`); sent, it makes one charge."""
    debt = _debt(visit, currency)  # read first: a click that is faster then shows as `earlier`, not as a change
    key = visit.request.POST.get("key", "")
    if key.isalnum() and (earlier := made_under(key, visit.customer)):
        return redirect(visit.url("payment", earlier.pk))
    if debt is None:
        return redirect(visit.url("overview"))
    if visit.request.method != "POST":
        return _debt_page(visit, debt)
    if key != debt.key:
        return _debt_page(visit, debt, status=409)
    page = page_named(visit, visit.request.POST.get("card", ""))
    form = _pay_form(visit, debt, visit.request.POST, page)
    if not form.is_valid():
        return _debt_page(visit, debt, form=form, status=400)
    if form.cleaned_data["card"] == NEW:
        return enter(visit, currency, amount=form.cleaned_data["sum"], invoice_ids=ids_of(debt.chosen), key=debt.key)
    return _charge(visit, debt, form, page)


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def payment(visit: Visit, attempt_id: int) -> HttpResponse:
    """What became of a payment: the receipt, a decline in kind words, the bank's question (answered by POST)."""
    begun = ChargeAttempt.objects.filter(customer=visit.customer).exclude(state=State.QUEUED)
    attempt = when_answered(get_object_or_404(begun, pk=attempt_id), now=visit.now)
    if visit.request.method == "POST":
        _answer(attempt, visit)
        return redirect(visit.url("payment", attempt.pk))
    settled = Allocation.objects.filter(payment=attempt.payment_id).select_related("invoice").order_by("pk")
    remaining = open_invoices(visit.customer).exists()
    return visit.page(
        PAGES[State(attempt.state)],
        attempt=attempt,
        settled=settled,
        went_back=went_back(attempt.payment_id),
        remaining=remaining,
        says_no_funds=says_no_funds(attempt, visit.now),
        plays_the_bank=attempt.state == State.REQUIRES_ACTION and gateway(attempt.gateway).plays_the_bank,
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without our cookie or token: on the customer's page a kind word, elsewhere Django's own."""
    if request.path_info.startswith(PREFIX):
        return render(request, "portal/no_cookie.html", company(), status=403)
    return default_csrf_failure(request, reason)


def _debt(visit: Visit, currency: str) -> Debt | None:
    """The debt in `currency`, narrowed to the invoices asked for; None when all are paid. Http404 for others'."""
    named = visit.request.POST.getlist("invoice") or visit.request.GET.getlist("invoice")
    asked = {_number(name) for name in named if name}
    if asked and visit.customer.invoices.filter(pk__in=asked).count() < len(asked):
        raise Http404
    return debt_in(visit.customer, currency, asked, today=visit.today)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _debt_page(visit: Visit, debt: Debt, *, form: PayForm | None = None, status: int = 200) -> HttpResponse:
    rows = debt.invoices if "all" in visit.request.GET else debt.first
    form, live = form or _pay_form(visit, debt), live_requests(visit.customer, today=visit.today)
    return visit.page(
        "debt.html",
        plan=running_instalments(visit.customer.pk, debt.currency),
        debt=debt,
        rows=rows,
        form=form,
        unapproved=(unapproved := _unapproved(visit, debt, form)),
        outlook=Outlook() if unapproved or debt.under_way else outlook_of(visit, debt),
        transfers=transfers_of(visit.customer, debt),
        claims=claims_of(visit),
        cards_wait=cards_wait(visit.link, visit.visitor, now=visit.now),
        requests=live,
        about_time=any(one.kind in ABOUT_TIME for one in live),
        has_changed=status == 409,
        status=status,
    )


def _unapproved(visit: Visit, debt: Debt, form: PayForm) -> Unapproved | None:
    return None if debt.under_way or debt.chosen else unapproved_in(debt, form.kept, locale=visit.locale)


def _pay_form(visit: Visit, debt: Debt, data: QueryDict | None = None, page: CardPage | None = None) -> PayForm:
    return PayForm(
        data,
        debt=debt,
        kept=kept_cards(visit.customer, settings.PAYMENT_GATEWAY),
        gateway=gateway(settings.PAYMENT_GATEWAY),
        locale=visit.locale,
        entered=str(data["card"]) if page and data else "",
    )


def _charge(visit: Visit, debt: Debt, form: PayForm, page: CardPage | None) -> HttpResponse:
    refuse_while_closed(visit.link, visit.visitor, now=visit.now)
    card = entered_card(visit, page) if page else None
    if page and card is None:
        return redirect(visit.url("entered", page.pk))
    return _take(visit, debt, form, card.token if card else form.token_of_card())


def _take(visit: Visit, debt: Debt, form: PayForm, token: str) -> HttpResponse:
    wishes = form.cleaned_data
    try:
        attempt = charges.charge(
            visit.customer,
            amount=wishes["sum"],
            currency=debt.currency,
            card=token,
            key=debt.key,
            now=visit.now,
            invoice_ids=ids_of(debt.chosen) or None,
            keep_card=wishes["keep_card"] or wishes["may_charge"],
            may_charge=wishes["may_charge"],
            return_address=way_back(visit, PAYMENT, debt.key),
        )
    except charges.TooManyFailures as refusal:
        return visit.wait(refusal.wait)
    except charges.StillChecking as refusal:
        return redirect(visit.url("payment", refusal.attempt.pk))
    except charges.NotOwed:  # what is open has changed since the form was checked
        return redirect(visit.url("overview"))
    card_testing.note(attempt, visit.link, visit.visitor, card=token, now=visit.now)
    look_at_the_case(attempt, now=visit.now)
    if attempt.approval_address and forms_may_lead_to(attempt.approval_address):
        return redirect(attempt.approval_address)
    return redirect(visit.url("payment", attempt.pk))


def _answer(attempt: ChargeAttempt, visit: Visit) -> None:
    """The answer to the bank's question. Where there is a real bank, yes means: ask what the customer told it."""
    if visit.request.POST.get("answer") == "yes":
        confirmed = charges.confirm(attempt, now=visit.now)
        card_testing.note(confirmed, visit.link, visit.visitor, card="unknown", now=visit.now)
        look_at_the_case(confirmed, now=visit.now)
    elif visit.request.POST.get("answer") == "no":
        charges.cancel(attempt, why=EndedBy.CUSTOMER, now=visit.now)
