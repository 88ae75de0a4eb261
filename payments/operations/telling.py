"""Noting that a gateway is to be told of money that came here for its invoices."""

from collections.abc import Collection
from datetime import datetime

from payments.models import GatewayInvoice


def look_at_soon(invoice_ids: Collection[int], *, now: datetime) -> None:
    """Ring the clock of those that are a gateway's. Call in the transaction that records the money."""
    mine = GatewayInvoice.objects.filter(invoice__in=invoice_ids)
    mine.filter(state__in=[GatewayInvoice.State.OPEN, GatewayInvoice.State.UNCOLLECTIBLE]).update(look_at=now, looks=0)
