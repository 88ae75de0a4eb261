"""The door for gateways' webhooks: check the signature, store, answer. Everything else happens later."""

import logging

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from payments.gateways.base import WebhookRefusal
from payments.operations import inbox

logger = logging.getLogger(__name__)

LARGEST_BODY = 1 << 20


@csrf_exempt  # the signature says who speaks
@require_POST
def receive(request: HttpRequest, alias: str) -> HttpResponse:
    """200 for a genuine event, new or known; 400 for anything else, 413 for more than 1 MB. Nothing is echoed."""
    if alias not in settings.PAYMENT_GATEWAYS:
        raise Http404
    body = request.read(LARGEST_BODY + 1)
    if len(body) > LARGEST_BODY:
        return HttpResponse(status=413)
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        inbox.take_in(alias, body, headers, now=timezone.now())
    except WebhookRefusal as refusal:
        logger.warning("A delivery to the webhook of %s was refused: %s", alias, refusal)
        return HttpResponse(status=400)
    return HttpResponse(status=200)
