"""Versions of a campaign: a draft is edited and checked here, a published one is frozen and only read."""

from typing import Any, NamedTuple

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.text import slugify

from customers.admin.base import DeskAdmin, badge
from dunning.admin.charge_hours import ChargeHoursField
from dunning.admin.step_inline import StepInline, is_draft
from dunning.admin.version_buttons import MOVE, PUBLISH, VARIANT, shown_for_publishing
from dunning.models import CampaignVersion, CaseMove, StepText
from dunning.operations import campaign_files, drafts
from dunning.queries.time_line import time_line
from dunning.queries.versions import comparison_of, written
from dunning.rules.words import StepKind

SHOWN_MOVES = 10


class PageLink(NamedTuple):
    """A button that only shows something."""

    label: str
    is_main: bool = False


@admin.register(CampaignVersion)
class CampaignVersionAdmin(DeskAdmin):
    list_display = ("__str__", "state", "send_from", "send_until", "published_at")
    list_select_related = ("campaign",)
    ordering = ("campaign", "-number")
    sortable_by = ()
    linked_by = ("campaign",)
    fields = (
        ("campaign", "state"),
        ("send_from", "send_until"),
        "working_days_only",
        "uses_profile",
        ("is_reviewed", "review_days"),
        "hours_not_charged",
        "published_at",
    )
    readonly_fields = ("campaign", "state", "published_at")
    inlines = (StepInline,)
    change_form_template = "desk/version.html"
    change_form_outer_before_template = "desk/version_top.html"
    change_form_outer_after_template = "desk/version_texts.html"
    buttons = (PUBLISH, VARIANT, MOVE)

    class Media:
        css = {"all": ["desk/time_line.css"]}
        js = ["desk/time_line.js"]

    @badge("State", {"published": "success", "variant": "info", "draft": "warning"})
    def state(self, version: CampaignVersion) -> str:
        if is_draft(version):
            return "draft"
        return "variant" if version.is_variant else "published"

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "hours_not_charged":
            return ChargeHoursField(label=db_field.verbose_name.capitalize(), help_text=db_field.help_text)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        view, name = self.admin_site.admin_view, "dunning_campaignversion_"
        own = [
            path("<int:pk>/check/", view(self.check_view), name=f"{name}check"),
            path("<int:pk>/export/", view(self.export_view), name=f"{name}export"),
        ]
        return [*own, *super().get_urls()]

    def links(self, request: HttpRequest, object_id: str) -> list[dict[str, Any]]:
        pages = {"check": PageLink("Check"), "export": PageLink("Export as a file")}
        shown = [
            {"button": link, "url": reverse(f"admin:dunning_campaignversion_{name}", args=[object_id])}
            for name, link in pages.items()
        ]
        return [*super().links(request, object_id), *shown]

    def check_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What the check finds, and what differs from the version before; changes nothing."""
        version = self._viewed(request, pk)
        shown = {"title": f"Check: {version}", "original": version, "opts": self.opts, "is_draft": is_draft(version)}
        context = {**self.admin_site.each_context(request), **shown, **shown_for_publishing(version)}
        return TemplateResponse(request, "desk/version_check.html", context)

    def export_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        version = self._viewed(request, pk)
        name = f"{slugify(version.campaign.name) or 'campaign'}-v{version.number}.json"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(campaign_files.export(version), content_type="application/json", headers=headers)

    def _viewed(self, request: HttpRequest, pk: int) -> CampaignVersion:
        version = get_object_or_404(CampaignVersion.objects.select_related("campaign"), pk=pk)
        if not self.has_view_permission(request, version):
            raise PermissionDenied
        return version

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        found = CampaignVersion.objects.select_related("campaign")
        version = found.filter(pk=object_id).first() if object_id.isdecimal() else None
        shown = _shown(version) if version else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **shown})

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # a draft begins on the campaign's page

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return (obj is None or is_draft(obj)) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return is_draft(obj) and super().has_delete_permission(request, obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        shown, counts, _, protected = super().get_deleted_objects(objs, request)
        return shown, counts, set(), protected  # a draft's steps go with it; on their own they are read only

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        formset.save(commit=False)
        removed = formset.deleted_objects
        kept = [f.instance for f in formset.forms if f.instance not in removed and (f.instance.pk or f.has_changed())]
        drafts.arrange(form.instance, kept, removed, now=timezone.now())


def _shown(version: CampaignVersion) -> dict[str, Any]:
    """What stands around the form: the time line, the version before, the moves, and frozen words."""
    moves = list(CaseMove.objects.filter(version=version).select_related("asked_by").order_by("-pk")[:SHOWN_MOVES])
    shown: dict[str, Any] = {
        "line": time_line(written(version).steps),
        "steps": version.steps.exclude(kind=StepKind.THANKS).order_by("position"),
        "is_draft": is_draft(version),
        "comparison": comparison_of(version),
        "moves": moves,
        "is_moving": any(move.finished_at is None for move in moves),
    }
    if not is_draft(version):
        texts = StepText.objects.filter(step__version=version).select_related("step")
        shown["texts"] = texts.order_by("step__position", "pk")
    return shown
