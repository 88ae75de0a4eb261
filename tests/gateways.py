"""Gateways that fail the way networks do, around the real sandbox and its journal."""

import hmac
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from pytest_django import Settings

from payments.gateways.base import ChargeRequest, ChargeResult, WebhookEvent, WebhookRefusal, WentBack
from payments.gateways.sandbox import SandboxGateway
from payments.gateways.stripe import StripeGateway


class LosesTheAnswer(SandboxGateway):
    """The charge goes through, the answer to it does not come back."""

    def charge(self, request: ChargeRequest) -> ChargeResult:
        super().charge(request)
        raise TimeoutError("no answer within 30 s")


class LosesTheQuestion(SandboxGateway):
    """The charge never arrives, and nobody can tell."""

    def charge(self, request: ChargeRequest) -> ChargeResult:
        raise TimeoutError("no answer within 30 s")


class IsDown(SandboxGateway):
    """Nothing arrives and nothing comes back."""

    def charge(self, request: ChargeRequest) -> ChargeResult:
        raise ConnectionResetError

    def look_up(self, key: str) -> ChargeResult | None:
        raise ConnectionResetError

    def cancel(self, key: str) -> ChargeResult:
        raise ConnectionResetError

    def confirm(self, key: str) -> ChargeResult:
        raise ConnectionResetError

    def events_since(self, since: datetime, until: datetime | None = None) -> list[WebhookEvent]:
        raise ConnectionResetError


class ForgetsNothing(SandboxGateway):
    """Cards stay kept there: nobody answers who is asked to forget one."""

    def forget(self, card: str) -> None:
        raise ConnectionResetError


class RepeatsItself(SandboxGateway):
    """Takes the money, and gives one and the same reference to all of it."""

    def charge(self, request: ChargeRequest) -> ChargeResult:
        return replace(super().charge(request), reference="the-same")


class Tells(SandboxGateway):
    """A sandbox that signs its events, and lists those it is told to have had."""

    SECRET = b"whsec_of_the_tests"
    listed: ClassVar[list[WebhookEvent]] = []
    back: ClassVar[list[WentBack]] = []

    def read_webhook(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> WebhookEvent:
        said = headers.get("signature", "")
        if not hmac.compare_digest(said, hmac.new(self.SECRET, body, "sha256").hexdigest()):
            raise WebhookRefusal("The signature is wrong.")
        told = json.loads(body)
        return WebhookEvent(told["id"], told["kind"], datetime.fromisoformat(told["at"]), told["key"])

    def events_since(self, since: datetime, until: datetime | None = None) -> list[WebhookEvent]:
        return [
            event for event in self.listed if since <= event.happened_at and not (until and event.happened_at >= until)
        ]

    def went_back(self, reference: str) -> list[WentBack]:
        return self.back

    @classmethod
    def delivery(cls, event: WebhookEvent) -> tuple[bytes, dict[str, str]]:
        """Body and headers of a genuine delivery."""
        told = {"id": event.id, "kind": event.kind, "at": event.happened_at.isoformat(), "key": event.key}
        body = json.dumps(told).encode()
        return body, {"signature": hmac.new(cls.SECRET, body, "sha256").hexdigest()}


class LosesTheEndOfTheList(Tells):
    """What happened last cannot be listed."""

    def events_since(self, since: datetime, until: datetime | None = None) -> list[WebhookEvent]:
        if until is None:
            raise ConnectionResetError
        return super().events_since(since, until)


class PagesElsewhere(StripeGateway):
    """Stripe with pages at an address of the company's own, to which our forms may not lead."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.page_origins = ()


def use_gateway(settings: Settings, kind: type[SandboxGateway], journal: Path) -> SandboxGateway:
    """Charge through a gateway of this kind from now on."""
    dotted_path = f"{kind.__module__}.{kind.__qualname__}"
    settings.PAYMENT_GATEWAYS = {"sandbox": {"class": dotted_path, "options": {"journal": journal}}}
    return kind(journal)
