"""Customers whose card may be charged, for rules tests."""

from dataclasses import replace
from datetime import timedelta

from dunning.rules.facts import CaseFacts, InvoiceFact, RunFact
from dunning.rules.plan_facts import PlanFact, StepFact
from dunning.rules.words import Outcome, Tone
from payments.rules.retry_facts import StoredMethod, Tried
from tests.rules.cases import DAY_ZERO, PLAN, at, case, invoice
from tests.rules.refusals import BOOK, refused

CHARGE = StepFact(50, 50, 0, Tone.FRIENDLY, "email")
CHARGING = replace(PLAN, charges=(CHARGE,))
AGREED = at(-30)


def visa(*tries: Tried, number: int = 1, **facts: object) -> StoredMethod:
    return StoredMethod(
        **{"id": number, "brand": "Visa", "last4": "4242", "agreed_at": AGREED, "tries": tries, **facts}
    )


def charged(*invoices: InvoiceFact, plan: PlanFact = CHARGING, **facts: object) -> CaseFacts:
    """A case of a customer whose Visa may be charged."""
    invoices = invoices or (invoice(DAY_ZERO),)
    return case(*invoices, **{"plan": plan, "book": BOOK, "country": "DE", "methods": (visa(),), **facts})


def failed(days: float, code: str = "insufficient_funds", **told: object) -> Tried:
    return refused(at(0) + timedelta(days=days), code, **told)


def done(step: int, day: int = 0) -> RunFact:
    return RunFact(step, Outcome.DONE, at(day))
