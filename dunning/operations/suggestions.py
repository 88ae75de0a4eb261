"""Each month: what could be done better, written down once. A manager makes a draft of it, or says why not."""

from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q

from dunning.models import CampaignVersion, EngineState, Rehearsal, Step, Suggestion, Template, TemplateText
from dunning.operations import rehearsals
from dunning.operations.campaigns import draft_of
from dunning.operations.drafts import set_conditions
from dunning.operations.engine_marks import claim
from dunning.operations.variants import refuse_beside_a_draft
from dunning.rehearsal.run import Question
from dunning.rules.conditions import check, to_stored
from dunning.rules.suggestions import Kind, Suggested, suggestions
from dunning.rules.vocabulary import Operator
from dunning.snapshot.suggesting import calls_seen, followed, letters_seen, tries_seen
from payments.rules.local_hours import DAYTIME

State = Suggestion.State
DAYS_REHEARSED = 30
REMEMBERED = timedelta(days=365)


class SuggestionRefusal(ValueError):
    """It cannot be done as it is; the message says why, and the remedy."""


def suggest(*, now: datetime) -> int:
    """Write down this month's suggestions, once; returns how many are new. What was suggested within REMEMBERED stays.

    Half a year is read outside any transaction. A kill costs as long as the claim lasts; then it begins anew.
    """
    month = now.date().replace(day=1)
    if EngineState.objects.filter(suggested_on__gte=month).exists() or not claim("suggesting_at", now=now):
        return 0
    versions = followed()
    found = suggestions(letters_seen(versions, now=now), calls_seen(versions, now=now), tries_seen(versions, now=now))
    new = [_row(one, month, now) for one in found if not _is_remembered(one, now)]
    return _write_down(new, month)


@transaction.atomic
def _write_down(new: list[Suggestion], month: date) -> int:
    """Nothing when another worker was faster: the engine's row decides, and is held for these few rows only."""
    is_first = Q(suggested_on=None) | Q(suggested_on__lt=month)
    if not EngineState.objects.filter(is_first, pk=1).update(suggested_on=month, suggesting_at=None):
        return 0
    return len(Suggestion.objects.bulk_create(new))


def _is_remembered(one: Suggested, now: datetime) -> bool:
    """The same was suggested lately, whatever became of it, of the same step in whichever version of the campaign."""
    step = Step.objects.select_related("version").get(pk=one.step_id)
    return Suggestion.objects.filter(
        kind=one.kind,
        detail=one.detail,
        made_at__gt=now - REMEMBERED,
        step__version__campaign=step.version.campaign_id,
        **{f"step__{name}": value for name, value in _place_of(step).items()},
    ).exists()


def _place_of(step: Step) -> dict[str, Any]:
    """What a step is known by from version to version. Only of calls there may be two alike."""
    return {"kind": step.kind, "offset_days": step.offset_days, "channel": step.channel}


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
        raise SuggestionRefusal("It names no step, so no draft can be made of it. Dismiss it; next month's names one.")
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
    """Nothing is changed, and the same is not suggested within REMEMBERED. Raises SuggestionRefusal when decided."""
    _decide(_locked(suggestion), State.DISMISSED, now, by, reason=reason)


def _same_step(step: Step, draft: CampaignVersion) -> Step:
    """The step of the draft that this one has become: the one alike at its place, or else the only one alike."""
    alike = list(draft.steps.filter(**_place_of(step)))
    found = [one for one in alike if one.position == step.position] or alike
    if not found:
        raise SuggestionRefusal(f"The newest version has no {step} any more. Dismiss the suggestion.")
    if len(found) > 1:
        raise SuggestionRefusal(f"The newest version has several steps “{step}”. Change the one that is meant by hand.")
    return found[0]


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
        case Kind.OTHER_HOUR:
            _leave_out_hour(step.version, int(suggestion.detail))


def _leave_out_hour(draft: CampaignVersion, hour: int) -> None:
    hours = sorted({*draft.hours_not_charged, hour})
    if not set(DAYTIME) - set(hours):
        raise SuggestionRefusal("No hour of the day would be left to charge in. Dismiss the suggestion.")
    CampaignVersion.objects.filter(pk=draft.pk).update(hours_not_charged=hours)


def _to_be_rewritten(step: Step) -> Template:
    """A copy of the step's text: the old one is used elsewhere, and is what the new one is compared with."""
    old = step.template
    assert old is not None  # letters have one
    begins = f"{old.key[:40]}-new-"
    taken = set(Template.objects.filter(key__startswith=begins).values_list("key", flat=True))
    number = next(number for number in count(1) if f"{begins}{number}" not in taken)
    told = {"channel": old.channel, "announces": old.announces, "message_class": old.message_class}
    new = Template.objects.create(key=f"{begins}{number}", name=f"{old.name[:80]}, anew ({number})", **told)
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
