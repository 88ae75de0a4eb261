"""Checkout sessions: what happens when a person or a test browser "pays" on their page with a test card."""

import secrets

from payments.processor import events, intents, pages, setups
from payments.processor.asking import Call, Refused, refuse_parameter
from payments.processor.books import Books, Shape
from payments.processor.people import customer, give, method

DAY = 86400
SUCCESS_NUMBER = "{CHECKOUT_SESSION_ID}"


def create(books: Books, call: Call) -> Shape:
    mode = call.text("mode")
    if mode not in ("payment", "setup"):
        refuse_parameter("mode", "Only payment and setup are spoken here.")
    if mode == "payment" and not call.tree("line_items"):
        refuse_parameter("line_items", "In payment mode line_items are needed.")
    session = books.add("checkout.session", "cs_test", _shape(call, mode, customer(books, call)))
    session["url"] = f"{call.address}/pay/{session['id']}"
    session["_asked"] = {name: call.tree(name) for name in ("payment_intent_data", "setup_intent_data")}
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
    """Pay or keep with the chosen test method; the address to go on to. Raises Refused when it is declined."""
    session = _session(books, call, identity)
    if session["status"] != "open":
        refuse_parameter("session", "This page is no longer open.")
    paying = method(books, token, call, "payment_method")
    if session["mode"] == "payment":
        _pay(books, call, session, paying)
    else:
        asked = session["_asked"]["setup_intent_data"].get("metadata", {})
        setup = setups.begin(books, _with(call, metadata=asked), session["customer"])
        session["setup_intent"] = setups.confirm_with(books, call, setup, paying["id"])["id"]
    session["status"] = "complete"
    books.save(session)
    events.record(books, call, "checkout.session.completed", session)
    return str(session["success_url"] or f"{call.address}/done").replace(SUCCESS_NUMBER, session["id"])


def _pay(books: Books, call: Call, session: Shape, paying: Shape) -> None:
    asked = session["_asked"]["payment_intent_data"]
    if asked.get("setup_future_usage") and session["customer"]:
        give(books, call, paying, session["customer"])
    form = {**asked, "payment_method": paying["id"]}
    intent = intents.begin(
        books, _with(call, **form), session["amount_total"], session["currency"], session["customer"]
    )
    session["payment_intent"] = intent["id"]
    books.save(session)
    intent = intents.go(books, call, intent)
    if intent["status"] == "requires_action":  # the page plays the customer's bank too
        intent = intents.approve(books, call, intent["id"], says_yes=True)
    session["payment_status"] = "paid" if intent["status"] == "succeeded" else "unpaid"


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


def _with(call: Call, **form: object) -> Call:
    return Call(call.method, call.path, dict(form), call.now, call.address)


def _shape(call: Call, mode: str, owner: str | None) -> Shape:
    lines = list(call.tree("line_items").values())
    total = sum(int(line["price_data"]["unit_amount"]) * int(line.get("quantity", 1)) for line in lines)
    currency = lines[0]["price_data"]["currency"] if lines else call.text("currency") or None
    return {
        "amount_subtotal": total or None,
        "amount_total": total or None,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "cancel_url": call.text("cancel_url") or None,
        "client_reference_id": call.text("client_reference_id") or None,
        "client_secret": None,
        "created": call.now,
        "currency": currency and currency.lower(),
        "custom_fields": [],
        "custom_text": {},
        "customer": owner,
        "customer_email": None,
        "expires_at": call.now + DAY,
        "livemode": False,
        "locale": None,
        "metadata": call.tree("metadata"),
        "mode": mode,
        "payment_intent": None,
        "payment_method_types": ["card", "sepa_debit"],
        "payment_status": "unpaid" if mode == "payment" else "no_payment_required",
        "setup_intent": None,
        "shipping_options": [],
        "status": "open",
        "submit_type": None,
        "subscription": None,
        "success_url": call.text("success_url") or None,
        "ui_mode": "hosted_page",
        "url": f"session-{secrets.token_hex(4)}",
    }
