"""Customers of a gateway and the cards it charges: found here again by its own id, and made or changed."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from django.conf import settings
from django.db import transaction

from customers.models import Customer, Invoice
from customers.operations import news
from customers.operations.told import Taken, ToldCustomer, take_customers
from customers.rules.import_cell import Cell, Unreadable, visible
from customers.rules.import_places import read_country, read_language
from customers.rules.import_text import masked, read_email, read_phone, text_reader
from payments.gateways.accounts import Kind, TheirCustomer
from payments.models import GatewayCustomer
from payments.operations import sync_cards, sync_findings
from payments.operations.sync_findings import Finding, Tally


@transaction.atomic
def take(alias: str, told: Sequence[TheirCustomer], *, now: datetime) -> Tally:
    """Make or change the customers, in a fixed number of queries; a field that cannot be read is left out and listed.

    Who a customer is here: whom its id stood for before, else the customer with our number that the gateway carries,
    else a new one whose number is the gateway's id.
    """
    found: list[Finding] = []
    numbers = _numbers(alias, told, found)
    taken = take_customers([_readable(one, numbers[one.id], found) for one in told], now=now)
    ids = {one.id: taken.ids[numbers[one.id]] for one in told}
    moved = sync_cards.take(alias, told, ids, now=now)
    news.announce(ids[identity] for identity in moved)  # a card that may be charged is charged at once for what is due
    _link(alias, ids, now)
    sync_findings.note(alias, Kind.CUSTOMER, ids, found, now=now)
    return _tally(told, numbers, taken, moved)


def _numbers(alias: str, told: Sequence[TheirCustomer], found: list[Finding]) -> dict[str, str]:
    """Our number for each of the gateway's ids."""
    links = GatewayCustomer.objects.filter(gateway=alias, external_id__in=[one.id for one in told])
    linked = {link.external_id: link.customer for link in links.select_related("customer")}
    busy = _with_invoices([linked[one.id].pk for one in told if one.id in linked and one.number])
    return {one.id: _number(one, linked.get(one.id), busy, found) for one in told}


def _number(one: TheirCustomer, known: Customer | None, busy: set[int], found: list[Finding]) -> str:
    """A number that the gateway learnt late counts while the customer made in its place owes nothing."""
    if known is None or known.number == one.number or not one.number:
        return known.number if known else one.number or one.id
    if known.pk not in busy:
        return one.number
    remedy = f"Nothing was moved. Take the number out there, or settle the invoices of {known.number} first."
    problem = f"is given, but its invoices are {known.number}'s"
    found.append(Finding(one.id, "number", one.number, problem, remedy, is_refused=False))
    return known.number


def _with_invoices(ids: Sequence[int]) -> set[int]:
    return set(Invoice.objects.filter(customer__in=ids).values_list("customer_id", flat=True))


def _readable(one: TheirCustomer, number: str, found: list[Finding]) -> ToldCustomer:
    def read(field: str, cell: str, reader: Callable[[Cell], str]) -> str:
        try:
            return reader(cell) if cell else ""
        except Unreadable as refusal:
            value = visible(masked(cell))
            found.append(Finding(one.id, field, value, refusal.problem, refusal.remedy, is_refused=False))
            return ""

    return ToldCustomer(
        number=number,
        name=read("name", one.name, text_reader("customer_name")),
        email=read("email", one.email, read_email),
        phone=read("phone", one.phone, read_phone),
        language=read("language", one.language, partial(read_language, known=_languages())),
        country=read("country", one.country, read_country),
    )


def _link(alias: str, ids: dict[str, int], now: datetime) -> None:
    links = [GatewayCustomer(gateway=alias, external_id=id, customer_id=pk, seen_at=now) for id, pk in ids.items()]
    GatewayCustomer.objects.bulk_create(
        links, update_conflicts=True, unique_fields=["gateway", "external_id"], update_fields=["customer", "seen_at"]
    )


def _tally(told: Sequence[TheirCustomer], numbers: dict[str, str], taken: Taken, moved: set[str]) -> Tally:
    known = [one for one in told if numbers[one.id] not in taken.new]
    changed = sum(numbers[one.id] in taken.changed or one.id in moved for one in known)
    return Tally(len(told) - len(known), changed, len(known) - changed)


def _languages() -> frozenset[str]:
    return frozenset(code for code, _ in settings.LANGUAGES)
