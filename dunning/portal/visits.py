"""Who is at the door: a link opens the page for one customer, in that customer's language, and for nobody else."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import wraps

from babel import Locale
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation

from customers.models import Customer
from customers.rules.days import local_day
from dunning.models import PortalLink
from dunning.operations import links
from dunning.operations.card_testing import CardsWait
from dunning.operations.doors import TooOften
from dunning.portal.company import company
from dunning.portal.guards import count_form, count_guess, has_shown_a_code, too_often, visitor_of
from dunning.queries.links import link_of
from dunning.rules.formats import locale_of


@dataclass(frozen=True, slots=True)
class Visit:
    """One request by one customer, at one moment."""

    request: HttpRequest
    link: PortalLink
    now: datetime
    token: str = field(repr=False)

    @property
    def customer(self) -> Customer:
        return self.link.customer

    @property
    def visitor(self) -> str:
        """The address that this visit comes from; "" where nobody knows."""
        return visitor_of(self.request)

    @property
    def is_known(self) -> bool:
        """Whether this browser has shown a code, so that it may see the details."""
        return has_shown_a_code(self.request, self.customer, now=self.now)

    @property
    def locale(self) -> Locale:
        return locale_of(spoken(self.customer), self.customer.country)

    @property
    def today(self) -> date:
        """The customer's own day."""
        return local_day(self.now, self.customer.time_zone)

    def url(self, name: str, *args: object) -> str:
        """The address of another page of this customer."""
        return reverse(f"portal:{name}", args=[self.token, *args])

    def page(self, template: str, *, status: int = 200, **context: object) -> HttpResponse:
        """Render one of the portal's templates for this customer."""
        everywhere = {"visit": self, "customer": self.customer, "locale": self.locale, "home": self.url("overview")}
        return render(self.request, f"portal/{template}", context | everywhere | company(), status=status)

    def wait(self, wait: timedelta) -> HttpResponse:
        """The page that asks whoever would use a card for patience."""
        response = self.page("wait.html", minutes=math.ceil(wait / timedelta(minutes=1)), status=429)
        response["Retry-After"] = str(math.ceil(wait.total_seconds()))
        return response


class Unreachable(Exception):
    """The gateway did not answer, and nothing was taken."""


def by_link(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Call `view` with a Visit instead of request and token; whatever is not this customer's is one same 404."""

    @wraps(view)
    def opened(request: HttpRequest, token: str, **parts: str | int) -> HttpResponse:
        now = timezone.now()
        link = link_of(token, now=now)
        if link is None:
            return _guessed(request, now)
        if request.method == "GET" and link.first_visited_at is None:
            links.visited(link, now=now)
        with translation.override(spoken(link.customer)):
            response = _answered(view, Visit(request, link, now, token), parts)
            response["Content-Language"] = translation.get_language() or "en"
        return response

    return opened


def _answered(view: Callable[..., HttpResponse], visit: Visit, parts: dict[str, str | int]) -> HttpResponse:
    """What the view answers, or the page for what came up instead."""
    try:
        if visit.request.method == "POST":
            count_form(visit.request, visit.link, now=visit.now)
        return view(visit, **parts)
    except Http404:
        return not_found(visit.request)
    except TooOften as refusal:
        return too_often(visit.request, refusal)
    except CardsWait as refusal:
        return visit.wait(refusal.wait)
    except Unreachable:
        return visit.page("unreachable.html", status=503)


def code_first(visit: Visit, to: str) -> HttpResponse | None:
    """The way to the page that asks for a code and leads back `to` here; None where one was shown in this browser."""
    return None if visit.is_known else redirect(f"{visit.url('code')}?to={to}")


def _guessed(request: HttpRequest, now: datetime) -> HttpResponse:
    try:
        count_guess(request, now=now)
    except TooOften as refusal:
        return too_often(request, refusal)
    return not_found(request)


def not_found(request: HttpRequest) -> HttpResponse:
    """The one page for links that are wrong, altered, expired or revoked, and for things that are not yours."""
    return render(request, "portal/not_found.html", company(), status=404)


def spoken(customer: Customer) -> str:
    """The customer's language if the page speaks it, else English."""
    base = customer.language.replace("_", "-").partition("-")[0].lower()
    return base if base in dict(settings.LANGUAGES) else "en"
