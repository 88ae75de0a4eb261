"""What we ask of Stripe: the parameters of its requests."""

from decimal import Decimal
from typing import Any

from payments.gateways.base import ChargeRequest, GatewayRefusal
from payments.gateways.stripe_webhook import OUR_KEY
from payments.rules.stripe_units import in_stripe_units

OUR_CUSTOMER = "desk_customer"  # where our number of the customer stands in the metadata of Stripe's objects


def charge_asked(request: ChargeRequest) -> dict[str, Any]:
    """The parameters of the charge; the same request always makes the same ones. Raises GatewayRefusal."""
    owner, _, method = request.card.rpartition("/")
    return {
        "amount": units_asked(request.amount, request.currency),
        "currency": request.currency.lower(),
        "payment_method": method,
        **({"customer": owner} if owner else {}),
        "confirm": True,
        **({} if request.attended else {"off_session": True}),
        **_way_back(request),
        "metadata": {OUR_KEY: request.key, OUR_CUSTOMER: request.customer},
        "expand": ["payment_method"],
    }


def _way_back(request: ChargeRequest) -> dict[str, Any]:
    """With a place to come back to, banks may ask on pages of their own; otherwise nobody is led anywhere."""
    leads = request.attended and bool(request.return_address)
    redirects = {"enabled": True, "allow_redirects": "always" if leads else "never"}
    return {"automatic_payment_methods": redirects, **({"return_url": request.return_address} if leads else {})}


def units_asked(amount: Decimal, currency: str) -> int:
    """The amount in Stripe's units. Raises GatewayRefusal for one that Stripe cannot take."""
    try:
        return in_stripe_units(amount, currency)
    except ValueError as error:
        raise GatewayRefusal(str(error), permanent=True) from error


def with_metadata(name: str, value: str) -> str:
    """The search for what carries this value, in Stripe's query language."""
    quoted = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"metadata['{name}']:'{quoted}'"
