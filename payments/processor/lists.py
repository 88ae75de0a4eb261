"""Lists, pages, searches and expansion: the same for every kind of object."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from payments.processor.asking import Call, refuse_parameter
from payments.processor.books import Books, Missing, Shape
from payments.processor.invoice_payments import of_invoice

LONGEST = 100
SHOWN = 10  # of a list inside an object
EXPANDABLE = {
    "customer": "customer",
    "default_payment_method": "payment_method",
    "payment_method": "payment_method",
    "latest_charge": "charge",
    "charge": "charge",
    "payment_intent": "payment_intent",
    "setup_intent": "setup_intent",
}
MOMENTS: dict[str, Callable[[int, int], bool]] = {
    "gt": lambda created, asked: created > asked,
    "gte": lambda created, asked: created >= asked,
    "lt": lambda created, asked: created < asked,
    "lte": lambda created, asked: created <= asked,
}
CLAUSE = re.compile(r"""metadata\[["']([^"']+)["']\]\s*:\s*["']([^"']*)["']|(customer)\s*:\s*["']([^"']*)["']""")


def page(books: Books, call: Call, kind: str, filters: Iterable[str] = ()) -> Shape:
    """One page of the newest objects; `filters` names the fields that the request may fix."""
    wanted = {name: call.text(name) for name in filters if name in call.form}
    kinds = call.listed("types")
    fitting = [
        body
        for body in books.newest_first(kind)
        if _in_time(call, body)
        and (not kinds or body.get("type") in kinds)
        and all(str(body.get(name)) == value for name, value in wanted.items())
    ]
    places = {body["id"]: place for place, body in enumerate(fitting)}
    limit = _limit(call)
    if "ending_before" in call.form:
        end = _place(places, call, "ending_before")
        start, has_more = max(0, end - limit), end > limit
    else:
        start = _place(places, call, "starting_after") + 1 if "starting_after" in call.form else 0
        end = start + limit
        has_more = end < len(fitting)
    return {"object": "list", "url": call.path, "has_more": has_more, "data": fitting[start:end]}


def search(books: Books, call: Call, kind: str) -> Shape:
    """By metadata or customer, clauses joined by AND: what of Stripe's query language is needed here."""
    clauses = CLAUSE.findall(call.text("query"))
    if not clauses:
        refuse_parameter("query", "The query is not understood.")
    found = [body for body in books.newest_first(kind) if all(_fits(body, clause) for clause in clauses)]
    return {
        "object": "search_result",
        "url": call.path,
        "has_more": len(found) > _limit(call),
        "next_page": None,
        "data": found[: _limit(call)],
    }


def expand(books: Books, call: Call, body: Shape) -> Shape:
    """Put whole objects where the request asked for them by `expand`."""
    for path in call.listed("expand"):
        if path.startswith("data."):
            for part in body.get("data", []):
                _expand(books, part, path.removeprefix("data.").split("."))
        else:
            _expand(books, body, path.split("."))
    return body


def _expand(books: Books, body: Shape, path: list[str]) -> None:
    name, *rest = path
    if name == "payments" and body["object"] == "invoice":
        body[name] = _payments_of(books, body["id"])
    value: Any = body.get(name)
    if isinstance(value, str) and name in EXPANDABLE:
        body[name] = value = books.get(EXPANDABLE[name], value)
    if rest and isinstance(value, dict):
        _expand(books, value, rest)


def _payments_of(books: Books, invoice: str) -> Shape:
    """The list that an invoice shows only when it is asked to: its newest ten."""
    found, address = of_invoice(books, invoice), f"/v1/invoice_payments?invoice={invoice}"
    return {"object": "list", "url": address, "has_more": len(found) > SHOWN, "data": found[:SHOWN]}


def _limit(call: Call) -> int:
    limit = call.whole("limit") if "limit" in call.form else 10
    return limit if 1 <= limit <= LONGEST else refuse_parameter("limit", "Limit must be from 1 to 100.")


def _place(places: dict[str, int], call: Call, name: str) -> int:
    try:
        return places[call.text(name)]
    except KeyError:
        raise Missing("object", call.text(name)) from None


def _in_time(call: Call, body: Shape) -> bool:
    asked = call.form.get("created")
    if asked is None:
        return True
    if isinstance(asked, str):
        return bool(body["created"] == call.whole("created"))
    return all(MOMENTS[name](body["created"], int(moment)) for name, moment in asked.items() if name in MOMENTS)


def _fits(body: Shape, clause: tuple[str, str, str, str]) -> bool:
    name, value, of_customer, customer = clause
    return body.get("customer") == customer if of_customer else body.get("metadata", {}).get(name) == value
