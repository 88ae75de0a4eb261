"""How often a card or account may be tried."""

from django.contrib import admin

from customers.admin.filters import choice_filter
from payments.admin.dated import BegunFilter, DatedAdmin
from payments.models import NetworkCap
from payments.models.network_cap import NETWORKS, SCOPES


@admin.register(NetworkCap)
class NetworkCapAdmin(DatedAdmin):
    list_display = ("network", "limit", "scope", "same_amount", "country", "source", "valid_from")
    list_filter = (choice_filter("network", "network", NETWORKS), choice_filter("scope", "scope", SCOPES), BegunFilter)
    ordering = ("network", "scope", "-valid_from")
    sortable_by = ("valid_from",)
    search_fields = ("network", "source")
    search_help_text = "A network or a source, from its start"
    fields = (("network", "scope"), ("limit", "same_amount"), ("country", "source"), "valid_from")
