"""The doors for Twilio: check the signature, store, answer. What an answer asks for is heeded at once, or next turn."""

import logging

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from twilio.request_validator import RequestValidator
from twilio.twiml.messaging_response import MessagingResponse

from customers.queries import contacts_at
from customers.rules.contact import SMS
from customers.rules.import_text import masked
from dunning.channels.news import DeliveryNews, Incoming
from dunning.models import Reply
from dunning.operations import delivery_news, replies, sms_wishes
from dunning.queries.brand import branding
from dunning.rules.sms_answers import answer_to
from dunning.rules.sms_news import kind_of

logger = logging.getLogger(__name__)

PROVIDER = "twilio"


@csrf_exempt  # the signature says who speaks
@require_POST
def reports(request: HttpRequest) -> HttpResponse:
    """What became of a message: 200 for a genuine report, new or known, 403 for anything else."""
    if not _is_genuine(request):
        return HttpResponse(status=403)
    told, key = request.POST, request.GET.get("key", "")
    status, code = told.get("MessageStatus", ""), told.get("ErrorCode", "")
    news = DeliveryNews(
        channel=SMS,
        provider=PROVIDER,
        kind=kind_of(status, code),
        event_id=told.get("MessageSid", ""),
        recipient=told.get("To", ""),
        notice_id=key.removeprefix("notice-"),
        reference=told.get("MessageSid", ""),
        said=status,
        detail=f"{code} {told.get('ErrorMessage', '')}".strip(),
        raw=told.urlencode().encode(),
    )
    delivery_news.take_in([news], now=timezone.now())
    return HttpResponse()


@csrf_exempt
@require_POST
def answers(request: HttpRequest) -> HttpResponse:
    """What somebody wrote to our number: the same, with what they are answered at once, if anything."""
    if not _is_genuine(request):
        return HttpResponse(status=403)
    told, now = request.POST, timezone.now()
    incoming = Incoming(
        channel=SMS,
        provider=PROVIDER,
        provider_id=told.get("MessageSid", ""),
        sender=told.get("From", ""),
        text=masked(told.get("Body", "")),
        received_at=now,
        attachments=tuple((told.get(f"MediaContentType{n}", "?"), 0) for n in range(_media(told.get("NumMedia", "")))),
    )
    reply = replies.take_in(incoming, now=now)
    sms_wishes.heed_new(now=now)
    reply.refresh_from_db()
    response = MessagingResponse()
    is_recorded = reply.state == Reply.State.ANSWERED
    language = contacts_at(SMS, incoming.sender).values_list("customer__language", flat=True).first() or ""
    ours = {"company": branding().name, "email": settings.DEFAULT_FROM_EMAIL}
    if words := answer_to(incoming.text, language, **ours, is_recorded=is_recorded):
        response.message(words)
    return HttpResponse(str(response), content_type="text/xml")


def _media(said: str) -> int:
    return min(int(said), 10) if said.isascii() and said.isdecimal() else 0


def _is_genuine(request: HttpRequest) -> bool:
    """Signed by our account over this very form and address, which is ours as BASE_URL says, whatever a proxy does."""
    if SMS not in settings.DUNNING_CHANNELS or not settings.TWILIO_AUTH_TOKEN:
        raise Http404
    address = f"{settings.BASE_URL}{request.get_full_path()}"
    signature = request.headers.get("X-Twilio-Signature", "")
    if signature and RequestValidator(settings.TWILIO_AUTH_TOKEN).validate(address, request.POST, signature):
        return True
    logger.warning("A delivery to the webhook %s was refused: its signature is not Twilio's.", request.path)
    return False
