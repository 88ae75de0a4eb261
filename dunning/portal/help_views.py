"""Where customers say what they need: more time, parts, or that something is wrong; and how it stands."""

from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from dunning.operations import requests
from dunning.operations.granting import plan_invoices
from dunning.operations.requests import Asked
from dunning.portal.help_forms import FORMS, prepared
from dunning.portal.need_forms import NeedForm
from dunning.portal.visits import Visit, by_link, code_first
from dunning.queries.requests import live_about, live_requests, shown_requests
from dunning.rules.help_terms import MOST_PARTS_ASKED, Wish, answered_by, parts_offered, why_not_at_once
from dunning.rules.needs import ABOUT_TIME, Need
from dunning.snapshot.help import help_for
from payments.queries.invoices import open_invoices, sum_of, undisputed
from payments.rules.instalments import Instalment, Interval, ScheduleRefusal, schedule

SOON = timedelta(days=14)  # the later one of two first days offered for parts
USUAL_PARTS = 3
NEED_A_CODE = (Need.CONTACT, Need.ERASURE)


@require_safe
@by_link
def choices(visit: Visit) -> HttpResponse:
    """Everything a customer may tell us, and what they told us already."""
    live = live_requests(visit.customer, today=visit.today)
    currencies = dict.fromkeys(open_invoices(visit.customer).values_list("currency", flat=True))
    return visit.page(
        "help/choices.html",
        has_debts=bool(currencies),
        in_parts=[currency for currency in currencies if plan_invoices(visit.customer, currency)],
        may_dispute=bool(undisputed(visit.customer)),
        requests=shown_requests(visit.customer),
        about_time=next((one for one in live if one.kind in ABOUT_TIME), None),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def need(visit: Visit, kind: str) -> HttpResponse:
    """The form for one need; sent, it makes one request. Who has one of that kind already is shown it."""
    if kind not in FORMS:
        raise Http404
    if kind in NEED_A_CODE and (response := code_first(visit, kind)):
        return response
    if live := live_about(visit.customer, Need(kind), today=visit.today):
        return redirect(visit.url("request", live.pk))
    if kind == Need.ERASURE and open_invoices(visit.customer).exists():
        return visit.page("help/not_yet.html", status=409 if visit.request.method == "POST" else 200)
    if not _is_about_something(visit, Need(kind)):
        return redirect(visit.url("help"))
    known = help_for(visit.customer, now=visit.now)
    form = FORMS[kind](
        *((visit.request.POST, visit.request.FILES) if visit.request.method == "POST" else ()),
        visit=visit,
        known=known,
        initial=prepared(visit.request.GET.get("on", ""), visit.today),
    )
    if visit.request.method == "POST" and form.is_valid():
        return _ask(visit, form.asked())
    return _form_page(visit, form)


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def parts(visit: Visit, currency: str) -> HttpResponse:
    """A plan with its dates and amounts, chosen by GET and agreed to by POST."""
    if live := live_about(visit.customer, Need.PARTS, today=visit.today):
        return redirect(visit.url("request", live.pk))
    total = sum_of(plan_invoices(visit.customer, currency))
    if not total:
        return redirect(visit.url("help"))
    if visit.request.method != "POST":
        return _plan_page(visit, currency, total)
    told = visit.request.POST
    if _amount(told.get("total", "")) != total:
        return _plan_page(visit, currency, total, has_changed=True)
    number, first_on = _parts(told.get("parts", "")), _first_day(visit, told.get("start", ""))
    if not number or not _schedule(total, currency, number, first_on):
        return _plan_page(visit, currency, total)
    return _ask(visit, Asked(Need.PARTS, on=first_on, parts=number, amount=total, currency=currency))


def _is_about_something(visit: Visit, need: Need) -> bool:
    """Whether anything is there that this need would be about."""
    if need == Need.DISPUTE:
        return bool(undisputed(visit.customer))
    return need not in {*ABOUT_TIME, Need.PAID} or open_invoices(visit.customer).exists()


def _ask(visit: Visit, asked: Asked) -> HttpResponse:
    try:
        made = requests.ask(visit.customer, asked, now=visit.now)
    except requests.TooManyRequests:
        return visit.page("help/too_many.html", status=429)
    except requests.RequestRefusal:  # what is open has changed since the page was shown
        return redirect(visit.url("help"))
    return redirect(visit.url("request", made.pk))


def _form_page(visit: Visit, form: NeedForm) -> HttpResponse:
    return visit.page("help/form.html", form=form, status=400 if form.errors else 200)


def _plan_page(visit: Visit, currency: str, total: Decimal, *, has_changed: bool = False) -> HttpResponse:
    known, told = help_for(visit.customer, now=visit.now), visit.request.GET
    offered = parts_offered(total, known.terms)
    usual = min(USUAL_PARTS, offered[-1]) if offered else 2
    number, first_on = _parts(told.get("parts", "")) or usual, _first_day(visit, told.get("start", ""))
    wish = Wish(Need.PARTS, first_on, number, total)
    later = visit.today + min(SOON, timedelta(days=known.terms.longest_promise_days))
    return visit.page(
        "help/parts.html",
        currency=currency,
        total=total,
        number=number,
        most=offered[-1] if offered else 0,
        most_asked=MOST_PARTS_ASKED,
        first_on=first_on,
        starts=sorted({visit.today, later}),
        lines=_schedule(total, currency, number, first_on),
        is_granted=not why_not_at_once(wish, known.terms, known.standing, visit.today),
        answer_on=answered_by(visit.today, known.terms, visit.customer.country),
        has_changed=has_changed,
        status=409 if has_changed else 200,
    )


def _schedule(total: Decimal, currency: str, number: int, first_on: date) -> list[Instalment]:
    try:
        return schedule(total, currency, parts=number, first_on=first_on, interval=Interval.MONTH)
    except ScheduleRefusal:
        return []


def _parts(typed: str) -> int:
    """How many parts are asked for; 0 for what is no such number."""
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else 0
    return number if 2 <= number <= MOST_PARTS_ASKED else 0


def _first_day(visit: Visit, typed: str) -> date:
    """The day of the first part: today, unless another one of the next weeks is meant."""
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return visit.today
    return day if visit.today <= day <= visit.today + SOON else visit.today


def _amount(typed: str) -> Decimal | None:
    try:
        return Decimal(typed[:40])
    except InvalidOperation:
        return None
