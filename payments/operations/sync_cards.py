"""The card or account that a gateway charges for its customers, kept here beside the one the customer chose here."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from payments.gateways.accounts import TheirCustomer
from payments.gateways.base import Card
from payments.models import PaymentMethod
from payments.rules.gateway_cards import Kept, Said, is_lost
from payments.rules.methods import fingerprint_of

DETAILS = ("brand", "last4", "expires_on", "kind", "fingerprint", "country")


@dataclass(frozen=True, slots=True)
class Changes:
    """What a batch does to the cards kept here."""

    lost: list[PaymentMethod] = field(default_factory=list)
    changed: list[PaymentMethod] = field(default_factory=list)
    new: list[PaymentMethod] = field(default_factory=list)


def take(alias: str, told: Sequence[TheirCustomer], ids: dict[str, int], *, now: datetime) -> set[str]:
    """Keep what the gateway charges and forget what was taken away there; the gateway's ids of whom that changed.

    What the customer chose here later stays, and what they took away here stays away. Call with the customers locked.
    `ids`: ours by the gateway's.
    """
    kept, taken_away, changes = _kept(ids), _taken_away(alias, ids), Changes()
    moved = set()
    for one in told:
        customer_id = ids[one.id]
        card = None if one.card and (customer_id, one.card.token) in taken_away else one.card
        if _take_one(alias, replace(one, card=card), customer_id, kept[customer_id], changes, now):
            moved.add(one.id)
    _store(changes, now)
    return moved


def _take_one(
    alias: str, one: TheirCustomer, customer_id: int, mine: list[PaymentMethod], changes: Changes, now: datetime
) -> bool:
    """Whether anything changed. `mine` are the customer's kept cards, the one to use first before the others."""
    lost = [method for method in mine if method.gateway == alias and is_lost(_as_kept(method), _said(one))]
    for method in lost:
        mine.remove(method)
    same = next((m for m in mine if one.card and (m.gateway, m.token) == (alias, one.card.token)), None)
    changed = [same] if same and one.card and _is_news(same, one.card) else []
    new = []
    if one.card and not same and not any(method.is_default for method in mine):
        new = [_method(alias, customer_id, one.card, one.card_since or now)]
        mine[:0] = new
    if mine and not any(method.is_default for method in mine):
        heir = same or mine[0]
        heir.is_default = True
        changed.append(heir)
    changes.lost.extend(lost)
    changes.changed.extend(changed)
    changes.new.extend(new)
    return bool(lost or changed or new)


def _kept(ids: dict[str, int]) -> dict[int, list[PaymentMethod]]:
    kept = defaultdict(list)
    rows = PaymentMethod.objects.filter(customer__in=ids.values(), removed_at=None)
    for method in rows.order_by("-is_default", "-pk"):
        kept[method.customer_id].append(method)
    return kept


def _as_kept(method: PaymentMethod) -> Kept:
    return Kept(method.token, method.stored_at, method.is_default, method.is_from_gateway)


def _said(one: TheirCustomer) -> Said:
    return Said(one.id, one.card.token if one.card else "", one.card_since, one.attached)


def _taken_away(alias: str, ids: dict[str, int]) -> set[tuple[int, str]]:
    """(customer, token) of what the customer removed: with it went their leave, which a card lost otherwise keeps."""
    removed = PaymentMethod.objects.filter(customer__in=ids.values(), gateway=alias, charge_agreed_at=None)
    return set(removed.exclude(removed_at=None).values_list("customer_id", "token"))


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


def _store(changes: Changes, now: datetime) -> None:
    """First what is lost: the customer's first card is one at any moment."""
    PaymentMethod.objects.filter(pk__in=[method.pk for method in changes.lost]).update(is_default=False, removed_at=now)
    changed = {method.pk: method for method in changes.changed if method.pk and method not in changes.lost}
    if changed:
        PaymentMethod.objects.bulk_update(changed.values(), [*DETAILS, "is_default"])
    PaymentMethod.objects.bulk_create(method for method in changes.new if method not in changes.lost)
