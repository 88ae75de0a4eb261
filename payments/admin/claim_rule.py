"""Laws on late payment: what may be claimed from whom, as shipped and as a manager decided since."""

from typing import Any

from django.contrib import admin

from customers.admin.filters import choice_filter
from customers.rules.money import MINOR_UNITS
from payments.admin.dated import BegunFilter, DatedAdmin, DatedForm
from payments.models import ClaimRule
from payments.models.claim_rule import KINDS
from payments.rules.claims import ClaimKind
from payments.rules.terms import Ceiling, FixedSums, PointsAboveBase, Scale, Terms, UnreadableTerms, read_terms

FITTING: dict[str, tuple[type[Terms], ...]] = {
    ClaimKind.LUMP_SUM: (FixedSums,),
    ClaimKind.COST: (FixedSums, Scale, Ceiling),
    ClaimKind.INTEREST: (PointsAboveBase,),
}


class ClaimRuleForm(DatedForm):
    def clean_countries(self) -> str:
        countries = str(self.cleaned_data["countries"]).upper().replace(",", " ").split()
        if any(len(country) != 2 or not country.isalpha() for country in countries):
            self.add_error("countries", "Give countries by their two letters, for example AT BE DE.")
        return " ".join(countries)

    def clean_currency(self) -> str:
        currency = str(self.cleaned_data["currency"]).upper()
        if currency and currency not in MINOR_UNITS:
            self.add_error("currency", "Give the three letters of an ISO 4217 currency in use, or none.")
        return currency

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        kind = told.get("kind")
        try:
            if kind and not isinstance(read_terms(told.get("terms") or ""), FITTING[kind]):
                self.add_error("terms", "These terms fit another kind: interest is “base + 9”, the others are sums.")
        except UnreadableTerms as refusal:
            self.add_error("terms", str(refusal))
        if kind and (kind == ClaimKind.INTEREST) != bool(told.get("base_rate")):
            self.add_error("base_rate", "Interest needs a base rate, and nothing else has one.")
        if kind and kind != ClaimKind.INTEREST and not told.get("currency"):
            self.add_error("currency", "Say in which currency the sum is: amounts are never converted.")
        if kind == ClaimKind.COST and told.get("is_by_itself"):
            self.add_error("is_by_itself", "Collection costs are for a person to judge.")
        until, begins = told.get("valid_until"), told.get("valid_from")
        if until and begins and until < begins:
            self.add_error("valid_until", "Give a last day that is not before the first.")
        return told


@admin.register(ClaimRule)
class ClaimRuleAdmin(DatedAdmin):
    form = ClaimRuleForm
    list_display = ("pack", "kind", "terms", "currency", "base_rate", "is_by_itself", "source", "valid_from")
    list_filter = (
        choice_filter("pack", "pack", ClaimRule.Pack.choices),
        choice_filter("kind", "kind", KINDS),
        BegunFilter,
    )
    ordering = ("pack", "kind", "-valid_from")
    sortable_by = ("valid_from",)
    search_fields = ("source", "countries")
    search_help_text = "A source or a country, from its start"
    fields = (
        ("pack", "kind"),
        ("who", "countries"),
        ("terms", "currency"),
        ("base_rate", "is_rate_fixed"),
        ("is_by_itself", "wait_days"),
        ("from_step", "source"),
        ("valid_from", "valid_until"),
    )
