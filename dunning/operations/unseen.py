"""A notice in an app that nobody has seen makes room when its step goes another way: nobody is told twice."""

from collections.abc import Sequence
from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Q

from customers.rules.contact import IN_APP
from dunning.models import InAppNotice, Notice


def withdraw_unseen(steps: Sequence[tuple[int, int]], *, now: datetime) -> None:
    """Show no more what nobody has seen of these (case id, step id), because the step goes another way."""
    if not steps:
        return
    told = Notice.objects.filter(
        reduce(or_, (Q(case=case_id, step=step_id) for case_id, step_id in steps)), channel=IN_APP
    )
    unseen = InAppNotice.objects.filter(key__in=told.values("message_id"), shown_at=None, withdrawn_at=None)
    unseen.update(withdrawn_at=now)
