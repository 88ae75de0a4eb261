"""Gateways that fail the way networks do, around the real sandbox and its journal."""

from dataclasses import replace
from pathlib import Path

from pytest_django import Settings

from payments.gateways.base import ChargeRequest, ChargeResult
from payments.gateways.sandbox import SandboxGateway


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


class RepeatsItself(SandboxGateway):
    """Takes the money, and gives one and the same reference to all of it."""

    def charge(self, request: ChargeRequest) -> ChargeResult:
        return replace(super().charge(request), reference="the-same")


def use_gateway(settings: Settings, kind: type[SandboxGateway], journal: Path) -> SandboxGateway:
    """Charge through a gateway of this kind from now on."""
    dotted_path = f"{kind.__module__}.{kind.__qualname__}"
    settings.PAYMENT_GATEWAYS = {"sandbox": {"class": dotted_path, "options": {"journal": journal}}}
    return kind(journal)
