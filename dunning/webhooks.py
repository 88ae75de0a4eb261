"""The doors for mail providers: Anymail checks who speaks and reads it, we store it and answer. The rest happens later.

One address for what became of our mail, one for replies, whichever provider EMAIL_BACKEND names.
"""

import logging
import warnings
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from anymail import urls
from anymail.exceptions import (
    AnymailAPIError,
    AnymailConfigurationError,
    AnymailInsecureWebhookWarning,
    AnymailNotSupportedWarning,
    AnymailWebhookValidationFailure,
)
from anymail.signals import AnymailInboundEvent, AnymailTrackingEvent
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from dunning.channels.anymail_news import delivery_news, incoming, not_understood
from dunning.operations import replies
from dunning.operations.delivery_news import take_in

logger = logging.getLogger(__name__)

LARGEST_NEWS = 1 << 20
LARGEST_MAIL = 32 << 20  # with its attachments
UNREADABLE = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    RecursionError,
    AnymailConfigurationError,
    AnymailAPIError,
)
VIEWS = {pattern.name: pattern.callback.view_class for pattern in urls.urlpatterns}


class Insecure(ImproperlyConfigured):
    """Anybody could use this door."""


def door(kind: str) -> Any:
    """Anymail's view of the configured provider for `kind` (tracking, inbound), None where it has none.

    Raises Insecure when it would believe anybody, ImproperlyConfigured when a key is missing.
    """
    package, _, rest = str(settings.EMAIL_BACKEND).partition(".backends.")
    provider = rest.partition(".")[0]
    made = VIEWS.get(f"{provider}_{kind}_webhook") or VIEWS.get(f"{provider}_webhook")
    if package != "anymail" or not made:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AnymailInsecureWebhookWarning)  # refused below
        warnings.simplefilter("ignore", AnymailNotSupportedWarning)  # said once, when the backend is made
        view = made()
    if view.warn_if_no_basic_auth and not view.basic_auth:
        raise Insecure(f"Anybody could tell the desk what became of its mail ({provider}).")
    return view


@csrf_exempt  # the provider's secret says who speaks
@require_http_methods(["HEAD", "POST"])
def mail_news(request: HttpRequest) -> HttpResponse:
    """200 for what is genuine, read or not; 400 or 401 for anything else, 413 for more than 1 MB."""
    return _receive(request, "tracking", LARGEST_NEWS)


@csrf_exempt
@require_http_methods(["HEAD", "POST"])
def mail_replies(request: HttpRequest) -> HttpResponse:
    """The same for what people write back, with attachments up to 32 MB."""
    return _receive(request, "inbound", LARGEST_MAIL)


def _receive(request: HttpRequest, kind: str, largest: int) -> HttpResponse:
    view = _open_door(kind)
    if request.method == "HEAD":  # some providers look first whether anybody is there
        return HttpResponse()
    if view.basic_auth and "Authorization" not in request.headers:
        return HttpResponse(status=401, headers={"WWW-Authenticate": 'Basic realm="mail"'})  # Amazon asks for it
    body = request.read(largest + 1)
    if len(body) > largest:
        return HttpResponse(status=413)
    request._body = body  # as read: Django's own limit is for forms
    try:
        view.run_validators(request)
    except (AnymailWebhookValidationFailure, *UNREADABLE) as refusal:  # what cannot be read proves nothing
        logger.warning("A delivery to the %s webhook was refused: %s", kind, refusal)
        return HttpResponse(status=400)
    _store(view, request, body, timezone.now())
    return HttpResponse()


def _open_door(kind: str) -> Any:
    try:
        view = door(kind)
    except ImproperlyConfigured as problem:
        logger.warning("The %s webhook stays shut: %s", kind, problem)
        view = None
    if view is None:
        raise Http404
    return view


def _store(view: Any, request: HttpRequest, body: bytes, now: datetime) -> None:
    provider = view.esp_name
    try:
        events: Sequence[Any] = view.parse_events(request)
        mails = [incoming(event, provider, now=now) for event in events if isinstance(event, AnymailInboundEvent)]
        news = [delivery_news(event, provider) for event in events if isinstance(event, AnymailTrackingEvent)]
    except UNREADABLE as error:
        mails, news = [], [not_understood(provider, body[:LARGEST_NEWS], error)]
    take_in(news, now=now)
    for mail in mails:
        replies.take_in(mail, now=now)
