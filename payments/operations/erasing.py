"""Making a customer nobody in the tables of this app. In the caller's transaction, which holds the customer's lock.

Payments, refunds and bank lines stay: they are the vouchers behind the ledger.
"""

from payments.models import BankLine, CardPage, ChargeAttempt, GatewayCustomer, GatewayEvent, Payment, PaymentMethod


def erase_payments(customer_id: int) -> tuple[list[str], list[str]]:
    """Returns what was erased and what was kept and why. The gateways were told before to forget the cards."""
    cards = PaymentMethod.objects.filter(customer=customer_id)
    for card in cards:
        PaymentMethod.objects.filter(pk=card.pk).update(token=f"erased-{card.pk}", brand="", last4="", fingerprint="")
    tries = ChargeAttempt.objects.filter(customer=customer_id)
    GatewayEvent.objects.filter(key__in=tries.values("idempotency_key")).update(body=b"")
    at_gateways = list(GatewayCustomer.objects.filter(customer=customer_id).values_list("gateway", "external_id"))
    for gateway, external_id in at_gateways:
        GatewayEvent.objects.filter(gateway=gateway, about=external_id).update(body=b"")
    tries.update(card_brand="", card_fingerprint="")
    CardPage.objects.filter(customer=customer_id).delete()
    gone = [f"{len(cards)} stored card(s), and what gateways told of them"]
    return gone, _kept(customer_id, len(at_gateways))


def _kept(customer_id: int, at_gateways: int) -> list[str]:
    kept = []
    if payments := Payment.objects.filter(customer=customer_id).count():
        kept.append(f"{payments} payment(s) and their refunds: the vouchers of the ledger")
    if lines := BankLine.objects.filter(customer=customer_id).count():
        kept.append(f"{lines} bank line(s) with the payer's name: tax law wants statements kept as the bank wrote them")
    if at_gateways:
        kept.append(f"{at_gateways} number(s) at payment gateways, for refunds: erase the customer there, too")
    return kept
