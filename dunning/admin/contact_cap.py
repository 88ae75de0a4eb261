"""How often one customer may be contacted: as shipped, and as a manager decided since."""

from django.contrib import admin

from customers.admin.filters import choice_filter
from customers.rules.contact import CHANNELS
from dunning.models import ContactCap
from payments.admin.dated import BegunFilter, DatedAdmin


@admin.register(ContactCap)
class ContactCapAdmin(DatedAdmin):
    list_display = ("__str__", "country", "talks_only", "source", "valid_from")
    list_filter = (choice_filter("channel", "channel", [pair for pair in CHANNELS if pair[0]]), BegunFilter)
    ordering = ("country", "channel", "days", "-valid_from")
    sortable_by = ("valid_from",)
    search_fields = ("country", "source")
    search_help_text = "A country or a source, from its start"
    fields = (("country", "channel"), ("at_most", "days"), "talks_only", ("source", "valid_from"))
