"""What every answer under /p/ carries, errors included: the address is a secret, it is neither kept nor passed on."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from dunning.rules.attachments import MOST_BYTES as MOST_OF_FILE
from dunning.rules.attachments import MOST_FILES
from payments.gateways import gateway

PREFIX = "/p/"
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Frame-Options": "DENY",
}
# A form may end at the gateway's page or the bank's: browsers ask form-action about every step of a redirect.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action {}; "
    "base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
MOST_BYTES = (MOST_FILES + 1) * MOST_OF_FILE  # more than any of our forms sends: it is not even read


class PortalMiddleware:
    """Stands first in MIDDLEWARE."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_too_large = request.path_info.startswith(PREFIX) and _length(request) > MOST_BYTES
        response = HttpResponse(status=413) if is_too_large else self.get_response(request)
        if request.path_info.startswith(PREFIX):
            for name, value in HEADERS.items():
                response[name] = value
            places = ["'self'", *gateway(settings.PAYMENT_GATEWAY).page_origins]
            response["Content-Security-Policy"] = POLICY.format(" ".join(places))
        return response

    def process_view(self, request: HttpRequest, *_: Any) -> None:
        if request.path_info.startswith(PREFIX):
            _say_where_it_came_from(request)


def _length(request: HttpRequest) -> int:
    told = str(request.META.get("CONTENT_LENGTH") or "0")
    return int(told) if told.isascii() and told.isdigit() else 0


def _say_where_it_came_from(request: HttpRequest) -> None:
    """Under no-referrer browsers send "Origin: null" with our own forms too, which Django takes for a stranger's.

    Whether it is our own page they say in Sec-Fetch-Site, a header that no page can set. Where that is missing (plain
    http, old browsers) the origin stays unknown, and the form's secret token decides alone.
    """
    if request.META.get("HTTP_ORIGIN") != "null":
        return
    if request.META.get("HTTP_SEC_FETCH_SITE", "same-origin") == "same-origin":
        request.META["HTTP_ORIGIN"] = f"{request.scheme}://{request.get_host()}"
