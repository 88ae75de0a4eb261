"""Stripe Billing on the processor: people, cards and invoices made there as a company's own product makes them."""

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import stripe
from pytest_django import Settings

from payments.gateways.accounts import Accounts
from payments.gateways.stripe import StripeGateway
from tests.stripe_processor import StripeProcessor

BROKE = "pm_card_visa_chargeDeclinedInsufficientFunds"
PAYS = "pm_card_visa"


class Billing(NamedTuple):
    """What a SaaS does at Stripe."""

    processor: StripeProcessor
    gateway: StripeGateway

    @property
    def accounts(self) -> Accounts:
        return self.gateway.accounts()

    def customer(self, name: str = "Ada Lindgren", *, number: str = "", card: str = "", **facts: Any) -> str:
        """A customer with an address, and with `card` as the default that is charged."""
        email = f"{name.split()[0].lower()}@example.com"
        asked: Any = {
            "name": name,
            "email": email,
            "preferred_locales": ["de-DE"],
            "address": {"country": "DE"},
            **facts,
        }
        asked["metadata"] = {"desk_customer": number} if number else {}
        made = self.gateway.client.customers.create(asked).id
        if card:
            self.give_card(made, card)
        return made

    def give_card(self, customer: str, card: str) -> str:
        """The card is attached and the default from now on."""
        method = self.gateway.client.payment_methods.attach(card, {"customer": customer}).id
        asked: Any = {"invoice_settings": {"default_payment_method": method}}
        self.gateway.client.customers.update(customer, asked)
        return method

    def invoice(self, customer: str, amount: int = 12000, *, retries: bool = False, **facts: Any) -> str:
        """An open invoice over `amount` cents, not tried yet; `retries`: Stripe's engine may collect it."""
        invoices = self.gateway.client.invoices
        asked: Any = {"customer": customer, "currency": "eur", "auto_advance": retries, **facts}
        made = invoices.create(asked).id
        item: Any = {"customer": customer, "invoice": made, "amount": amount, "currency": "eur"}
        self.gateway.client.invoice_items.create(item)
        invoices.finalize_invoice(made)
        return made

    def try_now(self, invoice: str, **how: Any) -> bool:
        """Stripe tries the default card; whether the money came."""
        try:
            self.gateway.client.invoices.pay(invoice, how or {})
        except stripe.CardError:
            return False
        return True

    def assert_nothing_taken_twice(self) -> None:
        """No intent took money twice, and no invoice was paid more than it is over."""
        intents = [intent for intent, _ in self.processor.taken()]
        assert len(set(intents)) == len(intents)
        for invoice in self.gateway.client.invoices.list({"limit": 100}).auto_paging_iter():
            paid = self.gateway.client.invoice_payments.list({"invoice": invoice.id, "limit": 100})
            assert sum(one.amount_paid or 0 for one in paid.data) <= invoice.amount_paid <= invoice.amount_due

    def shown(self, invoice: str) -> Any:
        """The invoice as Stripe has it."""
        return self.gateway.client.invoices.retrieve(invoice, {"expand": ["payments"]}).to_dict()


def billing_on(processor: StripeProcessor, settings: Settings, *, retries: str = "ours") -> Billing:
    """The desk charges through this processor from now on."""
    entry = {"class": "payments.gateways.stripe.StripeGateway", "options": processor.options(), "retries": retries}
    settings.PAYMENT_GATEWAYS = {"stripe": entry}
    settings.PAYMENT_GATEWAY = "stripe"
    return Billing(processor, processor.gateway())


def soon(**delta: float) -> datetime:
    """The processor is a process with a clock of its own: what it does now lies before this."""
    return datetime.now(UTC) + timedelta(seconds=2) + timedelta(**delta)
