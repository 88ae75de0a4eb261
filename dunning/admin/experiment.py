"""Experiments: plan one, start it, watch it, and decide what follows from its result."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Model, Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from customers.admin.base import DeskAdmin, DeskInline, ReadOnlyAdmin, badge
from customers.admin.buttons import Button, Press, ReasonForm, person
from customers.admin.filters import choice_filter, condition_filter
from customers.wording import counted
from dunning.models import Arm, Campaign, CampaignVersion, Enrolment, Experiment
from dunning.operations import experiments
from dunning.operations.campaigns import CampaignRefusal
from dunning.operations.experiments import ExperimentRefusal, problems_of
from dunning.queries.experiment_page import plan_words, result
from dunning.rules.triggers import FORESEEN

State = Experiment.State
COLOURS: dict[str, str | None] = {State.RUNNING: "info", State.FINISHED: "success", State.STOPPED: "danger"}
CHANGE = "dunning.change_experiment"


# Those that ended by themselves, until a manager says what follows.
WaitsFilter = condition_filter(
    "waits", "to decide on", {"yes": ("ended, nothing decided", Q(ended_at__isnull=False, settled_at=None))}
)


def start(experiment: Experiment, press: Press) -> str:
    started = experiments.start(experiment, now=press.now, by=press.by)
    return f"“{started}” runs: new cases of “{started.campaign}” are divided by chance."


def stop(experiment: Experiment, press: Press) -> str:
    experiments.stop(experiment, reason=press.answers["reason"], now=press.now, by=press.by)
    return f"“{experiment}” is stopped: new cases follow the newest version again."


def adopt(experiment: Experiment, press: Press) -> str:
    adopted = experiments.adopt(experiment, now=press.now, by=press.by)
    return f"{adopted} is published, in the words that were tried: new cases follow it from now on."


def keep(experiment: Experiment, press: Press) -> str:
    experiments.keep(experiment, now=press.now, by=press.by)
    return f"Nothing is adopted from “{experiment}”."


def is_unsettled(experiment: Experiment) -> bool:
    return experiment.ended_at is not None and experiment.settled_at is None


def shown_before(experiment: Experiment, _request: HttpRequest) -> dict[str, Any]:
    arms = list(experiment.arms.select_related("version__campaign").order_by("-is_control", "pk"))
    return {"plan": plan_words(experiment, now=timezone.now()), "problems": problems_of(experiment, arms)}


BUTTONS = (
    Button(
        name="start",
        label="Start",
        says="New cases of the campaign are divided by chance from now on; each customer keeps their arm. Arms and "
        "shares are fixed until the end. Running cases are not touched.",
        permission=CHANGE,
        act=start,
        offered=lambda experiment: experiment.state == State.PLANNED,
        refusals=(ExperimentRefusal,),
        is_main=True,
        template="desk/experiment_start.html",
        shows=shown_before,
    ),
    Button(
        name="adopt",
        label="Adopt the winner",
        says="The winner is published as the campaign's next version, in the very words that were tried. New cases "
        "follow it; running cases keep theirs.",
        permission=CHANGE,
        act=adopt,
        offered=lambda experiment: is_unsettled(experiment) and experiment.winner_id is not None,
        refusals=(ExperimentRefusal, CampaignRefusal),
        is_main=True,
    ),
    Button(
        name="keep",
        label="Keep things as they are",
        says="Nothing is adopted. The result stays on this page.",
        permission=CHANGE,
        act=keep,
        offered=is_unsettled,
        refusals=(ExperimentRefusal,),
    ),
    Button(
        name="stop",
        label="Stop",
        says="New cases follow the campaign's newest version again; running cases keep theirs. What was stopped early "
        "names no winner.",
        permission=CHANGE,
        form=ReasonForm,
        act=stop,
        offered=lambda experiment: experiment.state == State.RUNNING,
        refusals=(ExperimentRefusal,),
    ),
)


def is_planned(experiment: Any) -> bool:
    return experiment is None or experiment.state == State.PLANNED


class ArmInline(DeskInline):
    """The arms, fixed once the experiment has started."""

    model = Arm
    extra = 2
    fields = ("name", "version", "share", "is_control", "is_hold_out")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "version":
            published = CampaignVersion.objects.exclude(published_at=None).exclude(campaign__trigger__in=FORESEEN)
            kwargs["queryset"] = published.select_related("campaign").order_by("campaign__name", "-number")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_planned(obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_planned(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_planned(obj) and super().has_delete_permission(request, obj)


class ExperimentForm(forms.ModelForm):  # type: ignore[type-arg]
    def clean_campaign(self) -> Campaign:
        campaign: Campaign = self.cleaned_data["campaign"]
        if campaign.trigger in FORESEEN:
            raise forms.ValidationError("Nothing is owed there yet, so there is nothing to recover. Choose another.")
        return campaign


@admin.register(Experiment)
class ExperimentAdmin(DeskAdmin):
    empty_says = "Plan one to see whether other words, days or ways get more customers to pay."
    list_display = ("name", "campaign", "stands", "taking_part", "started_at", "ended_because")
    list_select_related = ("campaign",)
    list_filter = (choice_filter("state", "state", State.choices), WaitsFilter)
    search_fields = ("name",)
    ordering = ("-pk",)
    sortable_by = ()
    form = ExperimentForm
    fields = ("name", "campaign", ("window_days", "smallest_effect"))
    inlines = (ArmInline,)
    change_form_outer_before_template = "desk/experiment_top.html"
    buttons = BUTTONS

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(enrolled=Count("enrolments"))

    @badge("State", COLOURS)
    def stands(self, experiment: Experiment) -> tuple[str, str]:
        return experiment.state, experiment.get_state_display()

    @admin.display(description="Customers")
    def taking_part(self, experiment: Any) -> str:
        return f"{experiment.enrolled:,} of {experiment.planned:,}" if experiment.planned else "–"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        experiment = self.get_object(request, object_id) if object_id.isdecimal() else None
        shown: dict[str, Any] = {}
        if experiment and is_planned(experiment):
            shown = shown_before(experiment, request)
        elif experiment:
            shown = {"result": result(experiment, now=timezone.now()), "experiment": experiment}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **shown})

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.created_at, obj.created_by = timezone.now(), person(request)
        super().save_model(request, obj, form, change)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return is_planned(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False  # what was tried is part of the history


@admin.register(Enrolment)
class EnrolmentAdmin(ReadOnlyAdmin):
    empty_says = "Customers take part from the moment an experiment runs and a case of theirs opens."
    list_display = ("customer", "experiment", "arm", "case", "came_to", "enrolled_at")
    list_select_related = ("customer", "experiment", "arm", "case")
    ordering = ("-pk",)
    sortable_by = ()
    search_customer = "customer"
    search_help_text = "Customer number or e-mail from its start, or words of the name"
    linked_by = ("experiment", "arm", "customer")

    @admin.display(description="Came to")
    def came_to(self, enrolment: Enrolment) -> str:
        case = enrolment.case
        if case.closed_at is None:
            return "open"
        days = (case.closed_at - enrolment.enrolled_at).days
        return f"{case.get_ending_display()} after {counted(days, 'day')}"
