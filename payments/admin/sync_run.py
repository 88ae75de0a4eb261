"""Readings of gateways' lists: how far, and what they brought."""

from django.contrib import admin

from customers.admin.base import Badge, ReadOnlyAdmin, badge
from payments.models import SyncRun

COUNTS = ("new", "changed", "unchanged", "refused")


@admin.register(SyncRun)
class SyncRunAdmin(ReadOnlyAdmin):
    empty_says = "Nothing has been taken in yet: manage.py sync_gateway does it, and afterwards each hour by itself."
    list_display = ("started_at", "gateway", "state", *COUNTS, "finished_at")
    ordering = ("-pk",)
    sortable_by = ()
    list_before_template = "desk/sync_top.html"
    fields = (("gateway", "state"), COUNTS, ("since", "only_open"), ("started_at", "finished_at"))
    readonly_fields = ("state",)

    @badge("State", {"done": "success", "given_up": None, "going": "info"})
    def state(self, run: SyncRun) -> Badge:
        if run.stage == SyncRun.Stage.DONE:
            return Badge("done", "done")
        if run.finished_at:
            return Badge("given_up", "a newer one took its place")
        return Badge("going", f"at the {run.get_stage_display()}")
