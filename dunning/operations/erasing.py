"""Making a customer nobody in the tables of this app. In the caller's transaction, which holds the customer's lock.

Rows stay, so that what was decided and when can be shown; whatever names somebody goes. Of an address that other
customers have, only what is surely this one's goes.
"""

from collections.abc import Collection
from datetime import datetime
from email import message_from_bytes

from django.db.models import Q
from django.utils.encoding import punycode

from customers.models import Customer
from customers.operations.erasing import ERASED
from dunning.models import (
    Call,
    CampaignChoice,
    CaseOutlook,
    Confirmation,
    CustomerRequest,
    DeliveryEvent,
    Feedback,
    HandedCase,
    InAppNotice,
    MailboxMessage,
    Notice,
    OutgoingEvent,
    PageCode,
    PaperLetter,
    PortalLink,
    Profile,
    RefusedCard,
    RehearsedCustomer,
    Reply,
    RequestFile,
    RequestNote,
)
from dunning.queries.addresses import Addresses

UNANSWERED = (Reply.State.RECEIVED, Reply.State.WAITING)


def erase_letters(customer: Customer, addresses: Addresses, *, now: datetime) -> tuple[list[str], list[str]]:
    """What we wrote and what became of it; returns what was erased, and what was kept and why."""
    notices, confirmed = Notice.objects.filter(customer=customer), Confirmation.objects.filter(customer=customer)
    codes = PageCode.objects.filter(customer=customer)
    keys = {*notices.values_list("message_id", flat=True)}
    keys |= {f"confirmation-{pk}" for pk in confirmed.values_list("pk", flat=True)}
    keys |= {f"code-{pk}" for pk in codes.values_list("pk", flat=True)}
    _empty_mailbox(addresses, keys)
    news = Q(notice__in=notices) | Q(notice=None, recipient__in=addresses.alone)
    DeliveryEvent.objects.filter(news).update(recipient="", detail="", body=b"")
    blank = dict.fromkeys(("address", "copied_to", "subject", "body", "own_subject", "own_body", "reason"), "")
    letters = notices.update(**blank, lines=[])
    confirmed.update(address="", subject=ERASED, body="", reason="")
    InAppNotice.objects.filter(customer_number=customer.number).delete()
    PortalLink.objects.filter(customer=customer, revoked_at=None).update(revoked_at=now)
    codes.delete()
    RefusedCard.objects.filter(attempt__customer=customer).delete()
    return [f"the words and addresses of {letters} letter(s), and the personal links"], _kept(customer)


def _empty_mailbox(addresses: Addresses, keys: Collection[str]) -> None:
    """Mail kept in the house: by the key of the letter, or to an address of theirs alone."""
    known, alone = _as_mailed(addresses.known), _as_mailed(addresses.alone)
    found = Q(pk__in=[])
    for address in known:
        found |= Q(to__icontains=address)
    theirs = []
    for message in MailboxMessage.objects.filter(found).iterator():
        readers = {one.strip() for one in message.to.lower().split(",")}
        if readers & alone or (readers & known and _key_of(bytes(message.raw)) in keys):
            theirs.append(message.pk)
    MailboxMessage.objects.filter(pk__in=theirs).delete()


def _as_mailed(addresses: Collection[str]) -> set[str]:
    parts = (address.rpartition("@") for address in addresses if "@" in address)
    return {f"{local}@{punycode(domain)}" for local, _, domain in parts}


def _key_of(raw: bytes) -> str:
    """Our key of a mail: what stands before the @ of its Message-ID."""
    return (message_from_bytes(raw)["Message-ID"] or "").strip("<> \r\n").rpartition("@")[0]


def erase_words(customer: Customer, addresses: Addresses, *, now: datetime) -> tuple[list[str], list[str]]:
    """What they told us and what was made of it; returns what was erased, and what was kept and why."""
    said = CustomerRequest.objects.filter(customer=customer).update(
        text="", phone="", reference="", answer="", why_a_person=""
    )
    said += _erase_replies(customer, addresses, now)
    said += Feedback.objects.filter(customer=customer).update(words="")
    said += Call.objects.filter(customer=customer).update(note="")
    CampaignChoice.objects.filter(customer=customer).update(reason=ERASED)
    for event in OutgoingEvent.objects.filter(customer=customer):
        told = {name: value for name, value in event.payload.items() if name != "reason"}
        OutgoingEvent.objects.filter(pk=event.pk).update(payload=told, answers=[])
    RequestNote.objects.filter(request__customer=customer).delete()
    files = RequestFile.objects.filter(request__customer=customer).delete()[0]
    Profile.objects.filter(customer=customer).delete()
    CaseOutlook.objects.filter(case__customer=customer).delete()
    RehearsedCustomer.objects.filter(customer=customer).delete()
    gone = [f"{said} request(s), replies, opinions and calls: what was said; the profile of how they pay"]
    shared = Reply.objects.filter(customer=None, sender__in=addresses.known - addresses.alone).count()
    kept = [f"{shared} message(s) from an address that other customers have: nobody knows whose they are"]
    return [*gone, *([f"{files} file(s) that they sent"] if files else [])], kept if shared else []


def _erase_replies(customer: Customer, addresses: Addresses, now: datetime) -> int:
    replies = Reply.objects.filter(Q(customer=customer) | Q(customer=None, sender__in=addresses.alone))
    replies.filter(state__in=UNANSWERED).update(state=Reply.State.ANSWERED, outcome=ERASED, answered_at=now)
    replies.exclude(outcome="").update(outcome=ERASED)
    return replies.update(
        sender="", sender_name="", subject="", text="", answers=[], headers={}, attachments=[], suggestions=[]
    )


def _kept(customer: Customer) -> list[str]:
    kept = ["the history of the case: what was decided, when and by whom, without its words"]
    if letters := PaperLetter.objects.filter(customer_number=customer.number).count():
        kept.append(f"{letters} letter(s) on paper as printed: business letters, which commercial law wants kept")
    if handed := HandedCase.objects.filter(case__customer=customer).count():
        kept.append(f"{handed} file(s) for an agency: proof of what was handed over; ask the agency to erase it, too")
    return kept
