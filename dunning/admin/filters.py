"""Filters of the dunning screens; the first page links to them."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from customers.admin.filters import KnownFilter, choice_filter
from dunning.models import Campaign, Case, CaseEvent, Notice
from dunning.rules.words import Attention, Ending, Outcome

CaseStateFilter = choice_filter("state", "state", Case.State.choices)
EndingFilter = choice_filter("ending", "ending", [(ending.value, ending.value.replace("_", " ")) for ending in Ending])
NoticeStateFilter = choice_filter("state", "state", Notice.State.choices)
EventKindFilter = choice_filter("kind", "kind", CaseEvent.Kind.choices)
OutcomeFilter = choice_filter("outcome", "outcome", [(outcome.value, outcome.value) for outcome in Outcome])


class AttentionFilter(KnownFilter):
    title = "needs a person"
    parameter_name = "attention"

    def known(self) -> list[tuple[str, str]]:
        kinds = [(kind.value, kind.value.replace("_", " ")) for kind in Attention if kind]
        return [("any", "for any reason"), *kinds]

    def narrow(self, rows: Any, value: str) -> Any:
        waiting = rows.filter(state=Case.State.OPEN).exclude(attention="")
        return waiting if value == "any" else waiting.filter(attention=value)


class NextFilter(KnownFilter):
    title = "next step"
    parameter_name = "next"

    def known(self) -> list[tuple[str, str]]:
        return [("1", "within 24 hours"), ("7", "within 7 days")]

    def narrow(self, rows: Any, value: str) -> Any:
        end = timezone.now() + timedelta(days=int(value))
        return rows.filter(state=Case.State.OPEN, next_step__isnull=False, next_action_at__lt=end)


class CampaignFilter(KnownFilter):
    title = "campaign"
    parameter_name = "campaign"

    def known(self) -> list[tuple[str, str]]:
        return [(str(campaign.pk), campaign.name) for campaign in Campaign.objects.order_by("name")[:200]]

    def narrow(self, rows: Any, value: str) -> Any:
        return rows.filter(version__campaign=int(value))
