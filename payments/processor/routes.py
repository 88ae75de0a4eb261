"""Which address of Stripe's API is answered by which function."""

import re
from collections.abc import Callable
from typing import NamedTuple

from payments.processor import charges, checkout, credit_notes, intents, invoices, people, setups
from payments.processor.asking import Call, Refused
from payments.processor.books import Books, Shape
from payments.processor.lists import page, search

Answer = Callable[[Books, Call], Shape]
OWNED = ("customer", "type")


class Route(NamedTuple):
    method: str
    path: re.Pattern[str]
    answer: Answer


def _route(method: str, path: str, answer: Answer) -> Route:
    return Route(method, re.compile("/v1/" + path.replace("<id>", "(?P<id>[^/]+)")), answer)


def _get(kind: str) -> Answer:
    return lambda books, call: books.get(kind, call.names["id"])


def _page(kind: str, *filters: str) -> Answer:
    return lambda books, call: page(books, call, kind, filters)


def _search(kind: str) -> Answer:
    return lambda books, call: search(books, call, kind)


ROUTES = (
    _route("POST", "customers", people.create_customer),
    _route("GET", "customers", _page("customer", "email")),
    _route("GET", "customers/search", _search("customer")),
    _route("GET", "customers/<id>", _get("customer")),
    _route("POST", "customers/<id>", people.update_customer),
    _route("GET", "customers/<id>/payment_methods", lambda b, c: page(b, _of_customer(c), "payment_method", OWNED)),
    _route("POST", "payment_methods", people.create_method),
    _route("GET", "payment_methods", _page("payment_method", *OWNED)),
    _route("GET", "payment_methods/<id>", people.retrieve_method),
    _route("POST", "payment_methods/<id>/attach", people.attach),
    _route("POST", "payment_methods/<id>/detach", people.detach),
    _route("POST", "setup_intents", setups.create),
    _route("GET", "setup_intents/<id>", _get("setup_intent")),
    _route("POST", "setup_intents/<id>/confirm", setups.confirm),
    _route("POST", "payment_intents", intents.create),
    _route("GET", "payment_intents", _page("payment_intent", "customer")),
    _route("GET", "payment_intents/search", _search("payment_intent")),
    _route("GET", "payment_intents/<id>", _get("payment_intent")),
    _route("POST", "payment_intents/<id>/confirm", intents.confirm),
    _route("POST", "payment_intents/<id>/cancel", intents.cancel),
    _route("POST", "checkout/sessions", checkout.create),
    _route("GET", "checkout/sessions/<id>", _get("checkout.session")),
    _route("GET", "charges", _page("charge", "customer", "payment_intent")),
    _route("GET", "charges/<id>", _get("charge")),
    _route("POST", "invoiceitems", invoices.add_item),
    _route("POST", "invoices", invoices.create),
    _route("GET", "invoices", _page("invoice", "customer", "status", "collection_method")),
    _route("GET", "invoices/<id>", _get("invoice")),
    _route("POST", "invoices/<id>", invoices.update),
    _route("POST", "invoices/<id>/finalize", invoices.finalize),
    _route("POST", "invoices/<id>/pay", invoices.pay),
    _route("POST", "invoices/<id>/attach_payment", invoices.attach_payment),
    _route("POST", "invoices/<id>/void", invoices.void),
    _route("POST", "invoices/<id>/mark_uncollectible", invoices.give_up),
    _route("GET", "invoice_payments", invoices.list_payments),
    _route("POST", "refunds", charges.refund),
    _route("GET", "refunds", _page("refund", "charge", "payment_intent")),
    _route("GET", "refunds/<id>", _get("refund")),
    _route("GET", "disputes", _page("dispute", "charge", "payment_intent")),
    _route("GET", "disputes/<id>", _get("dispute")),
    _route("POST", "credit_notes", credit_notes.create),
    _route("GET", "credit_notes", _page("credit_note", "invoice", "customer")),
    _route("GET", "credit_notes/<id>", _get("credit_note")),
    _route("GET", "events", _page("event", "type")),
    _route("GET", "events/<id>", _get("event")),
)


def find(method: str, path: str) -> tuple[Answer, dict[str, str]]:
    """The function for an address, and the names in it. Raises Refused with 404."""
    for route in ROUTES:
        if route.method == method and (match := route.path.fullmatch(path)):
            return route.answer, match.groupdict()
    raise Refused(404, type="invalid_request_error", message=f"Unrecognized request URL ({method}: {path}).")


def _of_customer(call: Call) -> Call:
    form = {**call.form, "customer": call.names["id"]}
    return Call(call.method, call.path, form, call.now, call.address, call.key, call.names)
