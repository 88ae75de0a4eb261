"""Signing in to the desk: as usual, but not without end. Whoever guesses passwords waits."""

import math
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from unfold.forms import AuthenticationForm

from dunning.operations.doors import TooOften, count, refuse_who_came_too_often
from dunning.portal.guards import visitor_of
from dunning.rules.doors import Deed


class LimitedLogin(AuthenticationForm):  # type: ignore[misc]
    """Counts refused passwords by name and by address; above the limit no password is looked at.

    The counts are in the database: without it nobody gets in, either.
    """

    def clean(self) -> dict[str, Any]:
        now = timezone.now()
        visits = {Deed.LOGIN: str(self.data.get("username", ""))[:150].lower(), Deed.LOGIN_FROM: ""}
        visits[Deed.LOGIN_FROM] = visitor_of(self.request) if self.request else ""
        try:
            for deed, who in visits.items():
                refuse_who_came_too_often(deed, who, now=now)
        except TooOften as refusal:
            minutes = max(1, math.ceil(refusal.wait / timedelta(minutes=1)))
            raise ValidationError(f"Too many wrong passwords. Try again in {minutes} minutes.") from refusal
        try:
            told: dict[str, Any] = super().clean()
        except ValidationError:
            for deed, who in visits.items():
                _count(deed, who)
            raise
        return told


def _count(deed: Deed, who: str) -> None:
    try:
        count(deed, who, now=timezone.now())
    except TooOften:  # the next try is told
        return
