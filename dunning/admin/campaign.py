"""Campaigns: for whom, and which version is followed. Versions have a page of their own."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Max, Model, OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponse

from customers.admin.base import DeskAdmin, badge
from customers.admin.buttons import Button, Press
from customers.wording import counted
from dunning.admin.conditions import ConditionsField
from dunning.models import Campaign, CampaignVersion, Case
from dunning.operations import campaigns
from dunning.rules.conditions import from_stored


def new_draft(campaign: Campaign, press: Press) -> str:
    draft = campaigns.draft_of(campaign, now=press.now)
    return f"{draft} is ready to be edited; running cases keep the version they follow."


class CampaignForm(forms.ModelForm):  # type: ignore[type-arg]
    conditions = ConditionsField(
        label="Only if all of these hold", help_text="Nothing here: the campaign is for everybody."
    )


@admin.register(Campaign)
class CampaignAdmin(DeskAdmin):
    list_display = ("name", "use", "whom", "priority", "newest_version", "open_cases")
    ordering = ("priority", "pk")
    sortable_by = ("name", "priority")
    search_fields = ("name",)
    form = CampaignForm
    readonly_fields = ("whom",)
    change_form_outer_after_template = "desk/campaign_versions.html"
    buttons = (
        Button(
            name="new_draft",
            label="New draft",
            says="Opens the draft, or copies the newest version into one. Nothing changes for customers.",
            permission="dunning.change_campaign",
            act=new_draft,
            refusals=(campaigns.CampaignRefusal,),
        ),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        published = Q(versions__published_at__isnull=False)
        following = Case.objects.filter(version__campaign=OuterRef("pk"), state=Case.State.OPEN).order_by()
        number = following.values("version__campaign").annotate(number=Count("pk")).values("number")
        newest = Max("versions__number", filter=published)
        return super().get_queryset(request).annotate(newest=newest, cases=Subquery(number))

    @badge("Use", {"active": "success", "resting": None})
    def use(self, campaign: Campaign) -> str:
        return "active" if campaign.is_active else "resting"

    @admin.display(description="For whom")
    def whom(self, campaign: Campaign) -> str:
        return " and ".join(map(str, from_stored(campaign.conditions))) or "everybody"

    @admin.display(description="Newest version")
    def newest_version(self, campaign: Any) -> str:
        return f"v{campaign.newest}" if campaign.newest else "none published"

    @admin.display(description="Open cases")
    def open_cases(self, campaign: Any) -> str:
        return counted(campaign.cases or 0, "case")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        may_write = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        return ["name", ("priority", "is_active"), "conditions" if may_write else "whom"]

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False  # a campaign that cases followed is part of their history

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        versions = CampaignVersion.objects.filter(campaign=int(object_id)) if object_id.isdecimal() else None
        shown = {"versions": list(versions.prefetch_related("steps").order_by("-number"))} if versions else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **shown})
