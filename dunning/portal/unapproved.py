"""A charge that failed because nobody was there to approve it: the customer, who is here now, is asked to."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from babel import Locale

from dunning.portal.debts import Debt
from dunning.rules.amounts import written
from payments.models import ChargeAttempt, PaymentMethod
from payments.rules.charging import APPROVAL_MISSING


@dataclass(frozen=True, slots=True)
class Unapproved:
    """`amount` of the debt, to be charged to `card`; both in words of the pay form in `typed` and `name`."""

    amount: Decimal
    card: PaymentMethod
    typed: str
    name: str


def unapproved_in(debt: Debt, kept: Mapping[str, PaymentMethod], *, locale: Locale) -> Unapproved | None:
    """What waits for approval in this debt: the latest try, if it was ours and its bank wanted the customer."""
    latest = debt.latest
    if latest is None or latest.is_attended or latest.state != ChargeAttempt.State.DECLINED:
        return None
    if latest.decline_code not in APPROVAL_MISSING:
        return None
    for name, card in kept.items():
        if latest.method_id == card.pk:
            amount = min(latest.amount, debt.total)
            return Unapproved(amount, card, written(amount, locale), name)
    return None
