"""Hours in which customers of a country may be contacted: as shipped, and as a manager decided since."""

from django.contrib import admin

from dunning.models import ContactHours
from payments.admin.dated import BegunFilter, DatedAdmin

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@admin.register(ContactHours)
class ContactHoursAdmin(DatedAdmin):
    list_display = ("__str__", "days", "source", "valid_from")
    list_filter = (BegunFilter,)
    ordering = ("country", "weekdays", "-valid_from")
    sortable_by = ("valid_from",)
    search_fields = ("country", "source")
    search_help_text = "A country or a source, from its start"
    fields = (("country", "weekdays"), ("opens", "closes"), ("source", "valid_from"))

    @admin.display(description="Weekdays")
    def days(self, hours: ContactHours) -> str:
        return "every day" if len(hours.weekdays) == len(DAYS) else " ".join(DAYS[int(n) - 1] for n in hours.weekdays)
