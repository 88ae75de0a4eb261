"""Taking the words out of what the desk wrote down about a customer. In the caller's transaction, under their lock.

What happened, which steps were taken, when and by whom stays: the trigger of the history lets through no more than
this, and only while an erasure is under way.
"""

from datetime import datetime

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

from customers.models import Consent, Contact, ContactStop, Customer, Hold, Invoice
from customers.operations.erasing import ERASED
from dunning.models import (
    Call,
    Case,
    CaseEvent,
    Confirmation,
    CustomerRequest,
    Feedback,
    Notice,
    OutgoingEvent,
    Reply,
    ReviewDecision,
    StepRun,
    Task,
    WriteOffProposal,
)
from payments.models import ChargeAttempt, InstalmentPlan, Payment, PaymentMethod

# Of what the desk looks at and presses buttons on, the way to its customer.
LOGGED: dict[type[Model], str] = {
    Customer: "pk",
    **dict.fromkeys((Contact, Consent, ContactStop, Hold, Invoice), "customer"),
    **dict.fromkeys((ChargeAttempt, InstalmentPlan, Payment, PaymentMethod), "customer"),
    **dict.fromkeys((Call, Case, Confirmation, CustomerRequest, Feedback, Notice, OutgoingEvent, Reply), "customer"),
    **dict.fromkeys((Task, WriteOffProposal), "case__customer"),
}


def erase_history(customer: Customer, *, now: datetime) -> None:
    """Tasks that are open are dropped: there is nobody left to be done anything for."""
    cases = Case.objects.filter(customer=customer)
    cases.update(close_reason="", next_reason="", next_because=[])
    CaseEvent.objects.filter(case__in=cases).update(text=ERASED, because=[])
    ReviewDecision.objects.filter(case__in=cases).update(reason=ERASED)
    StepRun.objects.filter(case__in=cases).update(reason=ERASED, because=[])
    tasks = Task.objects.filter(case__in=cases)
    tasks.filter(state=Task.State.OPEN).update(state=Task.State.DROPPED, outcome=ERASED, ended_at=now)
    tasks.update(script="", outcome=ERASED)
    proposals = WriteOffProposal.objects.filter(case__in=cases)
    proposals.update(reason=ERASED)
    proposals.exclude(decision="").update(decision=ERASED)
    _forget_who_was_looked_at(customer)


def _forget_who_was_looked_at(customer: Customer) -> None:
    """The admin's own log names rows as they were called."""
    for model, way in LOGGED.items():
        ids = [str(pk) for pk in model._default_manager.filter(**{way: customer.pk}).values_list("pk", flat=True)]
        log = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(model), object_id__in=ids)
        log.update(object_repr=ERASED, change_message="")
