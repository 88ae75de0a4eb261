"""What the page does at once when a payment has come, without waiting for the engine's next turn."""

import logging
from datetime import datetime

from dunning.models import Case
from dunning.operations.cases import advance_case
from payments.models import ChargeAttempt

logger = logging.getLogger(__name__)


def look_at_the_case(attempt: ChargeAttempt, *, now: datetime) -> None:
    """Let a payment close the case at once. Should that fail, the receipt is shown all the same: the tick comes by."""
    if attempt.state != ChargeAttempt.State.SUCCEEDED:
        return
    try:
        for case in Case.objects.filter(customer=attempt.customer_id, state=Case.State.OPEN):
            advance_case(case, now=now)
    except Exception:
        logger.exception("Case of customer %s was not looked at after payment.", attempt.customer_id)
