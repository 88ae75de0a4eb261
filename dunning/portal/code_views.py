"""A code to an address we know, before details are shown or changed: a link may have been forwarded, or read by others.

What is owed in sum, and paying it, needs none.
"""

import re

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dunning.operations import page_codes
from dunning.portal.guards import forget, remember
from dunning.portal.visits import Visit, by_link
from dunning.rules.needs import Need

# Where a code leads, by the name in the address line: nothing else is heeded but the number of a request.
PLACES: dict[str, tuple[str, ...]] = {
    "details": ("overview",),
    "data": ("data",),
    Need.CONTACT.value: ("need", Need.CONTACT.value),
    Need.ERASURE.value: ("need", Need.ERASURE.value),
}
REQUEST = re.compile(r"request-([0-9]{1,18})")


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def code(visit: Visit) -> HttpResponse:
    """Ask for a code, then type it in; a GET sends nothing."""
    to = _place(visit)
    told = visit.request.POST
    if told.get("do") == "forget":
        response = redirect(visit.url("overview"))
        forget(response)
        return response
    if visit.is_known:
        return redirect(_address(visit, to))
    if visit.request.method != "POST":
        return _page(visit, to)
    return _enter(visit, to) if told.get("do") == "enter" else _ask(visit, to)


def _place(visit: Visit) -> str:
    asked = visit.request.POST.get("to", "") or visit.request.GET.get("to", "")
    return asked if asked in PLACES or REQUEST.fullmatch(asked) else "details"


def _address(visit: Visit, to: str) -> str:
    request = REQUEST.fullmatch(to)
    return visit.url("request", request[1]) if request else visit.url(*PLACES[to])


def _ask(visit: Visit, to: str) -> HttpResponse:
    try:
        sent = page_codes.ask(visit.link, visit.request.POST.get("way", ""), visitor=visit.visitor, now=visit.now)
    except page_codes.NoWay:
        return _page(visit, to, status=400)
    if sent.state == sent.State.REFUSED:
        return _page(visit, to, error=_("It could not be sent. Please try another way, or later."), status=503)
    return redirect(f"{visit.url('code')}?to={to}")


def _enter(visit: Visit, to: str) -> HttpResponse:
    if not page_codes.enter(visit.link, visit.request.POST.get("code", "")[:40], now=visit.now):
        return _page(visit, to, error=_("This is not the code, or it holds no more."), status=400)
    response = redirect(_address(visit, to))
    remember(response, visit.customer, now=visit.now)
    return response


def _page(visit: Visit, to: str, *, error: str = "", status: int = 200) -> HttpResponse:
    live = page_codes.live_code(visit.link, now=visit.now)
    ways = page_codes.ways_to(visit.customer)
    sent_to = next((way.shown for way in ways if live and way.channel == live.channel), "")
    return visit.page("code.html", to=to, live=live, ways=ways, sent_to=sent_to, error=error, status=status)
