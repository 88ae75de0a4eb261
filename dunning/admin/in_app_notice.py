"""Notices that were shown in customers' own app, or wait there: what became of each."""

from django.contrib import admin
from django.db.models import Q

from customers.admin.base import ReadOnlyAdmin, badge
from customers.admin.filters import choice_filter, condition_filter
from dunning.models import InAppNotice
from dunning.rules.words import Tone

StateFilter = condition_filter(
    "state",
    "state",
    {
        "waits": ("waits", Q(shown_at=None, withdrawn_at=None)),
        "seen": ("seen", Q(shown_at__isnull=False, dismissed_at=None)),
        "dismissed": ("dismissed", Q(dismissed_at__isnull=False)),
        "withdrawn": ("withdrawn", Q(shown_at=None, withdrawn_at__isnull=False)),
    },
)


@admin.register(InAppNotice)
class InAppNoticeAdmin(ReadOnlyAdmin):
    empty_says = "Notices come with steps of campaigns that go by notices in the app."
    list_display = ("title", "customer_number", "loudness", "state", "shown_at", "dismissed_at")
    list_filter = (StateFilter, choice_filter("tone", "tone", [(t.value, t.name.lower()) for t in Tone]))
    ordering = ("-pk",)
    sortable_by = ()
    search_fields = ("customer_number",)
    search_help_text = "Customer number from its start"
    fields = (
        ("customer_number", "language"),
        ("state", "loudness"),
        "title",
        "text",
        ("shown_at", "dismissed_at", "withdrawn_at"),
    )

    @admin.display(description="Tone")
    def loudness(self, notice: InAppNotice) -> str:
        return Tone(notice.tone).name.lower()

    @badge("State", {"waits": "info", "seen": "success", "dismissed": None, "withdrawn": None})
    def state(self, notice: InAppNotice) -> str:
        if notice.dismissed_at:
            return "dismissed"
        if notice.shown_at:
            return "seen"
        return "withdrawn" if notice.withdrawn_at else "waits"
