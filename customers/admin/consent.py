"""Who agreed to what or refused it, when, and how they said so: the proof, only read."""

from django.contrib import admin
from django.db.models import Q

from customers.admin.base import ReadOnlyAdmin, badge
from customers.admin.filters import choice_filter, condition_filter
from customers.models import Consent
from customers.rules.contact import CHANNELS

SaidFilter = condition_filter(
    "said", "what they said", {"agrees": ("agrees", Q(is_given=True)), "refuses": ("refuses", Q(is_given=False))}
)


@admin.register(Consent)
class ConsentAdmin(ReadOnlyAdmin):
    empty_says = "Rows come with what customers say: on their page, by text message, by unsubscribing, or to the desk."
    list_display = ("customer", "contact", "said", "topic_words", "channel", "source", "said_at")
    list_select_related = ("customer", "contact")
    list_filter = (SaidFilter, choice_filter("channel", "channel", [pair for pair in CHANNELS if pair[0]]))
    ordering = ("-pk",)
    sortable_by = ()
    search_customer = "customer"
    search_help_text = "Customer number or e-mail from its start, or words of the name"
    linked_by = ("customer",)
    fields = (
        ("customer", "contact"),
        ("said", "topic_words"),
        "channel",
        ("source", "note"),
        ("said_at", "recorded_by"),
    )

    @admin.display(description="What")
    def topic_words(self, consent: Consent) -> str:
        return consent.get_topic_display()

    @badge("Said", {"agrees": "success", "refuses": "warning"})
    def said(self, consent: Consent) -> str:
        return "agrees" if consent.is_given else "refuses"
