"""A small book of accounts in which every screen has rows to show."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.contrib.auth.models import User
from django.utils import timezone

from customers.models import Customer, CustomerChange, Hold, Invoice
from customers.operations import consideration, holds, imports
from customers.rules.import_layout import Choices
from dunning.channels.news import DeliveryNews, Incoming
from dunning.models import (
    Arm,
    Brand,
    CampaignChoice,
    Case,
    CostRate,
    EngineState,
    Enrolment,
    Erasure,
    Experiment,
    HandedCase,
    HandOver,
    HelpPolicy,
    InAppNotice,
    MailboxMessage,
    Notice,
    OutgoingEvent,
    PageCode,
    PaperLetter,
    Prediction,
    PrintRun,
    RefusedCard,
    ReportAnswer,
    ReportQuestion,
    ReviewDecision,
    StepRun,
    Suggestion,
    Task,
    WeeklyMail,
    WriteOffLine,
    WriteOffProposal,
)
from dunning.operations import calls, delivery_news, feedback, links, rehearsals, replies, requests
from dunning.operations.feedback import Opinion
from dunning.operations.requests import Asked
from dunning.operations.tick import tick
from dunning.rehearsal.run import Question
from dunning.rules.delivery_news import NewsKind
from dunning.rules.needs import Need
from payments.models import (
    BankAccount,
    ChargeAttempt,
    ClaimPolicy,
    GatewayEvent,
    GatewayHealth,
    GatewayInvoice,
    PaymentMethod,
    Refund,
    SyncFinding,
    SyncRun,
)
from payments.operations import refunds, unknown_codes
from payments.operations.bank_files import take_in
from payments.operations.claims import raise_due
from payments.rules.declines import Layer
from tests.campaigns import standard_campaign
from tests.people import owes, pays, person, reachable
from tests.plans import agree

BANK_LINES = "booked_on,amount,currency,payer_name,text\n{day},{amount},EUR,{name},none\n{day},-5.00,EUR,Bank,fee\n"
ACCOUNTS = b"customer_number,customer_name,invoice_number,due_on,currency,amount\nC-9,Zoe Ash,R-9,2026-03-02,EUR,none\n"
MAIL = b"From: Billing <billing@example.com>\nTo: ada@example.com\nSubject: Your account\n\nHello Ada\n"


def books_with(rows: int) -> list[Customer]:
    """`rows` customers, each with an invoice, a case under way and something in every other table."""
    _refused_import(timezone.now())
    EngineState.objects.update_or_create(pk=1, defaults={"ticked_at": timezone.now()})
    return [add_customer(place) for place in range(rows)]


def _refused_import(now: datetime) -> None:
    run = imports.upload("accounts.csv", [ACCOUNTS], choices=Choices(), by=None, now=now)
    imports.read(run, now=now)
    imports.confirm(run, now=now)
    imports.apply_now(run, now=now)


def add_customer(place: int) -> Customer:
    """A customer under a campaign of their own, with something in every table."""
    now = yesterday_noon()
    name = ("Ada Lindgren", "Grace Okafor", "Marie Delacroix")[place]
    standard_campaign(now=now, name=f"Campaign {place}")
    customer = reachable(name, time_zone="UTC", country="DE", kind="business")
    due = str((now - timedelta(days=20)).date())
    invoice = owes(customer, "120.00", due=due)
    owes(customer, "80.00", due=due)
    tick(now=now)
    _claim_and_dispute(invoice, now)
    _money(customer, place, now)
    _gateway(invoice, place, now)
    _bank(name, place, now)
    agree(customer, now=now, parts=2, invoices=[owes(customer, "30.00", due=due)])
    _choices(customer, now)
    _figures(customer, place, now)
    _requests(place, now)
    _letters(customer, now)
    _work(customer, place, now)
    _page(customer, now)
    _trials(customer, place, now)
    return customer


def _claim_and_dispute(invoice: Invoice, now: datetime) -> None:
    ClaimPolicy.objects.get_or_create(is_on=True, source="Maria, manager", valid_from=now.date() - timedelta(days=60))
    raise_due(now=now)
    kind, who = Hold.Kind.DISPUTE, invoice.customer
    holds.place(who, kind=kind, reason="Parts missing", until_on=None, now=now, by=None, invoice=invoice)


def _money(customer: Customer, place: int, now: datetime) -> None:
    """A payment of which a part went back, a stored card and a charge."""
    payment = pays(customer, "20", now)
    back = Refund.Kind.REFUND
    refunds.record(payment, kind=back, amount=Decimal("5"), on=now.date(), reason="Paid twice", now=now)
    method = PaymentMethod.objects.create(customer=customer, gateway="sandbox", token="t", last4="4242", stored_at=now)
    ChargeAttempt.objects.create(
        customer=customer, method=method, gateway="sandbox", amount=5, currency="EUR", idempotency_key=f"key {place}",
        state=ChargeAttempt.State.DECLINED, started_at=now, look_at=now,
    )  # fmt: skip


def _gateway(invoice: Invoice, place: int, now: datetime) -> None:
    """What gateways told: events, invoices, findings, codes."""
    GatewayEvent.objects.create(
        gateway="sandbox", event_id=f"evt {place}", kind="charge", key=f"key {place}", body=b"{}", happened_at=now,
        received_at=now, look_at=now,
    )  # fmt: skip
    GatewayHealth.objects.create(gateway=f"gateway {place}")
    GatewayInvoice.objects.create(
        invoice=invoice, gateway="stripe", external_id=f"in_{place}", state="open", retries_at=now, seen_at=now
    )
    SyncRun.objects.create(gateway=f"gateway {place}", new=3, refused=1, started_at=now, finished_at=now, stage="done")
    SyncFinding.objects.create(
        gateway="stripe", kind="invoice", external_id=f"in_{place}", field="amount", value="120.00 EUR", found_at=now,
        problem="differs from 99.00 EUR in the books", remedy="The books are kept.", is_refused=True,
    )  # fmt: skip
    unknown_codes.note([(Layer.GATEWAY, f"new_code_{place}")], gateway="sandbox", now=now)


def _bank(name: str, place: int, now: datetime) -> None:
    BankAccount.objects.create(currency="EUR", holder="Example Company", account_number=f"100{place}")
    lines = BANK_LINES.format(day=now.date(), amount=77 + place, name=name).encode()
    take_in(lines, name="bank.csv", account="DE1", now=now, by=None)


def _choices(customer: Customer, now: datetime) -> None:
    """What a person decided for this customer, and a call with them."""
    by, _ = User.objects.get_or_create(username="maria")
    campaign = case_of(customer).version.campaign
    CampaignChoice.objects.create(customer=customer, campaign=campaign, reason="As agreed", chosen_at=now, chosen_by=by)
    consideration.refuse(customer, consideration.Said("sms", "", "By e-mail", now=now, by=None))
    calls.record(customer, called_at=now, is_talk=True, note="Will look into it", now=now, by=None)


def _figures(customer: Customer, place: int, now: datetime) -> None:
    """A rate, a kept answer of a report, and a weekly mail."""
    CostRate.objects.create(kind="email", currency=("EUR", "USD", "GBP")[place], amount=1, source="-", valid_from=now)
    ReportAnswer.objects.create(report="ageing", as_of=now, asked=f"{place}", edition=0, made_at=now)
    ReportQuestion.objects.create(report="ageing", as_of=now, asked=f"{place}", edition=0, question={}, asked_at=now)
    maria, week = User.objects.get(username="maria"), now.date() - timedelta(weeks=place)
    WeeklyMail.objects.create(
        person=maria, week_on=week, address="maria@example.com", subject="The week", text="-", html="-", queued_at=now,
        due_at=now,
    )  # fmt: skip


PDF = b"%PDF-1.7 %%EOF"


def _requests(place: int, now: datetime) -> None:
    """What a customer without a case asked for on their page, and what they think of it; a policy of their own."""
    caller = person(f"Caller {place}")
    requests.ask(caller, Asked(Need.CALL, day_part="morning", phone="+49 30 1234", files=(PDF,)), now=now)
    HelpPolicy.objects.create(segment=f"Segment {place}")
    erase = requests.ask(caller, Asked(Need.ERASURE), now=now)
    by, _ = User.objects.get_or_create(username="maria")
    Erasure.objects.create(customer=caller, request=erase, begun_at=now, begun_by=by)
    feedback.give(caller, Opinion(is_clear=False, words="What is dunning?"), link=None, now=now)


def _letters(customer: Customer, now: datetime) -> None:
    """A letter that was reviewed, one in the mailbox, and what will be sent."""
    notice = Notice.objects.get(customer=customer)
    ReviewDecision.objects.create(
        case=notice.case, notice=notice, verdict="expired", proposed_at=now, decided_at=now, reason="nobody decided"
    )
    MailboxMessage.objects.create(received_at=now, to="ada@example.com", subject="Your account", raw=MAIL)
    CustomerChange.objects.create(customer_id=customer.pk)
    InAppNotice.objects.create(
        key=f"notice-{notice.pk}", customer_number=customer.number, title="Your account", text="Hello", language="en",
        tone=1,
    )  # fmt: skip
    told = {"channel": "email", "provider": "Postmark"}
    bounced = DeliveryNews(**told, kind=NewsKind.BOUNCED, notice_id=str(notice.pk), recipient=f"{notice.pk}@x.example")
    delivery_news.take_in([bounced], now=now)
    delivery_news.apply_news(now=now)
    written = {"text": "I have paid.", "answers": (f"notice-{notice.pk}@x",), "received_at": now}
    replies.take_in(Incoming(**told, provider_id=str(notice.pk), sender="ada@example.com", **written), now=now)
    replies.put_with_cases(now=now)
    days = timezone.now().date(), timezone.now().date() + timedelta(days=29)
    rehearsals.carry_out(rehearsals.ask(Question(*days), now=timezone.now(), by=None), now=timezone.now())


def _page(customer: Customer, now: datetime) -> None:
    """What keeps the customer's page safe, and how it looks."""
    link, attempt = links.issue(customer, now=now)[0], customer.charge_attempts.earliest("pk")
    PageCode.objects.create(
        customer=customer, link=link, channel="email", salt=b"s", code_hash=b"h", asked_at=now, expires_at=now
    )
    RefusedCard.objects.create(attempt=attempt, link=link, card="f", refused_at=now, closed_until=now)
    Brand.objects.get_or_create(pk=1, defaults={"edition": "1", "changed_at": now})


def _work(customer: Customer, place: int, now: datetime) -> None:
    """What is done beside letters: a task, a restriction of the service, a hand-over."""
    run = StepRun.objects.filter(case__customer=customer).earliest("pk")
    Task.objects.create(
        case=run.case, run=run, kind="task", queue=f"calls {place}", script="Ask when.", due_on=now.date(),
        created_at=now,
    )  # fmt: skip
    OutgoingEvent.objects.create(
        customer=customer, case=run.case, kind="service.restrict", payload={"customer": customer.number},
        state="failed", created_at=now, tries_since=now, next_try_at=now, ended_at=now, attempts=1,
        answers=[{"at": "2026-03-02T10:00:00+00:00", "status": 503, "text": "down"}],
    )  # fmt: skip
    proposed = WriteOffProposal.objects.create(
        case=run.case, currency="USD", amount=5, reason="Too small", proposed_at=now
    )
    WriteOffLine.objects.create(proposal=proposed, invoice=customer.invoices.earliest("pk"), amount=5)
    made = HandOver.objects.create(
        agency="Honest Ltd", made_at=now, made_by=User.objects.order_by("pk")[0], file=b"PK", sha256="0" * 64
    )
    HandedCase.objects.create(hand_over=made, case=run.case, looked_at=now)
    printed = PrintRun.objects.create(
        state="made", asked_at=now, seen_at=now, made_at=now, letters=1, pages=4, pdf=b"%PDF", sha256="0" * 64
    )
    PaperLetter.objects.create(
        key=f"paper-{place}", recipient=customer.name, address="12 Mill Lane\nBath", subject="Your account", pages=1,
        language="en", customer_number=customer.number, pdf=b"%PDF", sha256="0" * 64, run=printed, place=1,
    )  # fmt: skip


def _trials(customer: Customer, place: int, now: datetime) -> None:
    """An experiment that is planned, and the customer's place in it."""
    case = case_of(customer)
    planned = Experiment.objects.create(campaign=case.version.campaign, name=f"Experiment {place}", created_at=now)
    arm = Arm.objects.create(experiment=planned, name="as now", version=case.version, is_control=True)
    Suggestion.objects.create(
        month=now.date().replace(day=1), kind="other_hour", detail=str(place), says="Charges fail at 3:00.", made_at=now
    )
    Prediction.objects.create(made_on=now.date() - timedelta(days=place), made_at=now, is_learnt=False, says="by rules")
    Enrolment.objects.create(experiment=planned, arm=arm, customer=customer, case=case, enrolled_at=now)


def yesterday_noon() -> datetime:
    """A moment in the customer's working day, near enough to the real clock that the screens read."""
    return (timezone.now() - timedelta(days=1)).replace(hour=12, minute=0)


def case_of(customer: Customer) -> Case:
    return Case.objects.get(customer=customer, state=Case.State.OPEN)


def everything_stored() -> dict[str, list[Any]]:
    """Every row of our apps, to compare before and after."""
    ours = [model for app in ("customers", "payments", "dunning") for model in apps.get_app_config(app).get_models()]
    return {model._meta.label: list(model._default_manager.order_by("pk").values_list()) for model in ours}
