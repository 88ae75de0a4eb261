"""What a few customers have to say, and what the desk does about it: disputes, promises, a pause, a loss."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.contrib.auth.models import User

from config.demo.postmaster import lives_elsewhere, takes_it_for_spam
from config.demo.scenes import Act, Scene
from config.demo.visitors import names_a_day, oldest_open, thinks
from customers.models import Customer, Hold
from customers.operations import holds, ledger
from dunning.models import Case
from dunning.operations import cases
from dunning.operations.feedback import Opinion
from dunning.rules.feedback import WhyLate
from payments.models import InstalmentPlan, Payment
from payments.operations import instalment_plans, payments
from payments.rules.instalments import Interval


def disputes(reason: str) -> Act:
    """The oldest open invoice is disputed: it is left alone until the hold is released."""

    def act(customer: Customer, now: datetime, by: User) -> None:
        if invoice := oldest_open(customer):
            holds.place(customer, invoice=invoice, kind=Hold.Kind.DISPUTE, reason=reason, until_on=None, now=now, by=by)

    return act


def settles_with_a_credit_note(reason: str) -> Act:
    """The desk agrees: a fifth of the disputed invoice is credited, and the dispute is over."""

    def act(customer: Customer, now: datetime, by: User) -> None:
        for hold in customer.holds.filter(kind=Hold.Kind.DISPUTE, released_at=None).select_related("invoice"):
            invoice = hold.invoice
            if invoice and (part := (invoice.balance / 5).quantize(Decimal(1))):
                ledger.credit(invoice, part, reason=reason, now=now, on=now.date(), by=by)
            holds.release(hold, now=now)

    return act


def promises(reason: str, *, for_days: int) -> Act:
    """The customer names a day; until then nobody writes."""

    def act(customer: Customer, now: datetime, by: User) -> None:
        until_on = now.date() + timedelta(days=for_days)
        holds.place(customer, kind=Hold.Kind.PROMISE, reason=reason, until_on=until_on, now=now, by=by)

    return act


def is_paused(reason: str, *, for_days: int) -> Act:
    """A person at the desk pauses the case."""

    def act(customer: Customer, now: datetime, by: User) -> None:
        if case := Case.objects.filter(customer=customer, state=Case.State.OPEN).first():
            cases.pause(case, reason=reason, until_on=now.date() + timedelta(days=for_days), now=now, by=by)

    return act


def agrees_to_instalments(parts: int) -> Act:
    """What is open is to be paid in weekly instalments from next week on."""

    def act(customer: Customer, now: datetime, by: User) -> None:
        oldest = oldest_open(customer)
        bills = list(customer.invoices.filter(balance__gt=0, currency=oldest.currency)) if oldest else []
        if bills:
            instalment_plans.make(
                customer,
                invoice_ids=[bill.pk for bill in bills],
                total=sum((bill.balance for bill in bills), Decimal(0)),
                parts=parts,
                first_on=now.date() + timedelta(days=7),
                interval=Interval.WEEK,
                patience_days=7,
                now=now,
                by=by,
            )

    return act


def pays_instalment(number: int) -> Act:
    """A bank transfer over this instalment of the customer's plan."""

    def act(customer: Customer, now: datetime, by: User) -> None:
        plan = customer.instalment_plans.filter(state=InstalmentPlan.State.ACTIVE).first()
        if plan:
            payments.record(
                customer,
                amount=plan.instalments.get(number=number).amount,
                currency=plan.currency,
                received_on=now.date(),
                source=Payment.Source.DESK,
                now=now,
                by=by,
                invoice_ids=list(plan.covered.values_list("invoice", flat=True)),
            )

    return act


def pays(share: Decimal = Decimal(1)) -> Act:
    """A bank transfer over this share of the oldest open invoice."""

    def act(customer: Customer, now: datetime, by: User) -> None:
        if invoice := oldest_open(customer):
            amount = (invoice.balance * share).quantize(Decimal(1)) if share < 1 else invoice.balance
            payments.record(
                customer,
                amount=amount,
                currency=invoice.currency,
                received_on=now.date(),
                source=Payment.Source.DESK,
                now=now,
                by=by,
                invoice_ids=[invoice.pk],
            )

    return act


def is_written_off(reason: str) -> Act:
    """There is nothing left to collect."""

    def act(customer: Customer, now: datetime, by: User) -> None:
        for invoice in customer.invoices.filter(balance__gt=0):
            ledger.write_off(invoice, reason=reason, now=now, on=now.date(), by=by)

    return act


# Each tuple is one customer's story.
STORIES: tuple[tuple[Scene, ...], ...] = (
    (
        Scene(1, 1, disputes("Two of five sensors arrived damaged")),
        Scene(1, 12, settles_with_a_credit_note("Two damaged sensors, credit agreed by phone")),
        Scene(1, 15, pays()),
    ),
    (
        Scene(7, 2, disputes("Says the calibration was never done; service report requested")),
    ),
    (
        Scene(1, 2, disputes("Wrong purchase order on the invoice")),
        Scene(1, 9, settles_with_a_credit_note("Freight charged twice")),
    ),
    (
        Scene(7, 1, names_a_day(in_days=9)),
        Scene(7, 2, thinks(Opinion(is_clear=True, is_kind=True, why_late=WhyLate.APPROVAL))),
        Scene(7, 8, pays()),
    ),
    (
        Scene(7, 2, promises("Waits for a payment of their own, promised for the 15th", for_days=12)),
    ),
    (
        Scene(1, 1, promises("Accounts department is moving, will pay within ten days", for_days=10)),
        Scene(1, 10, pays()),
        Scene(1, 11, thinks(Opinion(is_clear=False, is_kind=True, words="I did not see which account to pay into."))),
    ),
    (
        Scene(7, 1, is_paused("Owner in hospital; her son asked for patience", for_days=30)),
    ),
    (
        Scene(14, 1, is_paused("Instalments being agreed by phone", for_days=3)),
        Scene(14, 3, agrees_to_instalments(4)),
        Scene(14, 9, pays_instalment(1)),
        Scene(14, 17, pays_instalment(2)),
        Scene(14, 23, pays_instalment(3)),
        Scene(14, 31, pays_instalment(4)),
    ),
    (
        Scene(7, 1, agrees_to_instalments(3)),
        Scene(7, 8, pays_instalment(1)),
    ),
    (
        Scene(1, 1, disputes("Quantity in dispute, delivery note missing")),
        Scene(1, 3, pays(Decimal("0.4"))),
        Scene(7, 1, promises("Pays the rest once the delivery note is found", for_days=14)),
    ),
    (
        Scene(30, 5, is_written_off("Insolvency opened, no quota expected")),
    ),
    (
        Scene(1, 1, lives_elsewhere()),
    ),
    (
        Scene(7, 1, takes_it_for_spam()),
    ),
)  # fmt: skip
