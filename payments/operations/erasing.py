"""Making a customer nobody in the tables of this app. In the caller's transaction, which holds the customer's lock.

Payments, refunds and bank lines stay: they are the vouchers behind the ledger.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from operator import methodcaller

from django.conf import settings
from django.db.models import Q

from customers.operations.erasing import ERASED
from payments.gateways.accounts import Kind
from payments.models import (
    BankLine,
    CardPage,
    ChargeAttempt,
    Claim,
    GatewayCustomer,
    GatewayEvent,
    GatewayInvoice,
    InstalmentPlan,
    Payment,
    PaymentMethod,
    SyncFinding,
)
from payments.operations.gateway_calls import call

GONE = "erased-"  # the tokens of cards that were erased


def forget_cards(customer_id: int, *, now: datetime) -> None:
    """Have the gateways forget every card, with no transaction open; those removed here before, too.

    A gateway need not have heard of that, and once the token is erased nobody can tell it. Raises what a gateway
    raises, and LeftAlone: then it is asked again later. Gateways that are not set up any more cannot be asked.
    """
    theirs = PaymentMethod.objects.filter(customer=customer_id)
    theirs.filter(removed_at=None).update(is_default=False, charge_agreed_at=None, removed_at=now)
    known = theirs.filter(gateway__in=settings.PAYMENT_GATEWAYS).exclude(token__startswith=GONE)
    for alias, token in known.values_list("gateway", "token"):
        call(alias, methodcaller("forget", token), now=now)


def erase_payments(customer_id: int) -> tuple[list[str], list[str]]:
    """Returns what was erased and what was kept and why. The gateways have forgotten the cards before."""
    kept = _kept(customer_id)
    cards = PaymentMethod.objects.filter(customer=customer_id)
    for card in cards:
        PaymentMethod.objects.filter(pk=card.pk).update(token=f"{GONE}{card.pk}", brand="", last4="", fingerprint="")
    _forget_what_gateways_told(customer_id)
    ChargeAttempt.objects.filter(customer=customer_id).update(card_brand="", card_fingerprint="")
    CardPage.objects.filter(customer=customer_id).delete()
    InstalmentPlan.objects.filter(customer=customer_id).exclude(end_reason="").update(end_reason=ERASED)
    Claim.objects.filter(invoice__customer=customer_id).exclude(waive_reason="").update(waive_reason=ERASED)
    return [f"{len(cards)} stored card(s), and what gateways told of them"], kept


def _forget_what_gateways_told(customer_id: int) -> None:
    """Events about anything of theirs, and findings. A credit note only names its customer in what was told of it."""
    tries = ChargeAttempt.objects.filter(customer=customer_id)
    told = GatewayEvent.objects.exclude(body=b"")
    told.filter(key__in=tries.values("idempotency_key")).update(body=b"")
    theirs = defaultdict[str, set[tuple[str, str]]](set)
    for alias, kind, identity in _at_gateways(customer_id):
        if identity:
            theirs[alias].add((kind, identity))
    for alias, known in theirs.items():
        about = Q(about__in=[f"{kind}/{identity}" for kind, identity in known])
        told.filter(about, gateway=alias).update(body=b"")
        names = [identity.encode() for kind, identity in known if kind == Kind.CUSTOMER]
        notes = told.filter(gateway=alias, about__startswith=f"{Kind.CREDIT}/").values_list("pk", "body")
        named = [pk for pk, body in notes.iterator() if any(name in bytes(body) for name in names)]
        GatewayEvent.objects.filter(pk__in=named).update(body=b"")
        SyncFinding.objects.filter(gateway=alias, external_id__in=[identity for _, identity in known]).delete()


def _at_gateways(customer_id: int) -> Iterator[tuple[str, str, str]]:
    """Alias, kind and id of what gateways have of them, as their events name it."""
    for alias, identity in GatewayCustomer.objects.filter(customer=customer_id).values_list("gateway", "external_id"):
        yield alias, Kind.CUSTOMER, identity
    for invoice in GatewayInvoice.objects.filter(invoice__customer=customer_id):
        yield invoice.gateway, Kind.INVOICE, invoice.external_id
        yield from ((invoice.gateway, "payment", reference) for reference in invoice.references)
    tries = ChargeAttempt.objects.filter(customer=customer_id)
    for alias, key, reference in tries.values_list("gateway", "idempotency_key", "gateway_reference"):
        yield alias, Kind.TRY, key
        yield alias, "payment", reference


def _kept(customer_id: int) -> list[str]:
    kept = []
    if payments := Payment.objects.filter(customer=customer_id).count():
        kept.append(f"{payments} payment(s) and their refunds: the vouchers of the ledger")
    if lines := BankLine.objects.filter(customer=customer_id).count():
        kept.append(f"{lines} bank line(s) with the payer's name: tax law wants statements kept as the bank wrote them")
    if at_gateways := GatewayCustomer.objects.filter(customer=customer_id).count():
        kept.append(f"{at_gateways} number(s) at payment gateways, for refunds: erase the customer there, too")
    cards = PaymentMethod.objects.filter(customer=customer_id).exclude(token__startswith=GONE)
    if unasked := cards.exclude(gateway__in=settings.PAYMENT_GATEWAYS).count():
        kept.append(f"{unasked} card(s) at gateways that are not set up here any more: have them forgotten there")
    return kept
