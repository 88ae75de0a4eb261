"""Checkout sessions: what happens when a person or a test browser enters a test card on their page."""

import secrets

from payments.processor import events, intents, pages, setups
from payments.processor.asking import Call, Refused, refuse_parameter
from payments.processor.books import Books, Shape
from payments.processor.people import customer, method

DAY = 86400
SUCCESS_NUMBER = "{CHECKOUT_SESSION_ID}"


def create(books: Books, call: Call) -> Shape:
    if call.text("mode") != "setup":
        refuse_parameter("mode", "Only setup is spoken here.")
    session = books.add("checkout.session", "cs_test", _shape(call, customer(books, call)))
    session["url"] = f"{call.address}/pay/{session['id']}"
    books.save(session)
    return session


def page(books: Books, call: Call, identity: str, note: str = "") -> str:
    return pages.to_enter(_session(books, call, identity), note)


def _session(books: Books, call: Call, identity: str) -> Shape:
    """The session, expired by now if its day is over."""
    session = books.get("checkout.session", identity)
    if session["status"] == "open" and call.now >= session["expires_at"]:
        session["status"] = "expired"
        books.save(session)
        events.record(books, call, "checkout.session.expired", session)
    return session


def finish(books: Books, call: Call, identity: str, token: str) -> str:
    """Keep the chosen test method; the address to go on to. Raises Refused when it is declined."""
    session = _session(books, call, identity)
    if session["status"] != "open":
        refuse_parameter("session", "This page is no longer open.")
    chosen = method(books, token, call, "payment_method")
    empty = Call(call.method, call.path, {}, call.now, call.address)
    setup = setups.begin(books, empty, session["customer"])
    session["setup_intent"] = setups.confirm_with(books, call, setup, chosen["id"])["id"]
    session["status"] = "complete"
    books.save(session)
    events.record(books, call, "checkout.session.completed", session)
    return str(session["success_url"] or f"{call.address}/done").replace(SUCCESS_NUMBER, session["id"])


def approval_page(books: Books, identity: str) -> str:
    return pages.to_approve(books.get("payment_intent", identity))


def approval(books: Books, call: Call, identity: str, *, says_yes: bool) -> str:
    """The address to go on to after the customer's answer to their bank; a second answer changes nothing."""
    intent = books.get("payment_intent", identity)
    back = intent.get("_way_back") or ((intent["next_action"] or {}).get("redirect_to_url") or {}).get("return_url")
    try:
        intents.approve(books, call, identity, says_yes=says_yes)
    except Refused as refused:
        if refused.status != 400:
            raise
    return str(back or f"{call.address}/done")


def _shape(call: Call, owner: str | None) -> Shape:
    return {
        "amount_subtotal": None,
        "amount_total": None,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "cancel_url": call.text("cancel_url") or None,
        "client_reference_id": call.text("client_reference_id") or None,
        "client_secret": None,
        "created": call.now,
        "currency": call.text("currency").lower() or None,
        "custom_fields": [],
        "custom_text": {},
        "customer": owner,
        "customer_email": None,
        "expires_at": call.now + DAY,
        "livemode": False,
        "locale": None,
        "metadata": call.tree("metadata"),
        "mode": "setup",
        "payment_intent": None,
        "payment_method_types": ["card", "sepa_debit"],
        "payment_status": "no_payment_required",
        "setup_intent": None,
        "shipping_options": [],
        "status": "open",
        "submit_type": None,
        "subscription": None,
        "success_url": call.text("success_url") or None,
        "ui_mode": "hosted_page",
        "url": f"session-{secrets.token_hex(4)}",
    }
