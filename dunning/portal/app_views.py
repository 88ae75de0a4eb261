"""The customer's page behind a button of the customers' own app: a signed, short-lived token becomes a personal link.

A GET shows one button and changes nothing, so that a scanner, a preview or a prefetching browser makes no link; the
app's own form may POST at once.
"""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from customers.models import Customer
from dunning.operations.doors import TooOften
from dunning.operations.links import issue_for, token_of
from dunning.portal.company import company
from dunning.portal.guards import count_guess, too_often
from dunning.portal.visits import not_found, spoken
from dunning.rules.app_tokens import AppDoor, number_in

LINK_LASTS = timedelta(days=1)


@csrf_exempt  # the token says who comes, and only leads to their own page
@require_http_methods(["GET", "HEAD", "POST"])
def from_app(request: HttpRequest, token: str) -> HttpResponse:
    """Lead a customer who is signed in to their app on to their page; a token that is none looks like a bad link."""
    now = timezone.now()
    number = number_in(token, secret=settings.BILLING_SECRET, now=now, door=AppDoor.PAGE)
    customer = Customer.objects.filter(number=number).first() if number else None
    if customer is None:
        try:
            count_guess(request, now=now)
        except TooOften as refusal:
            return too_often(request, refusal)
        return not_found(request)
    if request.method == "POST":
        link = issue_for(customer, token, lasts=LINK_LASTS, now=now)
        return HttpResponseRedirect(reverse("portal:overview", args=[token_of(link)]))
    with translation.override(spoken(customer)):
        return render(request, "portal/from_app.html", company())
