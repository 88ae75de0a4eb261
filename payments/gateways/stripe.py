"""Stripe, through its own library. A charge is one payment intent, named by our key in its metadata.

No card number comes here: cards are set up on Stripe's pages and charged by token.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import ROUND_DOWN, Decimal
from typing import Any

import stripe

from customers.rules.money import minor_units
from payments.gateways import stripe_webhook
from payments.gateways.accounts import Accounts
from payments.gateways.base import (
    Card,
    ChargeRequest,
    ChargeResult,
    ChargeState,
    Gateway,
    GatewayRefusal,
    HostedPage,
    WebhookEvent,
    WentBack,
)
from payments.gateways.stripe_accounts import StripeAccounts
from payments.gateways.stripe_answers import (
    Answer,
    Unsettled,
    card_of,
    error_in,
    given_back,
    has_left,
    refusal_or_doubt,
    refusals,
    result_of,
    taken_back,
    was_taken_back,
)
from payments.gateways.stripe_events import EVENTS, event_of
from payments.gateways.stripe_requests import OUR_CUSTOMER, charge_asked, units_asked, with_metadata
from payments.gateways.stripe_webhook import OUR_KEY

API_VERSION = "2026-10-28.endive"  # what the answers here were read against; the account's own default may change
CONNECT_SECONDS, ANSWER_SECONDS = 5, 25
SEARCH_LAGS = 2 * 86400  # seconds; Stripe says a minute, and an hour or more in an outage
MOST_TYPES = 20  # of events that Stripe lets one list be narrowed to
PAGE_ORIGINS = ("https://checkout.stripe.com", "https://hooks.stripe.com")
PAUSES = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2)  # seconds, while another call charges under the same key


class StripeGateway(Gateway):
    """Options: the secret key; the secrets that may sign webhooks, several while one is being replaced.

    `account` is the connected account that is meant, "" for the key's own. `base_address` is where the local processor
    answers in Stripe's place, in tests and the demo.
    """

    has_set_up_page = True

    def __init__(
        self, secret_key: str, webhook_secrets: Sequence[str], account: str = "", base_address: str = ""
    ) -> None:
        self.webhook_secrets, self.account = tuple(webhook_secrets), account
        self.livemode = "_live_" in secret_key
        self.page_origins = (base_address,) if base_address else PAGE_ORIGINS
        self.client = stripe.StripeClient(
            secret_key,
            stripe_account=account or None,
            stripe_version=API_VERSION,
            base_addresses={"api": base_address} if base_address else None,
            # The library would repeat lost requests by itself; whether a charge is repeated is decided above.
            max_network_retries=0,
            http_client=stripe.RequestsClient(timeout=(CONNECT_SECONDS, ANSWER_SECONDS)),
        ).v1

    def charge(self, request: ChargeRequest) -> ChargeResult:
        asked = charge_asked(request)
        try:
            return result_of(self._create(asked, request.key))
        except stripe.IdempotencyError as error:
            return self._first_answer(request.key, error)
        except stripe.CardError as error:
            return result_of(_intent_in(error))
        except stripe.StripeError as error:
            if error.http_status == 409:
                return self._answer_of_the_other_call(request.key)
            raise refusal_or_doubt(error) from error

    def look_up(self, key: str) -> ChargeResult | None:
        intent = self._find(key)
        if intent is None:
            return None
        if _is_untouched(intent):  # `cancel` was cut short between using up the key and cancelling
            intent = self._cancelled(intent["id"])
        if intent["status"] == "requires_confirmation":  # Stripe failed half-way: nothing moves unless somebody asks
            return ChargeResult(ChargeState.REQUIRES_ACTION, intent["id"])
        return result_of(intent)

    def cancel(self, key: str) -> ChargeResult:
        """Cancel the intent; a key that Stripe never saw is used up, so that a charge still on its way finds it taken.

        Stripe keeps keys for at least 24 hours, and a charge is given up after 30 seconds. A debit that is with the
        banks cannot be called off: GatewayRefusal.
        """
        intent = self._find(key) or self._use_up(key)
        if intent["status"] in ("requires_action", "requires_confirmation") or _is_untouched(intent):
            intent = self._cancelled(intent["id"])
        result = result_of(intent)
        if result.state is ChargeState.PENDING:
            raise GatewayRefusal("The banks are moving this money; its end comes in days.", permanent=False)
        return result

    def read_webhook(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> WebhookEvent:
        """Its moment must be within five minutes of `now`, its body at most 1 MB."""
        told = stripe_webhook.read(
            body, headers, self.webhook_secrets, livemode=self.livemode, account=self.account, now=now
        )
        return event_of(told)

    def events_since(self, since: datetime, until: datetime | None = None) -> Iterator[WebhookEvent]:
        """Stripe lists the events of the last thirty days, those of up to twenty types at a time."""
        created = {"gte": int(since.timestamp()), **({"lt": int(until.timestamp())} if until else {})}
        for start in range(0, len(EVENTS), MOST_TYPES):
            types = EVENTS[start : start + MOST_TYPES]
            asked: Any = {"created": created, "types": types, "limit": 100}
            for event in self.client.events.list(asked).auto_paging_iter():
                yield event_of(event.to_dict())

    def key_of(self, reference: str) -> str:
        try:
            return str(self._retrieved(reference)["metadata"].get(OUR_KEY, ""))
        except stripe.InvalidRequestError:
            return ""

    def went_back(self, reference: str) -> list[WentBack]:
        """Refunds that have an end, and disputes for which the bank took the money (not mere inquiries)."""
        intent = self._retrieved(reference)
        asked: Any = {"payment_intent": intent["id"], "limit": 100}
        refunds = [refund.to_dict() for refund in self.client.refunds.list(asked).auto_paging_iter()]
        disputes = [dispute.to_dict() for dispute in self.client.disputes.list(asked).auto_paging_iter()]
        return [given_back(refund) for refund in refunds if has_left(refund)] + [
            taken_back(dispute, intent) for dispute in disputes if was_taken_back(dispute)
        ]

    def refund(self, key: str, amount: Decimal, *, refund_key: str) -> str:
        intent = self._find(key)
        if intent is None:
            raise GatewayRefusal("Stripe knows no charge under this key.", permanent=True)
        asked: Any = {"payment_intent": intent["id"], "amount": units_asked(amount, intent["currency"].upper())}
        with refusals():
            return self.client.refunds.create(asked, {"idempotency_key": refund_key}).id

    def set_up_page(self, customer: str, currency: str, return_address: str) -> HostedPage:
        asked: Any = {
            "mode": "setup",
            "customer": self._customer(customer),
            "currency": currency.lower(),
            "success_url": return_address,
            "cancel_url": return_address,
            "metadata": {OUR_CUSTOMER: customer},
        }
        with refusals():
            session = self.client.checkout.sessions.create(asked)
        return HostedPage(str(session.url), session.id)

    def card_set_up(self, reference: str, customer: str) -> Card | None:
        with refusals():
            session = self.client.checkout.sessions.retrieve(
                reference, {"expand": ["setup_intent.payment_method"]}
            ).to_dict()
        if session["metadata"].get(OUR_CUSTOMER) != customer:
            raise GatewayRefusal("This page is not this customer's.", permanent=True)
        setup = session["setup_intent"] or {}
        return card_of(setup["payment_method"]) if setup.get("status") == "succeeded" else None

    def accounts(self) -> Accounts:
        return StripeAccounts(self.client)

    def most_of(self, amount: Decimal, currency: str) -> Decimal:
        """Currencies with three decimals are taken in tens of their smallest unit."""
        return amount.quantize(Decimal("0.01"), ROUND_DOWN) if minor_units(currency) == 3 else amount

    def forget(self, card: str) -> None:
        """Detach the method from its customer; one that nobody has any more, or Stripe never knew, is forgotten."""
        method = card.rpartition("/")[2]
        try:
            if self.client.payment_methods.retrieve(method).customer:
                self.client.payment_methods.detach(method)
        except stripe.StripeError as error:
            if error_in(error).get("code") != "resource_missing":
                raise refusal_or_doubt(error) from error

    def _customer(self, number: str) -> str:
        """Stripe's customer for our number, made once; a second one, made while the search lags, does no harm."""
        with refusals():
            page = self.client.customers.search({"query": with_metadata(OUR_CUSTOMER, number), "limit": 1})
            if page.data:
                return page.data[0].id
            asked: Any = {"metadata": {OUR_CUSTOMER: number}}
            return self.client.customers.create(asked, {"idempotency_key": f"customer-{number}"}).id

    def _create(self, asked: Any, key: str) -> Answer:
        return self.client.payment_intents.create(asked, {"idempotency_key": key}).to_dict()

    def _find(self, key: str) -> Answer | None:
        """The intent that carries our key, None when Stripe surely has none.

        Only the key is known here, so the idempotent request cannot be repeated and no customer's list be read. The
        search knows every intent but lags, so what it does not know is looked for among the intents of the last two
        days: lists do not lag. Their count is what the account takes in two days, read only when a charge was lost.
        """
        found = self._searched(key) or self._listed(key)
        return self._retrieved(found) if found else None

    def _searched(self, key: str) -> str | None:
        page = self.client.payment_intents.search({"query": with_metadata(OUR_KEY, key), "limit": 1})
        return page.data[0].id if page.data else None

    def _listed(self, key: str) -> str | None:
        newest = 0
        for intent in self.client.payment_intents.list({"limit": 100}).auto_paging_iter():
            newest = newest or intent.created
            if intent.created < newest - SEARCH_LAGS:
                return None
            if intent.to_dict()["metadata"].get(OUR_KEY) == key:
                return intent.id
        return None

    def _retrieved(self, identity: str) -> Answer:
        return self.client.payment_intents.retrieve(identity, {"expand": ["payment_method"]}).to_dict()

    def _first_answer(self, key: str, error: stripe.IdempotencyError) -> ChargeResult:
        """The key was used for something else before: for its cancelling, or for another charge."""
        earlier = self.look_up(key)
        if earlier is None:
            raise error
        if earlier.state is ChargeState.CANCELLED:
            return earlier
        raise GatewayRefusal("This key was used for another amount, currency or card before.", permanent=True)

    def _answer_of_the_other_call(self, key: str) -> ChargeResult:
        """Another call is charging under this key right now: what it gets is the answer here too."""
        for pause in PAUSES:
            time.sleep(pause)
            try:
                if intent := self._find(key):
                    return result_of(intent)
            except Unsettled:
                continue
        raise TimeoutError("Another call under this key has no answer yet.")

    def _use_up(self, key: str) -> Answer:
        """An intent under `key` that takes nothing. Raises IdempotencyError when a charge came first after all."""
        return self._create(
            {
                "amount": 100,
                "currency": "usd",
                "metadata": {OUR_KEY: key},
                "description": "Never charged",
                "expand": ["payment_method"],
            },
            key,
        )

    def _cancelled(self, identity: str) -> Answer:
        """The intent after cancelling it, or as it is when it ended before."""
        try:
            return self.client.payment_intents.cancel(identity, {"expand": ["payment_method"]}).to_dict()
        except stripe.InvalidRequestError as error:
            if error_in(error).get("code") != "payment_intent_unexpected_state":
                raise
            return self._retrieved(identity)


def _intent_in(error: stripe.CardError) -> Answer:
    """The intent that was declined. Raises the error itself when it names none: then nobody knows."""
    intent = error_in(error).get("payment_intent")
    if not isinstance(intent, dict):
        raise error
    return intent


def _is_untouched(intent: Answer) -> bool:
    return intent["status"] == "requires_payment_method" and not intent["last_payment_error"]
