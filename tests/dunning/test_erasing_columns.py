"""A word in every column that leads to a customer: erased, or on the list of what is kept, with the reason."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models import Field, Model

from customers.models import Customer
from dunning.models import Confirmation
from dunning.operations import requests
from dunning.operations.erasure import begin, finish_erasures
from dunning.operations.requests import Asked
from dunning.rules.needs import Need

pytestmark = pytest.mark.django_db
WORD = "Zanzibar"
BOOKS, OURS, KNOWN = "the books, which tax law wants kept", "a code or number of ours", "by it a repeat is known"
TEXTS = (models.CharField, models.TextField, models.JSONField, models.BinaryField, ArrayField)
# Columns of any table.
CODES = {"gateway", "channel", "provider", "time_zone", "language", "idempotency_key", "account", "key", "notice_key"}
KEPT = {
    "customers.Customer.number": "leads to the invoices, in your accounting",
    "customers.Consent": "proof of what might be sent",
    "customers.Invoice.number": BOOKS,
    "customers.Invoice.description": "as long as tax law wants it kept: RETENTION_YEARS",
    "customers.LedgerEntry": BOOKS,
    "payments.BankLine": BOOKS,
    "payments.Payment": BOOKS,
    "payments.Refund": BOOKS,
    "payments.RefundReversal": BOOKS,
    "payments.Claim.law": "what the rule says",
    "payments.ChargeAttempt.invoice_ids": OURS,
    "payments.ChargeAttempt.decline_code": "the bank's code",
    "payments.ChargeAttempt.advice_code": "the bank's code",
    "payments.ChargeAttempt.network_code": "the bank's code",
    "payments.ChargeAttempt.network_advice": "the bank's code",
    "payments.ChargeAttempt.approval_address": "empty once a charge has ended",
    "payments.ChargeAttempt.gateway_reference": "for refunds",
    "payments.GatewayCustomer.external_id": "for refunds",
    "payments.GatewayInvoice.external_id": "for refunds",
    "payments.GatewayInvoice.references": "for refunds",
    "dunning.Case.about": OURS,
    "dunning.Task.queue": OURS,
    "dunning.PortalLink.token_hash": "opens nothing any more",
    "dunning.PortalLink.nonce": "opens nothing any more",
    "dunning.Notice.message_id": OURS,
    "dunning.Notice.provider_reference": KNOWN,
    "dunning.Confirmation.provider_reference": KNOWN,
    "dunning.Reply.provider_id": KNOWN,
    "dunning.DeliveryEvent.event_id": KNOWN,
    "dunning.DeliveryEvent.reference": KNOWN,
    "dunning.DeliveryEvent.said_kind": "the provider's word for what happened",
    "dunning.Erasure": "what was erased and kept, in words that name nobody",
}


def ways_to_a_customer() -> dict[type[Model], str]:
    """Every table of which a row leads to a customer, and its shortest way there."""
    ways: dict[type[Model], str] = {Customer: "pk"}
    for near in (turn := [Customer]):
        for model in apps.get_models():
            steps = [f.name for f in model._meta.concrete_fields if f.related_model is near]
            if steps and model not in ways:
                ways[model] = steps[0] if near is Customer else f"{steps[0]}__{ways[near]}"
                turn.append(model)
    return ways


def columns(model: type[Model]) -> Iterator["Field[Any, Any]"]:
    """Those that could hold a name: what is chosen from a list, or too short, cannot."""
    for field in model._meta.concrete_fields:
        name = f"{model._meta.label}.{field.name}"
        is_kept = field.name in CODES or model._meta.label in KEPT or name in KEPT
        too_short = field.max_length is not None and field.max_length < len(WORD) + 4
        if isinstance(field, TEXTS) and not (is_kept or too_short or field.choices):
            yield field


def any_value(field: "Field[Any, Any]", now: datetime) -> Any:
    if field.choices and not field.null:
        return list(field.choices)[-1][0]  # what is over stands at the end
    if field.null or field.has_default():
        return field.get_default()
    usual: dict[type[Field[Any, Any]], Any] = {models.DateField: now.date(), models.DateTimeField: now}
    return usual.get(type(field), b"" if isinstance(field, models.BinaryField) else 0)


def fill(customer: Customer, now: datetime) -> None:
    """A row in every table, and the word in every column, past all that the database would refuse."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL session_replication_role = replica")
        for model, way in (ways := ways_to_a_customer()).items():
            drop_checks(cursor, model)
            theirs = model._base_manager.filter(**{way: customer.pk})
            if not theirs.exists():
                model._base_manager.bulk_create([row(model, ways, customer, now)])
            for field in columns(model):
                theirs.update(**{field.name: word_for(field)})
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def drop_checks(cursor: Any, model: type[Model]) -> None:
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.CheckConstraint):
            cursor.execute(f'ALTER TABLE {model._meta.db_table} DROP CONSTRAINT "{constraint.name}"')


def row(model: type[Model], ways: dict[type[Model], str], customer: Customer, now: datetime) -> Model:
    values = {}
    for field in model._meta.concrete_fields:
        if field.generated or isinstance(field, models.AutoField):
            continue
        values[field.attname] = any_value(field, now)
        if near := field.related_model:
            fitting = near._base_manager.filter(**({ways[near]: customer.pk} if near in ways else {}))
            values[field.attname] = fitting.values_list("pk", flat=True).first() or values[field.attname]
    return model(**values)


def word_for(field: "Field[Any, Any]") -> Any:
    if isinstance(field, models.JSONField):
        return {"reason": WORD}
    if isinstance(field, ArrayField):
        return [WORD]
    return WORD.encode() if isinstance(field, models.BinaryField) else WORD


def holds_the_word(model: type[Model]) -> set[str]:
    found = set()
    for values in model._base_manager.values():
        for name, value in values.items():
            text = str(bytes(value) if isinstance(value, memoryview) else value)
            found |= {f"{model._meta.label}.{name}"} if WORD in text else set()
    return found


def test_no_word_stays_that_is_not_on_the_list(ada: Customer, maria: User, now: datetime) -> None:
    asked = requests.ask(ada, Asked(Need.ERASURE), now=now)
    begin(asked, now=now, by=maria)
    Confirmation.objects.update(state="sent")
    fill(ada, now)
    filled = set().union(*(holds_the_word(model) for model in ways_to_a_customer()))
    assert len(filled) > 60
    assert finish_erasures(now=now) == 1
    assert set().union(*(holds_the_word(model) for model in apps.get_models())) == set()


def test_the_list_names_what_there_is() -> None:
    there = {f"{model._meta.label}.{field.name}" for model in apps.get_models() for field in model._meta.fields}
    assert set(KEPT) <= there | {model._meta.label for model in apps.get_models()}
