"""Looking at promises one by one: one that fails is put aside and shown, and stops no other.

What was of no use, or failed, is looked at again an hour later: within minutes nothing changes.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db import OperationalError

from customers.deadline import Deadline
from dunning.models import CustomerRequest
from dunning.operations.advance import park
from dunning.operations.requests import case_of

logger = logging.getLogger(__name__)

LOOK_AGAIN = timedelta(hours=1)


def look_at_each(
    requests: Iterable[CustomerRequest],
    deed: Callable[[CustomerRequest, datetime], bool],
    *,
    now: datetime,
    deadline: Deadline,
) -> int:
    """Do this for each promise until time is up; returns for how many it was done."""
    done = 0
    for request in requests:
        if deadline.is_over:
            break
        is_done = _tried(deed, request, now)
        if not is_done:
            CustomerRequest.objects.filter(pk=request.pk).update(look_at=now + LOOK_AGAIN)
        done += is_done
    return done


def _tried(deed: Callable[[CustomerRequest, datetime], bool], request: CustomerRequest, now: datetime) -> bool:
    try:
        return deed(request, now)
    except OperationalError:
        raise  # a deadlock, a restart of the database: nothing is wrong with the promise, the next turn takes it again
    except Exception as error:
        logger.exception("The promise of request %s could not be kept; it is tried again in an hour", request.pk)
        if case := case_of(request.customer):
            park(case.pk, f"what was promised on the customer's page failed ({type(error).__name__}: {error})", now=now)
        return False
