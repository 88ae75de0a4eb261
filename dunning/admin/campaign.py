"""Campaigns: for whom, switched on or resting, and which version is followed. Versions have a page of their own."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Max, Model, OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from customers.admin.base import DeskAdmin, badge
from customers.admin.buttons import Button, ButtonForm, Press
from customers.wording import counted
from dunning.admin.conditions import ConditionsField
from dunning.admin.version_buttons import page_of, pages
from dunning.models import Campaign, CampaignVersion, Case
from dunning.models.campaign import LONGEST_NAME
from dunning.operations import campaign_files, campaigns, switching, variants
from dunning.rules.campaign_reading import CampaignFileRefusal
from dunning.rules.conditions import from_stored
from dunning.rules.triggers import FORESEEN, Trigger

LARGEST_FILE = 2_000_000


class CloneForm(ButtonForm):
    name = forms.CharField(max_length=LONGEST_NAME, help_text="How the new campaign is called.")


class ImportForm(ButtonForm):
    file = forms.FileField(label="Campaign file", help_text="At most 2 MB.")
    name = forms.CharField(
        max_length=LONGEST_NAME, required=False, help_text="Empty: the name that stands in the file."
    )

    def clean_file(self) -> str:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError("This file is larger than 2 MB, which no campaign is.")
        try:
            return str(file.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise forms.ValidationError("This file is not in UTF-8. Export it anew, and change nothing else.") from None


def new_draft(campaign: Campaign, press: Press) -> str:
    draft = campaigns.draft_of(campaign, now=press.now)
    return f"{draft} is ready to be edited; running cases keep the version they follow."


def clone(campaign: Campaign, press: Press) -> str:
    draft = campaigns.clone(campaign, name=press.answers["name"], now=press.now)
    return f"“{draft.campaign}” rests, with a draft that is a copy of this campaign's newest version."


def hold_out(campaign: Campaign, press: Press) -> str:
    version = variants.publish_hold_out(campaign, now=press.now)
    return f"{version} holds back all that law does not ask for. Choose it as an arm of an experiment."


def switch_on(campaign: Campaign, press: Press) -> str:
    campaigns.switch_on(campaign, now=press.now)
    return f"“{campaign}” is on. The engine opens its cases in the next turn."


def switch_off(campaign: Campaign, press: Press) -> str:
    campaigns.switch_off(campaign, now=press.now)
    return f"“{campaign}” rests: no new case begins under it; running cases go on."


def shown_for_switching(campaign: Campaign, request: HttpRequest) -> dict[str, Any]:
    page = page_of(request)
    shown = switching.preview(campaign, page=page, now=timezone.now())
    return {"switching": shown, **pages(page, shown.enrolled + shown.skipped, switching.PAGE)}


BUTTONS = (
    Button(
        name="new_draft",
        label="New draft",
        says="Opens the draft, or copies the newest version into one. Nothing changes for customers.",
        permission="dunning.change_campaign",
        act=new_draft,
        refusals=(campaigns.CampaignRefusal,),
    ),
    Button(
        name="switch_on",
        label="Switch on",
        says="New cases begin under the newest published version. Nothing has been written so far: the list shows who "
        "would be taken if it happened now.",
        permission="dunning.change_campaign",
        act=switch_on,
        offered=lambda campaign: not campaign.is_active and campaign.versions.exclude(published_at=None).exists(),
        refusals=(campaigns.CampaignRefusal,),
        template="desk/switch_on.html",
        shows=shown_for_switching,
    ),
    Button(
        name="switch_off",
        label="Switch off",
        says="No new case begins under this campaign. Running cases go on to their end.",
        permission="dunning.change_campaign",
        act=switch_off,
        offered=lambda campaign: campaign.is_active,
        refusals=(campaigns.CampaignRefusal,),
    ),
    Button(
        name="hold_out",
        label="Make a hold-out",
        says="Publishes a variant of the newest version with nothing but what law or a contract asks for: formal "
        "letters and announcements, charges, legal steps. Nobody follows it until an experiment uses it.",
        permission="dunning.change_campaign",
        act=hold_out,
        offered=lambda campaign: campaign.is_active and campaign.trigger not in FORESEEN,
        refusals=(campaigns.CampaignRefusal,),
    ),
    Button(
        name="clone",
        label="Copy",
        says="Makes a new campaign that rests, with a draft that is a copy of the newest version.",
        permission="dunning.add_campaign",
        form=CloneForm,
        act=clone,
        offered=lambda campaign: campaign.versions.exists(),
        refusals=(campaigns.CampaignRefusal,),
    ),
)


class CampaignForm(forms.ModelForm):  # type: ignore[type-arg]
    conditions = ConditionsField(
        label="Only if", help_text="All of these must hold. Nothing here: the campaign is for everybody."
    )

    def clean_trigger(self) -> str:
        """Letters about debts and letters about what is foreseen have other words and days."""
        wanted = str(self.cleaned_data["trigger"])
        if (wanted in FORESEEN) != (self.instance.trigger in FORESEEN) and self._is_published():
            raise forms.ValidationError("Its published letters are about something else. Make a campaign of its own.")
        return wanted

    def _is_published(self) -> bool:
        return bool(self.instance.pk and self.instance.versions.exclude(published_at=None).exists())


@admin.register(Campaign)
class CampaignAdmin(DeskAdmin):
    empty_says = "Without a campaign nobody is reminded. Add one; its steps come on the next page."
    list_display = ("name", "use", "whom", "priority", "newest_version", "open_cases")
    ordering = ("priority", "pk")
    sortable_by = ("name", "priority")
    search_fields = ("name",)
    form = CampaignForm
    readonly_fields = ("whom", "use")
    list_before_template = "desk/campaigns_top.html"
    change_form_outer_after_template = "desk/campaign_versions.html"
    buttons = BUTTONS

    def get_queryset(self, request: HttpRequest) -> Any:
        published = Q(versions__published_at__isnull=False, versions__is_variant=False)
        following = Case.objects.filter(version__campaign=OuterRef("pk"), state=Case.State.OPEN).order_by()
        number = following.values("version__campaign").annotate(number=Count("pk")).values("number")
        newest = Max("versions__number", filter=published)
        return super().get_queryset(request).annotate(newest=newest, cases=Subquery(number))

    @badge("Use", {"active": "success", "resting": None})
    def use(self, campaign: Campaign) -> str:
        return "active" if campaign.is_active else "resting"

    @admin.display(description="For whom")
    def whom(self, campaign: Campaign) -> str:
        begins = [f"whoever: {campaign.get_trigger_display()}"] if campaign.trigger != Trigger.OVERDUE else []
        return " and ".join([*begins, *map(str, from_stored(campaign.conditions))]) or "everybody"

    @admin.display(description="Newest version")
    def newest_version(self, campaign: Any) -> str:
        return f"v{campaign.newest}" if campaign.newest else "none published"

    @admin.display(description="Open cases")
    def open_cases(self, campaign: Any) -> str:
        return counted(campaign.cases or 0, "case")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        may_write = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        return [("name", "use"), ("trigger", "priority"), "conditions" if may_write else "whom"]

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False  # a campaign that cases followed is part of their history

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        versions = CampaignVersion.objects.filter(campaign=int(object_id)) if object_id.isdecimal() else None
        shown = {"versions": list(versions.prefetch_related("steps").order_by("-number"))} if versions else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **shown})

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.import_view)
        return [path("import/", view, name="dunning_campaign_import"), *super().get_urls()]

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """GET shows the form, POST makes a campaign of the file and goes on to its draft."""
        if not request.user.has_perm("dunning.add_campaign"):
            raise PermissionDenied
        form = ImportForm(request.POST or None, request.FILES or None)
        if form.is_valid() and (draft := self._take_in(request, form)):
            return HttpResponseRedirect(reverse("admin:dunning_campaignversion_change", args=[draft.pk]))
        context = {"form": form, "title": "Import a campaign", "opts": self.opts}
        page = {**self.admin_site.each_context(request), **context}
        return TemplateResponse(request, "desk/campaign_import.html", page)

    def _take_in(self, request: HttpRequest, form: ImportForm) -> CampaignVersion | None:
        told = form.cleaned_data
        try:
            draft = campaign_files.take_in(told["file"], name=told["name"], now=timezone.now())
        except CampaignFileRefusal as refusal:
            for problem in refusal.problems:
                form.add_error("file", problem)
            return None
        except campaigns.CampaignRefusal as refusal:
            form.add_error("name", str(refusal))
            return None
        self.log_addition(request, draft.campaign, "imported")
        messages.success(request, f"“{draft.campaign}” is imported and rests. Look at its draft, check and publish it.")
        return draft
