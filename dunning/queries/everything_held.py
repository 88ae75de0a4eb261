"""Everything that we hold of one customer, in parts, as they may read it: no secrets, and nothing of other people.

A column is named here or it is not in the file. What the desk noted for itself about a case is not the customer's own
information and stays out; a hold is in when the customer asked for it.
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import F, Model, Q, QuerySet

from customers.models import Consent, Contact, ContactStop, Customer, DueChange, Hold, Invoice, LedgerEntry
from customers.rules.holds import HoldKind
from dunning.models import (
    Call,
    CaseOutlook,
    Confirmation,
    CustomerRequest,
    Enrolment,
    Feedback,
    HandedCase,
    InAppNotice,
    Notice,
    OutgoingEvent,
    PageCode,
    PaperLetter,
    PortalLink,
    Profile,
    Reply,
    RequestFile,
    RequestNote,
)
from payments.models import (
    BankLine,
    ChargeAttempt,
    Claim,
    GatewayCustomer,
    Instalment,
    InstalmentPlan,
    Payment,
    PaymentMethod,
    Refund,
    RefundReversal,
)

Rows = list[dict[str, Any]]
THEIR_OWN = (HoldKind.DISPUTE, HoldKind.PROMISE, HoldKind.HARDSHIP, HoldKind.MONEY_IN_TRANSIT)
ADDRESS = ("street", "street_2", "postal_code", "city", "region", "country")


def everything_held(customer: Customer) -> dict[str, Rows]:
    """By part, one dictionary a row; every row of a part has the same columns. A fixed number of queries."""
    return {**_about_them(customer), **_expected(customer), **_money(customer), **_said(customer)}


def files_held(customer: Customer) -> Iterator[tuple[str, bytes]]:
    """What they sent with their requests: a name for each file, and the file."""
    for file in RequestFile.objects.filter(request__customer=customer).order_by("pk").iterator(chunk_size=1):
        yield str(file), bytes(file.content)


def _about_them(customer: Customer) -> dict[str, Rows]:
    its = Q(customer=customer)
    renews = ("renews_on", "renewal_of", "renewal_amount", "renewal_currency")
    facts = ("number", "name", "language", "country", "time_zone", "segment", "tags", "since_on", "kind", *renews)
    return {
        "account": _rows(Customer, Q(pk=customer.pk), *facts, "vulnerable_since", "vulnerable_note", "created_at"),
        "contacts": _rows(Contact, its, "name", "email", "phone", *ADDRESS, "is_primary", "role"),
        "wishes": _rows(ContactStop, its, "channel", "topic", "source", "note", "since", "released_at"),
        "consents": _rows(Consent, its, "is_given", "channel", "topic", "source", "note", "said_at"),
        "rests": _rows(Hold, its & Q(kind__in=THEIR_OWN), "kind", "reason", "placed_at", "until_on", "released_at"),
        "page_links": _rows(PortalLink, its, "created_at", "expires_at", "first_visited_at", "revoked_at"),
        "page_codes": _rows(PageCode, its, "channel", "state", "asked_at", "used_at"),
        "numbers_at_gateways": _rows(GatewayCustomer, its, "gateway", "external_id"),
    }


def _expected(customer: Customer) -> dict[str, Rows]:
    """What was worked out about them, and what followed for them besides letters."""
    its, of_case = Q(customer=customer), Q(case__customer=customer)
    names = {"experiment_name": F("experiment__name"), "arm_name": F("arm__name")}
    agency = {"agency": F("hand_over__agency"), "made_at": F("hand_over__made_at")}
    return {
        "habits": _rows(
            Profile, its, "pays", "usual_days_late", "settled", "late", "weekday", "hour", "channel",
            "promises_made", "promises_kept", "computed_at",
        ),
        "predictions": _rows(CaseOutlook, of_case, "made_on", "chance", "likely_on", "why"),
        "experiments": _rows(Enrolment, its, "enrolled_at", **names),
        "service": _rows(OutgoingEvent, its, "kind", "state", "created_at", "ended_at"),
        "given_to_agencies": _rows(HandedCase, of_case, "taken_back_at", **agency),
    }  # fmt: skip


def _money(customer: Customer) -> dict[str, Rows]:
    its, plan = Q(customer=customer), Q(plan__customer=customer)
    billed, number = Q(invoice__customer=customer), {"invoice_number": F("invoice__number")}
    card = ("gateway", "brand", "last4", "kind", "country", "expires_on")
    return {
        "invoices": _rows(
            Invoice, its, "number", "description", "pdf_url", "issued_on", "due_on", "currency", "amount", "balance"
        ),
        "former_due_dates": _rows(DueChange, billed, "was_due_on", "changed_at", **number),
        "ledger": _rows(
            LedgerEntry, billed, "kind", "amount", "occurred_on", "recorded_at", "source", "reference", "note", **number
        ),
        "payments": _rows(
            Payment, its, "amount", "currency", "unapplied", "received_on", "recorded_at", "source", "reference"
        ),
        "bank_lines": _rows(
            BankLine, its, "booked_on", "amount", "currency", "payer_name", "payer_account", "reference", "text"
        ),
        "refunds": _rows(Refund, Q(payment__customer=customer), "kind", "amount", "happened_on", "reason", "reference"),
        "refunds_that_came_back": _rows(RefundReversal, Q(refund__payment__customer=customer), "happened_on", "reason"),
        "charges": _rows(
            ChargeAttempt, its, "amount", "currency", "state", "decline_code", "card_brand", "started_at", "finished_at"
        ),
        "cards": _rows(PaymentMethod, its, *card, "charge_agreed_at", "stored_at", "removed_at"),
        "claims": _rows(
            Claim,
            billed,
            "kind",
            "amount",
            "currency",
            "arose_on",
            "until_on",
            "law",
            "raised_at",
            "waived_at",
            **number,
        ),
        "plans": _rows(InstalmentPlan, its, "id", "currency", "amount", "interval", "began_on", "state", "ended_on"),
        "instalments": _rows(Instalment, plan, "plan_id", "number", "due_on", "amount"),
    }


def _said(customer: Customer) -> dict[str, Rows]:
    its, number = Q(customer=customer), {"invoice_number": F("invoice__number")}
    asked_by = Q(request__customer=customer)
    letter = ("address", "language", "subject", "body")
    asked = ("kind", "state", "raised_at", "amount", "currency", "asked_on", "parts", "day_part", "phone", "reference")
    return {
        "letters": _rows(Notice, its & Q(state="sent"), "channel", *letter, "finished_at", "delivery"),
        "letters_on_paper": _rows(
            PaperLetter, Q(customer_number=customer.number), "recipient", "address", "subject", "language", "pages"
        ),
        "app_notices": _rows(
            InAppNotice, Q(customer_number=customer.number), "title", "text", "language", "shown_at", "dismissed_at"
        ),
        "requests": _rows(CustomerRequest, its, "id", *asked, "text", "answer", "answered_at", "closed_at", **number),
        "additions": _rows(RequestNote, asked_by, "request_id", "text", "added_at"),
        "files": _rows(RequestFile, asked_by, "request_id", "number", "kind", "size", "sha256", "added_at"),
        "confirmations": _rows(Confirmation, its & Q(state="sent"), "occasion", *letter, "finished_at"),
        "feedback": _rows(Feedback, its, "given_at", "is_clear", "is_kind", "why_late", "words"),
        "replies": _rows(Reply, its, "channel", "sender", "sender_name", "subject", "text", "received_at", "outcome"),
        "calls": _rows(Call, its, "called_at", "is_talk", "note"),
    }


def _rows(model: type[Model], which: Q, *columns: str, **named: F) -> Rows:
    found: QuerySet[Any] = model._default_manager.filter(which).order_by("pk")
    return list(found.values(*columns, **named))
