"""News the engine has not taken yet; normally an empty list."""

from django.contrib import admin

from customers.admin.base import ReadOnlyAdmin
from customers.models import CustomerChange


@admin.register(CustomerChange)
class CustomerChangeAdmin(ReadOnlyAdmin):
    list_display = ("id", "customer_id")
    sortable_by = ()
    ordering = ("-pk",)
