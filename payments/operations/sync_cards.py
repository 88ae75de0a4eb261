"""The card or account that a gateway charges for its customers, kept here beside the one the customer chose here."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from payments.gateways.accounts import TheirCustomer
from payments.gateways.base import Card
from payments.models import PaymentMethod
from payments.rules.methods import fingerprint_of

DETAILS = ("brand", "last4", "expires_on", "kind", "fingerprint", "country")


def take(alias: str, told: Sequence[TheirCustomer], ids: dict[str, int], *, now: datetime) -> set[str]:
    """Keep what the gateway charges and forget what was taken away there; the gateway's ids of whom that changed.

    What the customer chose here later stays, and what they took away here stays away. Call with the customers locked.
    `ids`: ours by the gateway's.
    """
    taken_away = _taken_away(alias, ids)
    told = [
        replace(one, card=None) if one.card and (ids[one.id], one.card.token) in taken_away else one for one in told
    ]
    kept = {
        method.customer_id: method
        for method in PaymentMethod.objects.filter(customer__in=ids.values(), removed_at=None, is_default=True)
    }
    removed, changed, new = [], [], []
    moved: set[str] = set()
    for one in told:
        method = kept.get(ids[one.id])
        if method and (_is_gone(method, alias, one) or _is_replaced(method, alias, one)):
            removed.append(method.pk)
        elif method:
            is_same = one.card and (method.gateway, method.token) == (alias, one.card.token)
            if one.card and is_same and _is_news(method, one.card):
                changed.append(method)
                moved.add(one.id)
            continue
        if one.card:
            kept[ids[one.id]] = fresh = _method(alias, ids[one.id], one.card, one.card_since or now)
            new.append(fresh)
        if method or one.card:
            moved.add(one.id)
    _store(removed, changed, new, now)
    return moved


def _taken_away(alias: str, ids: dict[str, int]) -> set[tuple[int, str]]:
    """(customer, token) of what the customer removed: with it went their leave, which a card lost otherwise keeps."""
    removed = PaymentMethod.objects.filter(customer__in=ids.values(), gateway=alias, charge_agreed_at=None)
    return set(removed.exclude(removed_at=None).values_list("customer_id", "token"))


def _is_gone(method: PaymentMethod, alias: str, one: TheirCustomer) -> bool:
    """It was kept under this very customer of the gateway, and is not there any more."""
    asked = one.attached is not None and method.gateway == alias and method.token.startswith(f"{one.id}/")
    return asked and method.token not in (one.attached or ())


def _is_replaced(method: PaymentMethod, alias: str, one: TheirCustomer) -> bool:
    """The gateway charges another one: its word counts, unless the customer chose this one here later."""
    if one.card is None or method.gateway != alias or method.token == one.card.token or one.card_since is None:
        return False
    return method.is_from_gateway or method.stored_at <= one.card_since


def _is_news(method: PaymentMethod, card: Card) -> bool:
    """Write what the gateway says of the same card onto it; whether that changed anything."""
    details = _details(card, method.gateway)
    changed = {name: value for name, value in details.items() if getattr(method, name) != value}
    for name, value in changed.items():
        setattr(method, name, value)
    return bool(changed)


def _details(card: Card, alias: str) -> dict[str, Any]:
    told = {name: getattr(card, name) for name in ("brand", "last4", "expires_on", "kind", "country")}
    return {**told, "fingerprint": fingerprint_of(card.token, card.fingerprint, gateway=alias)}


def _method(alias: str, customer_id: int, card: Card, since: datetime) -> PaymentMethod:
    """What the gateway charges by itself was agreed with its owner when it was set so there."""
    return PaymentMethod(
        customer_id=customer_id,
        gateway=alias,
        token=card.token,
        stored_at=since,
        charge_agreed_at=since,
        is_from_gateway=True,
        **_details(card, alias),
    )


def _store(
    removed: Sequence[int], changed: Sequence[PaymentMethod], new: Iterable[PaymentMethod], now: datetime
) -> None:
    PaymentMethod.objects.filter(pk__in=removed).update(is_default=False, removed_at=now)
    if changed:
        PaymentMethod.objects.bulk_update(changed, DETAILS)
    PaymentMethod.objects.bulk_create(new)
