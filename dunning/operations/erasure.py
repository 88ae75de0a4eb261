"""Erasing a customer's data as they asked: a manager begins it, the customer is told, then everything goes at once.

The mail leaves before the address does: the engine's turn that finds it sent (or unable to leave) does the rest, in one
transaction. Beginning twice and finishing twice change nothing more.
"""

import logging
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from customers.models import Customer
from customers.operations.erasing import erase_customer
from customers.rules.days import local_day
from dunning.models import Case, CaseEvent, Confirmation, CustomerRequest, Erasure, Reply, Task
from dunning.operations.confirming import tell
from dunning.operations.erasing import erase_letters, erase_words
from dunning.operations.erasing_history import erase_history
from dunning.queries.addresses import addresses_of
from dunning.rules.letter.confirmation_words import Occasion
from dunning.rules.needs import Need
from payments.models import ChargeAttempt, InstalmentPlan, Payment
from payments.operations.erasing import erase_payments, forget_cards
from payments.queries.charges import LIVE
from payments.queries.invoices import open_invoices

logger = logging.getLogger(__name__)
State = Erasure.State
NOT_YET = "Not everything could be forgotten yet, a card at its gateway perhaps. Each turn tries again; see the log."
UNDER_WAY = (Confirmation.State.QUEUED, Confirmation.State.CALLING)


class ErasureRefusal(ValueError):
    """What we hold is still needed, and nothing was changed; the message says what for."""


@transaction.atomic
def begin(request: CustomerRequest, *, now: datetime, by: User) -> Erasure:
    """Answer their request: they are told by mail, and the engine erases once that has left.

    The erasure that was begun before is returned as it is. Raises ErasureRefusal for another request, and while
    something is open, paid too much or under way.
    """
    customer = Customer.objects.select_for_update(no_key=True).get(pk=request.customer_id)
    request = CustomerRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if earlier := Erasure.objects.filter(request=request).first():
        return earlier
    if request.kind != Need.ERASURE or request.state != CustomerRequest.State.WAITING:
        raise ErasureRefusal("This is no request for erasure that waits for an answer.")
    if why := _needed_for(customer):
        raise ErasureRefusal(why)
    request.state, request.closed_at = CustomerRequest.State.SETTLED, now
    request.answered_at, request.answered_by = now, by
    request.save()
    ended = {"state": Task.State.DONE, "outcome": "Erasure begun", "ended_at": now, "ended_by": by}
    Task.objects.filter(request=request, state=Task.State.OPEN).update(**ended)
    tell(request, now=now, occasion=Occasion.ERASED)
    return Erasure.objects.create(customer=customer, request=request, begun_at=now, begun_by=by)


def finish_erasures(*, now: datetime) -> int:
    """Erase whoever has been told; how many. One that fails is tried again, and stops no other."""
    done = 0
    for erasure in Erasure.objects.filter(state=State.TELLING).select_related("customer").order_by("pk"):
        if Confirmation.objects.filter(request=erasure.request_id, state__in=UNDER_WAY).exists():
            continue
        try:
            if not _needed_for(erasure.customer):  # no card goes before it is sure that all goes
                forget_cards(erasure.customer_id, now=now)
            done += _finish(erasure.pk, now)
        except Exception:
            logger.exception("Erasure %s failed; the next turn tries again", erasure.pk)
            Erasure.objects.filter(pk=erasure.pk, state=State.TELLING).update(reason=NOT_YET)
    return done


@transaction.atomic
def _finish(erasure_id: int, now: datetime) -> bool:
    erasure = Erasure.objects.get(pk=erasure_id)
    customer = Customer.objects.select_for_update(no_key=True).get(pk=erasure.customer_id)
    erasure = Erasure.objects.select_for_update(of=("self",)).get(pk=erasure_id)
    if erasure.state != State.TELLING:
        return False
    erasure.ended_at, erasure.told = now, _told(erasure)
    if why := _needed_for(customer):
        erasure.state, erasure.reason = State.STOPPED, why
        _tell_the_desk(erasure, now)
    else:
        erasure.state, erasure.reason = State.ERASED, ""
        erasure.erased, erasure.kept = _erase(customer, now)
    erasure.save()
    return erasure.state == State.ERASED


def _erase(customer: Customer, now: datetime) -> tuple[list[str], list[str]]:
    addresses = addresses_of(customer)
    letters, letters_kept = erase_letters(customer, addresses, now=now)
    words, words_kept = erase_words(customer, addresses, now=now)
    erase_history(customer, now=now)
    money, money_kept = erase_payments(customer.pk)
    account, account_kept = erase_customer(
        customer,
        addresses=addresses.alone,
        years=settings.RETENTION_YEARS,
        today=local_day(now, customer.time_zone),
        now=now,
    )
    return [*account, *letters, *words, *money], [*account_kept, *money_kept, *letters_kept, *words_kept]


def _needed_for(customer: Customer) -> str:
    """Why what we hold cannot go yet; empty when it can."""
    if open_invoices(customer).exists():
        return "Invoices are open. Settle them first: paid, credited or written off."
    if ChargeAttempt.objects.filter(customer=customer, state__in=(*LIVE, ChargeAttempt.State.QUEUED)).exists():
        return "A payment is under way. Wait until its end is known."
    if Payment.objects.filter(customer=customer, unapplied__gt=0).exists():
        return "The customer has paid more than was billed. Pay it back first."
    if InstalmentPlan.objects.filter(customer=customer, state=InstalmentPlan.State.ACTIVE).exists():
        return "A payment plan is running. End it first."
    if Case.objects.filter(customer=customer, state=Case.State.OPEN).exists():
        return "A case is open. Close it first."
    if _unanswered(customer):
        return "They wait for an answer to something else. Answer it first, under Requests or Replies."
    return ""


def _unanswered(customer: Customer) -> bool:
    """Whether something else that they asked for or wrote waits for a person: with its words gone, nobody could."""
    asked = CustomerRequest.objects.filter(customer=customer, state=CustomerRequest.State.WAITING)
    wrote = Reply.objects.filter(customer=customer, state=Reply.State.WAITING)
    return asked.exclude(kind=Need.ERASURE).exists() or wrote.exists()


def _told(erasure: Erasure) -> str:
    mail = Confirmation.objects.filter(request=erasure.request_id, occasion=Occasion.ERASED.value).first()
    words = {
        Confirmation.State.SENT: "by e-mail, before the address was erased",
        Confirmation.State.IN_DOUBT: "by e-mail, of which nobody knows whether it arrived",
    }
    return words.get(Confirmation.State(mail.state), "not: there was no address that takes mail") if mail else "not"


def _tell_the_desk(erasure: Erasure, now: datetime) -> None:
    case = Case.objects.filter(customer=erasure.customer_id).order_by("-pk").first()
    if case:
        text = f"The erasure that was begun has stopped. {erasure.reason}"
        CaseEvent.objects.create(case=case, happened_at=now, kind=CaseEvent.Kind.REQUEST, text=text)
