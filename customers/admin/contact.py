"""Contacts across all customers, to find out whose address that is. They are edited on the customer's page."""

from django.contrib import admin

from customers.admin.base import ReadOnlyAdmin
from customers.models import Contact
from customers.rules.phone import NoMobile, mobile_number


@admin.register(Contact)
class ContactAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "name", "phone", "customer", "role", "is_primary")
    list_select_related = ("customer",)
    ordering = ("-pk",)
    sortable_by = ()
    search_customer = "customer"
    search_help_text = "E-mail address or customer number from its start, or words of the name"
    linked_by = ("customer",)
    fields = (
        ("customer", "name"),
        ("email", "phone"),
        "texts",
        ("street", "street_2"),
        ("postal_code", "city"),
        ("region", "country"),
        ("role", "is_primary"),
    )

    @admin.display(description="Text messages")
    def texts(self, contact: Contact) -> str:
        """The number they go to, or why they cannot."""
        try:
            return mobile_number(contact.phone, contact.customer.country)
        except NoMobile as reason:
            return str(reason)
