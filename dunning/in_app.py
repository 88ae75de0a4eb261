"""The door for the customers' own app: which notice to show, and what somebody did with it.

Who asks is said by a token that the app's server signs, and by nothing else: no cookie is read or set. Reading changes
nothing but the count of how often was asked. A token that is wrong, has ended or names nobody gets one same answer.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from customers.models import Customer
from customers.rules.contact import IN_APP
from dunning.operations import doors, in_app
from dunning.operations.in_app import InAppRefusal
from dunning.operations.links import token_of
from dunning.queries.in_app_feed import ToShow, feed_of
from dunning.queries.links import link_url
from dunning.rules.app_tokens import AppDoor, number_in
from dunning.rules.doors import Deed
from dunning.rules.in_app import Dismissal, later_in
from dunning.rules.letter.words import words_for

Answer = Callable[..., HttpResponse]


def door(method: str) -> Callable[[Answer], Answer]:
    """Call the view with a customer instead of the request, for pages of IN_APP_ORIGINS."""

    def made(view: Answer) -> Answer:
        @csrf_exempt  # the token says who asks
        @wraps(view)
        def opened(request: HttpRequest, **parts: str) -> HttpResponse:
            if IN_APP not in settings.DUNNING_CHANNELS:
                raise Http404
            answer = _preflight() if request.method == "OPTIONS" else _answer(request, method, view, parts)
            return _for_the_app(answer, request.headers.get("Origin", ""), method)

        return opened

    return made


@door("GET")
def notices(customer: Customer, *, now: datetime) -> HttpResponse:
    """What to show this customer now: {"notices": [at most one]}."""
    return JsonResponse({"notices": [_as_shown(one, now) for one in feed_of(customer, now=now)]})


@door("POST")
def shown(customer: Customer, *, key: str, now: datetime) -> HttpResponse:
    """Somebody saw it."""
    return _done(in_app.seen, key, customer, now)


@door("POST")
def dismissed(customer: Customer, *, key: str, now: datetime) -> HttpResponse:
    """Somebody wants to see it no more."""
    return _done(in_app.dismiss, key, customer, now)


def _answer(request: HttpRequest, method: str, view: Answer, parts: dict[str, str]) -> HttpResponse:
    if request.method != method:
        return HttpResponse(status=405, headers={"Allow": f"{method}, OPTIONS"})
    now = timezone.now()
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    number = number_in(token, secret=settings.IN_APP_SECRET, now=now, door=AppDoor.NOTICES)
    customer = Customer.objects.filter(number=number).first() if number else None
    if customer is None:
        return _refused()
    try:
        doors.count(Deed.NOTICES, f"customer {customer.pk}", now=now)
    except doors.TooOften as refusal:
        return HttpResponse(status=429, headers={"Retry-After": refusal.retry_after})
    return view(customer, now=now, **parts)


def _done(operation: Callable[..., None], key: str, customer: Customer, now: datetime) -> HttpResponse:
    try:
        operation(key, customer.number, now=now)
    except InAppRefusal:
        return _refused()
    return HttpResponse(status=204)


def _refused() -> HttpResponse:
    return JsonResponse({"error": "This token opens nothing here."}, status=403)


def _preflight() -> HttpResponse:
    return HttpResponse(status=204, headers={"Access-Control-Max-Age": "600"})


def _for_the_app(answer: HttpResponse, origin: str, method: str) -> HttpResponse:
    answer["Vary"], answer["Cache-Control"] = "Origin", "no-store"
    if origin in settings.IN_APP_ORIGINS:
        answer["Access-Control-Allow-Origin"] = origin
        answer["Access-Control-Allow-Methods"] = method
        answer["Access-Control-Allow-Headers"] = "Authorization"
    return answer


def _as_shown(one: ToShow, now: datetime) -> dict[str, Any]:
    kept, link, loudness = one.kept, one.notice.link, one.loudness(now)
    words = words_for(kept.language)
    return {
        "id": kept.key,
        "title": kept.title,
        "text": kept.text,
        "language": kept.language,
        "mode": loudness.mode,
        "dismissal": loudness.dismissal,
        "later": "" if loudness.dismissal is Dismissal.NEVER else later_in(kept.language),
        "open": words.pay_button if one.notice.lines else words.page_button,
        "url": link_url(token_of(link)) if link and one.opens(now) else "",
    }
