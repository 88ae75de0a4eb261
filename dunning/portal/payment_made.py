"""What the page does about a payment that was just made, without waiting for the engine's next turn."""

import logging
import time
from datetime import datetime, timedelta

from dunning.models import Case
from dunning.operations.cases import advance_case
from payments.models import ChargeAttempt

logger = logging.getLogger(__name__)
JUST_BEGUN = timedelta(seconds=30)
LOOKS, EVERY = 16, 0.25  # seconds


def look_at_the_case(attempt: ChargeAttempt, *, now: datetime) -> None:
    """Let a payment close the case at once. Should that fail, the receipt is shown all the same: the tick comes by."""
    if attempt.state != ChargeAttempt.State.SUCCEEDED:
        return
    try:
        for case in Case.objects.filter(customer=attempt.customer_id, state=Case.State.OPEN):
            advance_case(case, now=now)
    except Exception:
        logger.exception("Case of customer %s was not looked at after payment.", attempt.customer_id)


def when_answered(attempt: ChargeAttempt, *, now: datetime) -> ChargeAttempt:
    """The attempt, once the gateway has answered a call that another click has just begun; four seconds later at most.

    Who clicks twice sees what became of the first click, not that it is being looked into.
    """
    for _ in range(LOOKS):
        if attempt.state != ChargeAttempt.State.CALLING or attempt.started_at < now - JUST_BEGUN:
            break
        time.sleep(EVERY)
        attempt.refresh_from_db()
    return attempt
