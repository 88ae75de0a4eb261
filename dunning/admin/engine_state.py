"""The engine's own memory: one row, to read only."""

from django.contrib import admin

from customers.admin.base import ReadOnlyAdmin
from dunning.models import EngineState


@admin.register(EngineState)
class EngineStateAdmin(ReadOnlyAdmin):
    list_display = ("__str__",)
    sortable_by = ()
