"""Versions of a campaign: a draft is edited here, a published one is frozen and only read."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import Model
from django.forms import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from unfold.widgets import UnfoldAdminSelectWidget

from customers.admin.base import DeskAdmin, DeskInline, ReadOnlyAdmin, badge
from customers.admin.buttons import Button, Press
from dunning.models import CampaignVersion, Step, StepText
from dunning.operations import campaigns, drafts
from dunning.rules.words import ACTIONS, FOR_A_PERSON, StepKind


def publish(version: CampaignVersion, press: Press) -> str:
    published = campaigns.publish(version, now=press.now)
    return f"{published} is published: new cases follow it from now on."


class StepFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    """The steps of a draft; their order follows from their days."""

    def clean(self) -> None:
        super().clean()
        kept = [form.cleaned_data for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        if sum(step.get("kind") == StepKind.THANKS for step in kept) > 1:
            raise forms.ValidationError("A campaign says thank you once: keep one thanks step.")
        for kind, name in ((StepKind.REMINDER, "reminders"), (StepKind.CHARGE, "charges")):
            days = [step.get("offset_days") for step in kept if step.get("kind") == kind]
            if len(set(days)) < len(days):
                raise forms.ValidationError(f"Two {name} on the same day: give each a day of its own.")


class StepForm(forms.ModelForm):  # type: ignore[type-arg]
    """Letters need words, everything else sends none; work for a person needs a queue."""

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        kind = told.get("kind")
        if kind == StepKind.CHARGE or kind in ACTIONS:
            self._sends_nothing(told, "A charge" if kind == StepKind.CHARGE else "This kind of step")
        elif "template" in told and not told["template"]:
            self.add_error("template", "Choose what is sent.")
        if kind in FOR_A_PERSON and not told.get("queue"):
            self.add_error("queue", "Name the queue in which the work appears, for example calls.")
        if kind not in FOR_A_PERSON:
            for field in ("queue", "script", "due_days"):
                if told.get(field):
                    self.add_error(field, "Only a task or legal notice has this. Leave it empty.")
        return told

    def clean_due_days(self) -> int:
        return self.cleaned_data["due_days"] or 0

    def _sends_nothing(self, told: dict[str, Any], what: str) -> None:
        if told.get("template"):
            self.add_error(
                "template", f"{what} sends nothing. Leave this empty; a letter may go on the same day by its own step."
            )
        if (told.get("offset_days") or 0) < 0:
            self.add_error("offset_days", f"{what} comes on the due date (0) or later: nothing is owed before.")


class StepInline(DeskInline):
    model = Step
    form = StepForm
    formset = StepFormSet
    fields = ("kind", "offset_days", "tone", "channel", "template", "queue", "script", "due_days")
    ordering = ("position",)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "channel":
            pairs = [(alias, alias) for alias in settings.DUNNING_CHANNELS]
            return forms.ChoiceField(choices=pairs, widget=UnfoldAdminSelectWidget)
        asked = super().formfield_for_dbfield(db_field, request, **kwargs)
        if asked and db_field.name == "script":
            asked.widget.attrs["rows"] = 2
        return asked

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_draft(obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_draft(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_draft(obj) and super().has_delete_permission(request, obj)


def is_draft(version: Any) -> bool:
    return isinstance(version, CampaignVersion) and version.published_at is None


@admin.register(CampaignVersion)
class CampaignVersionAdmin(DeskAdmin):
    list_display = ("__str__", "state", "send_from", "send_until", "published_at")
    list_select_related = ("campaign",)
    ordering = ("campaign", "-number")
    sortable_by = ()
    linked_by = ("campaign",)
    fields = (("campaign", "state"), ("send_from", "send_until"), "working_days_only", "published_at")
    readonly_fields = ("campaign", "state", "published_at")
    inlines = (StepInline,)
    change_form_outer_after_template = "desk/version_texts.html"
    buttons = (
        Button(
            name="publish",
            label="Publish",
            says="Copies the texts into the steps and freezes them. New cases follow this version; running cases "
            "keep theirs. A published version never changes again.",
            permission="dunning.change_campaignversion",
            act=publish,
            offered=is_draft,
            refusals=(campaigns.CampaignRefusal,),
            is_main=True,
        ),
    )

    @badge("State", {"published": "success", "draft": "warning"})
    def state(self, version: CampaignVersion) -> str:
        return "draft" if is_draft(version) else "published"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        frozen = StepText.objects.filter(step__version=int(object_id)) if object_id.isdecimal() else None
        shown = {"texts": list(frozen.select_related("step").order_by("step__position", "language"))} if frozen else {}
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


@admin.register(Step)
class StepAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "version", "position", "kind", "tone", "channel", "template")
    list_select_related = ("version__campaign", "template")
    ordering = ("version", "position")
    sortable_by = ()
    linked_by = ("version", "template")


@admin.register(StepText)
class StepTextAdmin(ReadOnlyAdmin):
    list_display = ("subject", "step", "language", "version")
    list_select_related = ("step__version__campaign",)
    ordering = ("-pk",)
    sortable_by = ()
    linked_by = ("step",)

    @admin.display(description="Version")
    def version(self, text: StepText) -> str:
        return str(text.step.version)
