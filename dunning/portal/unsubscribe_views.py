"""One click ends what is sent as advertising (RFC 8058): opening the address changes nothing, a POST acts.

Who posts is a mail program in its reader's name: no cookie, no session, no token of a form. The address says whose wish
it is, goes on working when the personal link has ended, and opens nothing.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from dunning.operations.links import link_unsubscribing
from dunning.operations.unsubscribing import end_offers
from dunning.portal.company import company
from dunning.portal.visits import not_found, spoken


@csrf_exempt  # the address itself says whose wish it is
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, told: str) -> HttpResponse:
    """A page with one button; after it, that no offers come any more."""
    link = link_unsubscribing(told)
    if link is None:
        return not_found(request)
    if request.method == "POST":
        end_offers(link, now=timezone.now())
    with translation.override(spoken(link.customer)):
        context = {"is_done": request.method == "POST", **company()}
        return render(request, "portal/unsubscribe.html", context)
