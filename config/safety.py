"""What may not be started: dangerous values, each refused with a sentence that says what to do instead."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from config.environment import is_public

SAMPLES = ("django-insecure", "changeme", "change-me", "change_me", "replace", "example", "secret-key", "secret_key")
NEW_KEY = 'make one with: python -c "import secrets; print(secrets.token_urlsafe(50))"'


def refuse_weak_key(name: str, key: str) -> None:
    """A signing key must exist, be long, and not come from a document."""
    if not key:
        raise ImproperlyConfigured(f"{name} is not set; {NEW_KEY}")
    if len(key) < 50 or len(set(key)) < 5:
        raise ImproperlyConfigured(f"{name} is too short to be safe (50 characters at least); {NEW_KEY}")
    if any(sample in key.lower() for sample in SAMPLES):
        raise ImproperlyConfigured(f"{name} looks like a sample out of a document; {NEW_KEY}")


def refuse_open_doors(*, debug: bool, allowed_hosts: Sequence[str], base_url: str) -> None:
    """Debug pages, any-host requests and plain http are for one's own machine only."""
    address = urlsplit(base_url)
    public = [host for host in [*allowed_hosts, address.hostname or ""] if host != "*" and is_public(host)]
    if debug and public:
        raise ImproperlyConfigured(
            f"DEBUG shows the inside of the program to strangers at {public[0]}; set DEBUG=false."
        )
    if "*" in allowed_hosts and not debug:
        raise ImproperlyConfigured("ALLOWED_HOSTS is * and lets anyone forge links; name your own hosts instead.")
    if address.scheme != "https" and is_public(address.hostname or ""):
        raise ImproperlyConfigured(
            f"BASE_URL sends customers to {address.hostname} without encryption; write https://{address.netloc}."
        )
    if not any(_matches(address.hostname or "", allowed) for allowed in allowed_hosts):
        raise ImproperlyConfigured(
            f"ALLOWED_HOSTS lacks {address.hostname}, the host of BASE_URL, so no customer's link would open; add it."
        )


def _matches(host: str, allowed: str) -> bool:
    allowed = allowed.strip("[]").lower()
    return allowed in ("*", host) or (allowed.startswith(".") and f".{host}".endswith(allowed))


def refuse_unclear_mail(*, email_url: str, email_backend: str, sender: str) -> None:
    """One way for mail to leave, and a sender who can be answered."""
    if email_url and email_backend:
        raise ImproperlyConfigured("EMAIL_URL and EMAIL_BACKEND are both set; keep the one that mail shall leave by.")
    leaves = email_url or email_backend.startswith("anymail.")
    if leaves and not sender:
        raise ImproperlyConfigured(
            "Mail would leave with a sample sender; set DEFAULT_FROM_EMAIL, for example Billing <billing@your-host>."
        )


def refuse_unclear_stripe(*, secret_key: str, webhook_secrets: Sequence[str], base_address: str, debug: bool) -> None:
    """The server's key, never the page's; what signs deliveries beside it; no real money in a trial."""
    if not secret_key:
        if webhook_secrets:
            raise ImproperlyConfigured("STRIPE_WEBHOOK_SECRETS is set without STRIPE_SECRET_KEY; set both or neither.")
        return
    if base_address and not (base_address.startswith("http://127.0.0.1:") and "_test_" in secret_key):
        raise ImproperlyConfigured(
            "STRIPE_ADDRESS is for the local processor and a test key only; write http://127.0.0.1:port, or nothing."
        )
    if not secret_key.startswith(("sk_test_", "sk_live_", "rk_test_", "rk_live_")):
        raise ImproperlyConfigured("STRIPE_SECRET_KEY is no secret key; write one that begins with sk_ or rk_.")
    if not webhook_secrets or not all(secret.startswith("whsec_") for secret in webhook_secrets):
        raise ImproperlyConfigured(
            "STRIPE_WEBHOOK_SECRETS must hold what signs Stripe's deliveries; write the endpoint's secret, whsec_…"
        )
    if debug and "_live_" in secret_key:
        raise ImproperlyConfigured("STRIPE_SECRET_KEY moves real money while DEBUG is on; write a test key.")


def refuse_unclear_twilio(*, account_sid: str, auth_token: str, sender: str) -> None:
    """An account, its token and a sender: all three or none."""
    told = {"TWILIO_ACCOUNT_SID": account_sid, "TWILIO_AUTH_TOKEN": auth_token, "TWILIO_SENDER": sender}
    missing = [name for name, value in told.items() if not value]
    if len(missing) == len(told):
        return
    if missing:
        raise ImproperlyConfigured(f"{missing[0]} is not set; text messages need {', '.join(told)}, or none of them.")
    if not re.fullmatch(r"AC[0-9a-f]{32}", account_sid):
        raise ImproperlyConfigured(
            "TWILIO_ACCOUNT_SID is no account; write AC and 32 characters, from Twilio's console."
        )
    if not re.fullmatch(r"\+[1-9][0-9]{6,14}|MG[0-9a-f]{32}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}", sender):
        raise ImproperlyConfigured(
            f"TWILIO_SENDER is {sender!r}; write a number such as +4915123456789, a messaging service (MG…) or a name "
            "of up to 11 letters."
        )


def refuse_short_secret(name: str, secret: str) -> None:
    """One that nobody guesses, or none."""
    if secret and len(secret) < 32:
        raise ImproperlyConfigured(f"{name} must be 32 characters or more; {NEW_KEY}")


def refuse_unclear_in_app(*, secret: str, origins: Sequence[str]) -> None:
    """A secret that nobody guesses, and the places whose pages may ask; both or none."""
    if not secret and not origins:
        return
    refuse_short_secret("IN_APP_SECRET", secret or " ")
    if not origins:
        raise ImproperlyConfigured(
            "IN_APP_ORIGINS is not set; write where your app is, such as https://app.example.com."
        )
    for origin in origins:
        parts = urlsplit(origin)
        is_here = parts.hostname in ("localhost", "127.0.0.1", "::1")
        if f"{parts.scheme}://{parts.netloc}" != origin or not (parts.scheme == "https" or is_here):
            raise ImproperlyConfigured(f"IN_APP_ORIGINS holds {origin!r}; write https:// and a host, and no path.")


def refuse_unclear_webhook(name: str, *, url: str, secret: str, debug: bool) -> None:
    """Told over https to a host that is meant, and signed; this machine itself may listen by plain http."""
    if not url:
        if secret:
            raise ImproperlyConfigured(f"{name}_SECRET is set without {name}_URL; set both or neither.")
        return
    try:
        address = urlsplit(url)
        host = address.hostname if address.scheme in ("http", "https") and address.port != 0 else None
    except ValueError:
        host = None
    if not host or address.username or address.fragment:
        raise ImproperlyConfigured(
            f"{name}_URL cannot be read; write an address such as https://app.example.com/hooks/dunning."
        )
    is_here = host in ("localhost", "127.0.0.1", "::1")
    if not is_here and address.scheme != "https":
        raise ImproperlyConfigured(f"{name}_URL sends customers' data to {host} openly; write https://.")
    if not (is_here or debug or is_public(host)):
        raise ImproperlyConfigured(
            f"{name}_URL leads into a private network ({host}); write a public host name, or localhost."
        )
    if len(secret) < 32:
        raise ImproperlyConfigured(f"{name}_SECRET must be 32 characters or more; {NEW_KEY}")


def refuse_unclear_retries(gateways: Mapping[str, Mapping[str, Any]]) -> None:
    """Two engines must never try one invoice: for each gateway it is said who does."""
    for alias, entry in gateways.items():
        if entry.get("retries", "ours") not in ("ours", "gateway"):
            raise ImproperlyConfigured(
                f"Who tries invoices of {alias} again is {entry['retries']!r}; write ours or gateway (STRIPE_RETRIES)."
            )


def refuse_unknown_gateway(chosen: str, gateways: Iterable[str]) -> None:
    """Found at the start, not at the first payment."""
    if chosen not in gateways:
        raise ImproperlyConfigured(
            f"PAYMENT_GATEWAY is {chosen!r}; write one of {', '.join(gateways)} (stripe needs STRIPE_SECRET_KEY)."
        )
