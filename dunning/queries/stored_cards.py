"""The stored cards of a case's customer for its page: which may be charged, and what happens with them next and why."""

from dataclasses import dataclass
from datetime import datetime

from dunning.models import Case
from dunning.rules.business import still_our_business
from dunning.rules.charging import charging_of
from dunning.rules.decisions import Charge
from dunning.rules.facts import CaseFacts
from dunning.rules.holding import chargeable
from dunning.snapshot.cases import Subject, gather
from payments.models import PaymentMethod
from payments.queries.methods import kept_methods


@dataclass(frozen=True, slots=True)
class StoredCards:
    """The methods, the one to use first in front, and one sentence about what comes next ("" when nothing does)."""

    methods: list[PaymentMethod]
    outlook: str


def stored_cards(case: Case, *, now: datetime) -> StoredCards:
    """Read them; six queries more when the customer has any and the case is open."""
    methods = list(kept_methods(case.customer_id))
    if not methods or case.state != Case.State.OPEN:
        return StoredCards(methods, "")
    [facts] = gather([Subject(case.pk, case.customer_id, case.version_id)], now=now)
    return StoredCards(methods, _outlook(facts, now))


def _outlook(facts: CaseFacts, now: datetime) -> str:
    if facts.plan.charges_from is None:
        return "this campaign charges no cards"
    if not facts.methods:
        return "nothing is charged: the customer has not agreed to it"
    if facts.limits.is_vulnerable:
        return "nothing is charged by itself: the customer is marked as vulnerable"
    collectable = chargeable(facts, still_our_business(facts, now), now)
    if not collectable:
        return "nothing is charged while everything is on hold, or a debit is on its way for it"
    charging = charging_of(facts, collectable, min(invoice.due_on for invoice in collectable), now=now)
    if charging is None:
        return ""
    return f"about to be charged: {charging.reason}" if isinstance(charging, Charge) else charging.why
