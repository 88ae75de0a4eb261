"""Filters of the dunning screens; the first page links to them."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from customers.admin.filters import KnownFilter, choice_filter
from dunning.models import Campaign, Case, CaseEvent, HandedCase, Notice, OutgoingEvent, Task
from dunning.queries.handed import handed_with_money
from dunning.rules.delivery_news import LINE, WORDS
from dunning.rules.words import Attention, Ending, Outcome

CaseStateFilter = choice_filter("state", "state", Case.State.choices)
EndingFilter = choice_filter("ending", "ending", [(ending.value, ending.value.replace("_", " ")) for ending in Ending])
NoticeStateFilter = choice_filter("state", "state", Notice.State.choices)
DeliveryFilter = choice_filter("delivery", "delivery", [(kind.value, WORDS[kind]) for kind in LINE])
EventKindFilter = choice_filter("kind", "kind", CaseEvent.Kind.choices)
OutcomeFilter = choice_filter("outcome", "outcome", [(outcome.value, outcome.value) for outcome in Outcome])
TaskStateFilter = choice_filter("state", "state", Task.State.choices)
OutgoingStateFilter = choice_filter("state", "state", OutgoingEvent.State.choices)
OutgoingKindFilter = choice_filter("kind", "kind", OutgoingEvent.Kind.choices)


class QueueFilter(KnownFilter):
    """The queues in which something is to be done."""

    title = "queue"
    parameter_name = "queue"

    def known(self) -> list[tuple[str, str]]:
        waiting = Task.objects.filter(state=Task.State.OPEN).order_by("queue").values_list("queue", flat=True)
        return [(queue, queue) for queue in waiting.distinct()[:200]]

    def narrow(self, rows: Any, value: str) -> Any:
        return rows.filter(queue=value)


class TaskDueFilter(KnownFilter):
    title = "due"
    parameter_name = "due"

    def known(self) -> list[tuple[str, str]]:
        return [("now", "today or before"), ("late", "late")]

    def narrow(self, rows: Any, value: str) -> Any:
        before = timezone.localdate() + timedelta(days=value == "now")
        return rows.filter(state=Task.State.OPEN, due_on__lt=before)


def mine(column: str) -> type[KnownFilter]:
    """Whose it is: the asking person's, somebody's, nobody's."""

    class MineFilter(KnownFilter):
        title = column
        parameter_name = column

        def known(self) -> list[tuple[str, str]]:
            return [("me", "me"), ("nobody", "nobody"), ("somebody", "somebody")]

        def queryset(self, request: HttpRequest, queryset: Any) -> Any:
            if self.value() == "me":
                return queryset.filter(**{column: request.user.pk})
            return super().queryset(request, queryset)

        def narrow(self, rows: Any, value: str) -> Any:
            return rows.filter(**{f"{column}__isnull": value == "nobody"})

    return MineFilter


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


class AgencyFilter(KnownFilter):
    title = "agency"
    parameter_name = "agency"

    def known(self) -> list[tuple[str, str]]:
        return [("with", "with an agency"), ("money", "money came in since")]

    def narrow(self, rows: Any, value: str) -> Any:
        handed = handed_with_money() if value == "money" else HandedCase.objects.filter(taken_back_at=None)
        return rows.filter(pk__in=handed.values("case"))


class CampaignFilter(KnownFilter):
    title = "campaign"
    parameter_name = "campaign"

    def known(self) -> list[tuple[str, str]]:
        return [(str(campaign.pk), campaign.name) for campaign in Campaign.objects.order_by("name")[:200]]

    def narrow(self, rows: Any, value: str) -> Any:
        return rows.filter(version__campaign=int(value))
