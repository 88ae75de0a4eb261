"""Suggestions of the month: what could be done better, with the numbers behind it. Nothing acts by itself."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html_join
from django_q.tasks import async_task

from customers.admin.base import Badge, ReadOnlyAdmin, badge
from customers.admin.buttons import Button, Press, ReasonForm
from customers.admin.filters import choice_filter
from dunning.admin.rehearsal import SMALL
from dunning.models import Suggestion
from dunning.operations import rehearsals, suggestions
from dunning.operations.campaigns import CampaignRefusal
from dunning.operations.suggestions import SuggestionRefusal
from dunning.rehearsal.run import Question, RehearsalRefusal, size

State = Suggestion.State
CHANGE = "dunning.change_suggestion"
COLOURS: dict[str, str | None] = {State.OPEN: "info", State.DRAFTED: "success", State.DISMISSED: None}


def is_open(suggestion: Suggestion) -> bool:
    return suggestion.state == State.OPEN


def make_draft(suggestion: Suggestion, press: Press) -> str:
    asked = suggestions.draft_from(suggestion, now=press.now, by=press.by)
    question = Question(asked.first_on, asked.last_on, version=asked.version)
    if size(question, now=press.now) <= SMALL:
        rehearsals.carry_out(asked, now=press.now)
    else:
        async_task("dunning.tasks.rehearse", asked.pk, q_options={"timeout": 540})
    return (
        f"{asked.version} is ready to be looked at, and its rehearsal with it. Nothing changes before you publish it."
    )


def dismiss(suggestion: Suggestion, press: Press) -> str:
    suggestions.dismiss(suggestion, reason=press.answers["reason"], now=press.now, by=press.by)
    return "Dismissed: the same is not suggested of this step again for a year."


@admin.register(Suggestion)
class SuggestionAdmin(ReadOnlyAdmin):
    empty_says = "On the first night of each month the figures of half a year are looked at."
    list_display = ("says", "campaign", "stands", "month")
    list_select_related = ("step__version__campaign",)
    list_filter = (choice_filter("state", "state", State.choices),)
    ordering = ("-month", "-pk")
    sortable_by = ()
    fields = (
        "says",
        "numbers",
        "campaign",
        ("stands", "made_at"),
        ("decided_by", "decided_at"),
        "reason",
        "came_of_it",
    )
    readonly_fields = ("numbers", "campaign", "stands", "came_of_it")
    buttons = (
        Button(
            name="make_draft",
            label="Make a draft",
            says="Opens a draft of the campaign with this change in it, and rehearses it beside today's strategy. "
            "Nothing changes for customers before somebody publishes it.",
            permission=CHANGE,
            act=make_draft,
            offered=lambda suggestion: is_open(suggestion) and suggestion.step_id is not None,
            refusals=(SuggestionRefusal, CampaignRefusal, RehearsalRefusal),
            is_main=True,
        ),
        Button(
            name="dismiss",
            label="Dismiss",
            says="Nothing is changed, and the same is not suggested of this step again for a year, also in later "
            "versions of the campaign.",
            permission=CHANGE,
            form=ReasonForm,
            act=dismiss,
            offered=is_open,
            refusals=(SuggestionRefusal,),
        ),
    )

    @badge("State", COLOURS)
    def stands(self, suggestion: Suggestion) -> Badge:
        return Badge(suggestion.state, suggestion.get_state_display())

    @admin.display(description="Campaign")
    def campaign(self, suggestion: Suggestion) -> str:
        return str(suggestion.step.version) if suggestion.step else "–"

    @admin.display(description="Evidence")
    def numbers(self, suggestion: Suggestion) -> str:
        return format_html_join("", "<p>{}</p>", ((line,) for line in suggestion.evidence))

    @admin.display(description="What came of it")
    def came_of_it(self, suggestion: Suggestion) -> str:
        pages = {"campaignversion": suggestion.draft, "rehearsal": suggestion.rehearsal}
        links = ((reverse(f"admin:dunning_{name}_change", args=[row.pk]), row) for name, row in pages.items() if row)
        return format_html_join(" · ", '<a class="desk-link" href="{}">{}</a>', links) or "–"
