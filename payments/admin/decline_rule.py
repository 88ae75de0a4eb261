"""What codes of refusals mean: as shipped, and as a manager decided since."""

from typing import Any

from django.contrib import admin

from customers.admin.base import Badge, badge
from customers.admin.filters import choice_filter
from payments.admin.dated import BegunFilter, DatedAdmin, DatedForm
from payments.models import DeclineRule
from payments.models.decline_rule import AUTO_WORDS, CAUSES, LAYERS
from payments.rules.declines import ADVICE, Auto, Meaning

COLOURS: dict[str, str | None] = {
    Auto.YES: "success",
    Auto.ONCE: "info",
    Auto.AFTER: "warning",
    Auto.NO: "danger",
}


class DeclineRuleForm(DatedForm):
    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        told["code"] = (told.get("code") or "").strip()
        told["countries"] = " ".join((told.get("countries") or "").upper().replace(",", " ").split())
        if any(len(country) != 2 or not country.isalpha() for country in told["countries"].split()):
            self.add_error("countries", "Give countries by their two letters, for example AT BE DE.")
        until, begins = told.get("valid_until"), told.get("valid_from")
        if until and begins and until < begins:
            self.add_error("valid_until", "Give a last day that is not before the first.")
        is_reason = told.get("layer") not in ADVICE
        if is_reason and told.get("auto") in (Auto.YES, Auto.ONCE) and not told.get("cause"):
            self.add_error("cause", "Choose the schedule that further tries follow.")
        return told


@admin.register(DeclineRule)
class DeclineRuleAdmin(DatedAdmin):
    form = DeclineRuleForm
    list_display = ("code", "layer", "meaning", "retried", "first_move", "sensitive", "countries", "valid_from")
    list_filter = (
        choice_filter("layer", "layer", LAYERS),
        choice_filter("meaning", "meaning", [(meaning.value, meaning.value.replace("_", " ")) for meaning in Meaning]),
        choice_filter("auto", "retried", [(auto.value, words) for auto, words in AUTO_WORDS.items()]),
        choice_filter("cause", "schedule", CAUSES),
        BegunFilter,
    )
    ordering = ("layer", "code", "-valid_from")
    sortable_by = ("code", "valid_from")
    search_fields = ("code", "first_move")
    search_help_text = "A code, or what to do first, from its start"
    fields = (
        ("layer", "code"),
        ("meaning", "auto"),
        ("cause", "wait_hours"),
        ("is_masked", "this_payment_only"),
        ("is_death", "first_move"),
        ("countries", "source"),
        ("valid_from", "valid_until"),
    )

    @badge("Retried", COLOURS)
    def retried(self, rule: DeclineRule) -> Badge:
        return Badge(rule.auto, rule.get_auto_display())

    @badge("Sensitive", {"yes": "info"})
    def sensitive(self, rule: DeclineRule) -> Badge | None:
        return Badge("yes", "yes") if rule.is_masked else None
