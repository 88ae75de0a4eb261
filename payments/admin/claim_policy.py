"""Whether anything is claimed beside invoices: off, or by law, from a day on."""

from django.contrib import admin

from payments.admin.dated import BegunFilter, DatedAdmin
from payments.models import ClaimPolicy


@admin.register(ClaimPolicy)
class ClaimPolicyAdmin(DatedAdmin):
    list_display = ("valid_from", "is_on", "source")
    list_filter = (BegunFilter,)
    list_before_template = "desk/policy_top.html"
    ordering = ("-valid_from",)
    sortable_by = ("valid_from",)
    search_fields = ("source",)
    search_help_text = "Who decided it, from its start"
    fields = (("is_on", "valid_from"), "source")
