"""What a visit is let do: where it comes from, how often, and whether this browser has shown a code."""

import math
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from customers.models import Customer
from dunning.models import PortalLink
from dunning.operations import doors
from dunning.portal.company import company
from dunning.portal.middleware import PREFIX
from dunning.rules.doors import Deed, visitors_address
from dunning.rules.page_codes import OPENS_FOR

COOKIE = "details"
SALT = "dunning.portal.details"


def visitor_of(request: HttpRequest) -> str:
    """The visitor's address as the limits count it; "" where nobody knows."""
    told = request.META.get("HTTP_X_FORWARDED_FOR", "")
    return visitors_address(request.META.get("REMOTE_ADDR", ""), told, proxies=settings.PROXIES)


def has_shown_a_code(request: HttpRequest, customer: Customer, *, now: datetime) -> bool:
    """Whether a code of this customer was typed into this browser within the last hour."""
    try:
        who, until = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return False
    return bool(who == customer.pk and now.timestamp() < until)


def remember(response: HttpResponse, customer: Customer, *, now: datetime) -> None:
    """Keep the details open in this browser for an hour, by a signed cookie that no script can read."""
    response.set_cookie(
        COOKIE,
        signing.dumps([customer.pk, int((now + OPENS_FOR).timestamp())], salt=SALT),
        max_age=int(OPENS_FOR.total_seconds()),
        path=PREFIX,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def forget(response: HttpResponse) -> None:
    """Close the details in this browser."""
    response.delete_cookie(COOKIE, path=PREFIX, samesite="Lax")


def count_guess(request: HttpRequest, *, now: datetime) -> None:
    """A link that opens nothing was tried. Raises TooOften when this address tried many."""
    doors.count(Deed.GUESS, visitor_of(request), now=now)


def count_form(request: HttpRequest, link: PortalLink, *, now: datetime) -> None:
    """A form was sent. Raises TooOften when there were too many by this link or from this address."""
    doors.count(Deed.SEND, f"link {link.pk}", now=now)
    doors.count(Deed.SEND_FROM, visitor_of(request), now=now)


def count_card_page(request: HttpRequest, link: PortalLink, *, now: datetime) -> None:
    """A page of the gateway is opened: what is refused there we are not told. Raises TooOften like `count_form`."""
    doors.count(Deed.CARD, f"link {link.pk}", now=now)
    doors.count(Deed.CARD_FROM, visitor_of(request), now=now)


def too_often(request: HttpRequest, refusal: doors.TooOften) -> HttpResponse:
    """The page that asks for patience."""
    minutes = max(1, math.ceil(refusal.wait / timedelta(minutes=1)))
    response = render(request, "portal/too_often.html", {"minutes": minutes, **company()}, status=429)
    response["Retry-After"] = refusal.retry_after
    return response
