"""Making a customer nobody in the tables of this app. In the caller's transaction, which holds the customer's lock.

Rows stay, so that what was decided and when can be shown; whatever names somebody goes.
"""

from datetime import datetime

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q

from customers.models import Contact, Customer, Hold
from dunning.models import (
    Call,
    CampaignChoice,
    Case,
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
    Task,
)

ERASED = "erased"


def addresses_of(customer: Customer) -> list[str]:
    """Where customers of this number were written to: e-mail addresses in small letters."""
    known = set(Contact.objects.filter(customer=customer).values_list("email", flat=True))
    known |= set(Notice.objects.filter(customer=customer).values_list("address", flat=True))
    known |= set(Confirmation.objects.filter(customer=customer).values_list("address", flat=True))
    return sorted({address.lower() for address in known if "@" in address})


def erase_letters(customer: Customer, *, now: datetime) -> tuple[list[str], list[str]]:
    """What we wrote and what became of it. Call it before the contacts go: the mailbox knows only addresses."""
    notices = Notice.objects.filter(customer=customer)
    news = Q(notice__in=notices) | Q(recipient__in=addresses_of(customer))
    DeliveryEvent.objects.filter(news).update(recipient="", detail="", body=b"")
    for address in addresses_of(customer):
        MailboxMessage.objects.filter(to__icontains=address).delete()
    letters = notices.update(address="", subject="", body="", lines=[], own_subject="", own_body="", reason="")
    confirmed = Confirmation.objects.filter(customer=customer)
    confirmed.update(address="", subject=ERASED, body="", reason="")
    InAppNotice.objects.filter(customer_number=customer.number).delete()
    PortalLink.objects.filter(customer=customer, revoked_at=None).update(revoked_at=now)
    PageCode.objects.filter(customer=customer).delete()
    RefusedCard.objects.filter(attempt__customer=customer).delete()
    return [f"the words and addresses of {letters} letter(s), and the personal links"], _kept(customer)


def erase_words(customer: Customer) -> list[str]:
    """What they told us and what was noted of them; returns what was erased."""
    asked = CustomerRequest.objects.filter(customer=customer)
    said = asked.update(text="", phone="", reference="", answer="", why_a_person="")
    replies = Reply.objects.filter(customer=customer)
    replies.exclude(outcome="").update(outcome=ERASED)
    said += replies.update(
        sender="", sender_name="", subject="", text="", answers=[], headers={}, attachments=[], suggestions=[]
    )
    said += Feedback.objects.filter(customer=customer).update(words="")
    said += Call.objects.filter(customer=customer).update(note="")
    CampaignChoice.objects.filter(customer=customer).update(reason=ERASED)
    OutgoingEvent.objects.filter(customer=customer).update(answers=[])
    tasks = Task.objects.filter(case__customer=customer)
    tasks.update(script="")
    tasks.exclude(outcome="").update(outcome=ERASED)
    Case.objects.filter(customer=customer).update(close_reason="", next_reason="", next_because=[])
    RequestNote.objects.filter(request__customer=customer).delete()
    files = RequestFile.objects.filter(request__customer=customer).delete()[0]
    Profile.objects.filter(customer=customer).delete()
    CaseOutlook.objects.filter(case__customer=customer).delete()
    RehearsedCustomer.objects.filter(customer=customer).delete()
    _forget_who_was_looked_at(customer)
    gone = [f"{said} request(s), replies, opinions and calls: what was said; the profile of how they pay"]
    return [*gone, *([f"{files} file(s) that they sent"] if files else [])]


def _forget_who_was_looked_at(customer: Customer) -> None:
    """The admin's own log names rows as they were called."""
    rows: dict[type[Model], Q] = {
        Customer: Q(pk=customer.pk),
        Contact: Q(customer=customer),
        Hold: Q(customer=customer),
        Case: Q(customer=customer),
        CustomerRequest: Q(customer=customer),
        Reply: Q(customer=customer),
    }
    for model, which in rows.items():
        ids = [str(pk) for pk in model._default_manager.filter(which).values_list("pk", flat=True)]
        log = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(model), object_id__in=ids)
        log.update(object_repr=ERASED, change_message="")


def _kept(customer: Customer) -> list[str]:
    kept = ["the history of the case: what was decided and when, without names"]
    if letters := PaperLetter.objects.filter(customer_number=customer.number).count():
        kept.append(f"{letters} letter(s) on paper as printed: business letters, which commercial law wants kept")
    if handed := HandedCase.objects.filter(case__customer=customer).count():
        kept.append(f"{handed} file(s) for an agency: proof of what was handed over; ask the agency to erase it, too")
    return kept
