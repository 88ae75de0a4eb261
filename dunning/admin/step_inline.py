"""The rows in which a draft's steps are edited; of a published version they are only read."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.forms import BaseInlineFormSet
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminSelectWidget

from customers.admin.base import DeskInline
from dunning.models import CampaignVersion, Step
from dunning.rules.words import StepKind, Tone, day_words


def is_draft(version: Any) -> bool:
    return isinstance(version, CampaignVersion) and version.published_at is None


class StepWords:
    """Columns that say nothing where the kind of a step has nothing to say."""

    @admin.display(description="Day")
    def day(self, step: Step) -> str:
        return "when all is paid" if step.kind == StepKind.THANKS else day_words(step.offset_days)

    @admin.display(description="Tone")
    def says_tone(self, step: Step) -> str:
        return Tone(step.tone).name.lower() if step.kind == StepKind.REMINDER else "–"

    @admin.display(description="Channel")
    def goes_by(self, step: Step) -> str:
        return "–" if step.kind == StepKind.CHARGE else step.channel


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
    """A charge sends nothing, everything else needs words."""

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        is_charge = told.get("kind") == StepKind.CHARGE
        if self.instance.conditions and told.get("kind") != StepKind.REMINDER:
            self.add_error("kind", "It has conditions, and only reminders have any. Remove them on its page first.")
        if is_charge and told.get("template"):
            self.add_error(
                "template", "A charge sends nothing. Leave this empty; a letter of the same day goes if it fails."
            )
        if is_charge and (told.get("offset_days") or 0) < 0:
            self.add_error("offset_days", "A card is charged on the due date (0) or later: nothing is owed before.")
        if told.get("is_reviewed") and told.get("kind") != StepKind.REMINDER:
            self.add_error("is_reviewed", "Only reminders wait for review; charges and thanks never do.")
        if not is_charge and "template" in told and not told["template"]:
            self.add_error("template", "Choose what is sent.")
        return told


class StepInline(StepWords, DeskInline):
    model = Step
    form = StepForm
    formset = StepFormSet
    fields = ("kind", "offset_days", "tone", "channel", "template", "is_reviewed")
    ordering = ("position",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if is_draft(obj) else ("kind", "day", "says_tone", "goes_by", "template")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if is_draft(obj) else ("day", "says_tone", "goes_by")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "channel":
            pairs = [(alias, alias) for alias in settings.DUNNING_CHANNELS]
            return forms.ChoiceField(choices=pairs, widget=UnfoldAdminSelectWidget(attrs={"aria-label": "channel"}))
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_draft(obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_draft(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_draft(obj) and super().has_delete_permission(request, obj)
