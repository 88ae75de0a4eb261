"""What a case's story tells of money: paid, given back, agreed in instalments, tried in vain."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.db.models import Q

from customers.wording import money
from dunning.models import Case
from dunning.queries.happening import Happening, name_of, newest
from payments.models import ChargeAttempt, InstalmentPlan, Payment, Refund
from payments.queries.declines import decline_book, judgement_of
from payments.rules.charging import EndedBy

LED_TO_IT = timedelta(days=30)  # a charge that failed at the gateway is often what a case begins with


def of_money(case: Case) -> Iterator[Happening]:
    """What came in or did not while the case ran, and a little before."""
    yield from _payments(case)
    yield from _refunds(case)
    yield from _plans(case)
    yield from _charges(case)


def _payments(case: Case) -> Iterator[Happening]:
    payments = Payment.objects.filter(customer=case.customer_id, recorded_at__gte=case.opened_at)
    if case.closed_at:
        payments = payments.filter(recorded_at__lte=case.closed_at)
    for payment in newest(payments.select_related("recorded_by"), "recorded_at"):
        text = f"Value date {payment.received_on:%-d %B %Y}, {payment.get_source_display()}."
        who = name_of(payment.recorded_by)
        yield Happening(
            payment.recorded_at, "payments", f"{money(payment.amount, payment.currency)} paid", text, who, rank=2
        )


def _refunds(case: Case) -> Iterator[Happening]:
    """What went back while the case ran, and what of it came again."""
    refunds = Refund.objects.filter(payment__customer=case.customer_id, recorded_at__gte=case.opened_at)
    if case.closed_at:
        refunds = refunds.filter(recorded_at__lte=case.closed_at)
    for refund in newest(refunds.select_related("payment", "recorded_by", "reversal"), "recorded_at"):
        amount = money(refund.amount, refund.payment.currency)
        who = name_of(refund.recorded_by)
        yield Happening(refund.recorded_at, "undo", f"{amount} {refund.get_kind_display()}", refund.reason, who)
        if reversal := getattr(refund, "reversal", None):
            yield Happening(reversal.recorded_at, "redo", f"{amount} came back to us", reversal.reason)


def _plans(case: Case) -> Iterator[Happening]:
    """Plans made, kept, broken and ended from a day before the case opened: a broken one is why it did."""
    plans = InstalmentPlan.objects.filter(customer=case.customer_id).select_related("made_by", "ended_by")
    first, last = case.opened_at - timedelta(days=1), case.closed_at or datetime.max.replace(tzinfo=UTC)
    for plan in newest(plans, "made_at"):
        agreed = money(plan.amount, plan.currency)
        if first <= plan.made_at <= last:
            yield Happening(
                plan.made_at, "calendar_month", f"{agreed} to be paid in instalments", "", name_of(plan.made_by)
            )
        if plan.ended_at and first <= plan.ended_at <= last:
            title = f"Instalment plan over {agreed}: {plan.get_state_display()}"
            yield Happening(plan.ended_at, "calendar_month", title, plan.end_reason, name_of(plan.ended_by))


def _charges(case: Case) -> Iterator[Happening]:
    """Tries of cards that brought no money (yet); those that did are payments."""
    since = Q(started_at__gte=case.opened_at) | Q(is_elsewhere=True, started_at__gte=case.opened_at - LED_TO_IT)
    tried = ChargeAttempt.objects.filter(since, customer=case.customer_id)
    if case.closed_at:
        tried = tried.filter(started_at__lte=case.closed_at)
    unpaid = tried.exclude(state__in=[ChargeAttempt.State.SUCCEEDED, ChargeAttempt.State.QUEUED])
    for attempt in newest(
        unpaid.exclude(decline_code=EndedBy.DROPPED).select_related("method", "customer"), "started_at"
    ):
        to = f" to {attempt.method}" if attempt.method else ""
        title = f"Charge of {money(attempt.amount, attempt.currency)}{to}: {attempt.get_state_display()}"
        text = _refusal(attempt) if attempt.state == ChargeAttempt.State.DECLINED else ""
        who = "the customer" if attempt.is_attended else attempt.gateway if attempt.is_elsewhere else ""
        yield Happening(attempt.started_at, "credit_card_off", title, text, who, rank=1)


def _refusal(attempt: ChargeAttempt) -> str:
    return judgement_of(attempt, decline_book(attempt.started_at.date())).because
