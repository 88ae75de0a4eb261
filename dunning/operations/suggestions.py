"""Each month: what could be done better, written down once. A manager makes a draft of it, or says why not."""

from datetime import date, datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction

from dunning.models import CampaignVersion, EngineState, Rehearsal, Step, Suggestion, Template, TemplateText
from dunning.operations import rehearsals
from dunning.operations.campaigns import draft_of
from dunning.operations.drafts import set_conditions
from dunning.operations.variants import refuse_beside_a_draft
from dunning.rehearsal.run import Question
from dunning.rules.conditions import check, to_stored
from dunning.rules.suggestions import Kind, Suggested, suggestions
from dunning.rules.vocabulary import Operator
from dunning.snapshot.suggesting import calls_seen, followed, letters_seen, tries_seen

State = Suggestion.State
DAYS_REHEARSED = 30


class SuggestionRefusal(ValueError):
    """It cannot be done as it is; the message says why, and the remedy."""


@transaction.atomic
def suggest(*, now: datetime) -> int:
    """Write down this month's suggestions, once; returns how many there are. What was dismissed lately stays so."""
    month = now.date().replace(day=1)
    EngineState.objects.get_or_create(pk=1)
    state = EngineState.objects.select_for_update().get(pk=1)
    if state.suggested_on and state.suggested_on >= month:
        return 0
    versions = followed()
    found = suggestions(letters_seen(versions, now=now), calls_seen(versions, now=now), tries_seen(now=now))
    made = Suggestion.objects.bulk_create(_row(one, month, now) for one in found if not _was_decided(one))
    EngineState.objects.filter(pk=1).update(suggested_on=month)
    return len(made)


def _was_decided(one: Suggested) -> bool:
    """The same was suggested of the same step before, and is still open or was decided on."""
    return Suggestion.objects.filter(kind=one.kind, step=one.step_id, detail=one.detail).exists()


def _row(one: Suggested, month: date, now: datetime) -> Suggestion:
    evidence = [str(counted) for counted in one.evidence]
    return Suggestion(
        month=month,
        kind=one.kind,
        step_id=one.step_id,
        detail=one.detail,
        says=one.says,
        evidence=evidence,
        made_at=now,
    )


@transaction.atomic
def draft_from(suggestion: Suggestion, *, now: datetime, by: User) -> Rehearsal:
    """Open a draft of the campaign with the change in it, and ask for its rehearsal beside today's strategy.

    Raises SuggestionRefusal when it is decided already, no campaign is to be changed, or the step has gone; and
    CampaignRefusal while another draft is open.
    """
    suggestion = _locked(suggestion)
    if suggestion.step is None:
        raise SuggestionRefusal("No campaign is to be changed for this. Do what it says, then dismiss it.")
    refuse_beside_a_draft(suggestion.step.version.campaign)
    draft = draft_of(suggestion.step.version.campaign, now=now)
    _change(suggestion, _same_step(suggestion.step, draft), now)
    today = now.date()
    question = Question(today, today + timedelta(days=DAYS_REHEARSED - 1), version=draft)
    rehearsal = rehearsals.ask(question, now=now, by=by)
    _decide(suggestion, State.DRAFTED, now, by, draft=draft, rehearsal=rehearsal)
    return rehearsal


@transaction.atomic
def dismiss(suggestion: Suggestion, *, reason: str, now: datetime, by: User) -> None:
    """Nothing is changed, and it is not suggested of this step again. Raises SuggestionRefusal when decided already."""
    _decide(_locked(suggestion), State.DISMISSED, now, by, reason=reason)


def _same_step(step: Step, draft: CampaignVersion) -> Step:
    same = draft.steps.filter(kind=step.kind, offset_days=step.offset_days, channel=step.channel).first()
    if same is None:
        raise SuggestionRefusal(f"The newest version has no {step} any more. Dismiss the suggestion.")
    return same


def _change(suggestion: Suggestion, step: Step, now: datetime) -> None:
    match Kind(suggestion.kind):
        case Kind.LEAVE_OUT:
            step.delete()
        case Kind.REWRITE:
            step.template = _to_be_rewritten(step)
            step.save()
        case Kind.SPARE_CALL:
            not_there = to_stored([check("segment", Operator.IS_NOT, suggestion.detail)])
            set_conditions(step, [*step.conditions, *not_there], now=now)


def _to_be_rewritten(step: Step) -> Template:
    """A copy of the step's text: the old one is used elsewhere, and is what the new one is compared with."""
    old = step.template
    assert old is not None  # letters have one
    number = Template.objects.filter(key__startswith=f"{old.key[:40]}-new-").count() + 1
    told = {"channel": old.channel, "announces": old.announces}
    new = Template.objects.create(key=f"{old.key[:40]}-new-{number}", name=f"{old.name[:80]}, anew ({number})", **told)
    TemplateText.objects.bulk_create(
        TemplateText(template=new, language=text.language, subject=text.subject, body=text.body)
        for text in old.texts.all()
    )
    return new


def _locked(suggestion: Suggestion) -> Suggestion:
    found = Suggestion.objects.select_for_update(of=("self",)).select_related("step__version__campaign")
    locked = found.get(pk=suggestion.pk)
    if locked.state != State.OPEN:
        raise SuggestionRefusal(f"This suggestion is decided already: {locked.get_state_display()}.")
    return locked


def _decide(suggestion: Suggestion, state: Suggestion.State, now: datetime, by: User, **told: object) -> None:
    Suggestion.objects.filter(pk=suggestion.pk).update(state=state, decided_at=now, decided_by=by, **told)
