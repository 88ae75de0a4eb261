"""The demo's second campaign: key accounts are called, firm letters wait for a manager, and the end is not a letter.

And the draft somebody works on, with a rehearsal of what it would change.
"""

from datetime import datetime, timedelta

from django.contrib.auth.models import User

from customers.rules.contact import POST
from dunning.models import Campaign, Notice, Step, Task, Template
from dunning.operations import call_outcomes, campaigns, drafts, rehearsals, review
from dunning.rehearsal.run import Question
from dunning.rules.conditions import Condition, to_stored
from dunning.rules.vocabulary import Operator
from dunning.rules.words import StepKind, Tone

NAME, SEGMENT = "Key accounts", "key account"
CALLS, LEGAL = "calls", "legal"
DAYS = {-3: -3, 1: 2, 7: 10, 14: 25, 30: 38}  # of the standard reminders: their days here
REVIEWED_FROM = Tone.CLEAR
IN_THE_APP = [(5, Tone.FRIENDLY, "in_app_friendly"), (11, Tone.CLEAR, "in_app_clear")]
UNDECIDED = timedelta(days=4)  # the manager is away
CALL = """\
We miss a payment, and want to know whether something is wrong with what we delivered.
Ask first, listen, then agree on a day. Write down what was said."""
SAID = "Their bookkeeping has found the invoice"
NOTICE = (
    "Look at the whole case. If nothing speaks against it, have the lawyer write; if something does, drop this task."
)


def begin(standard: Campaign, *, now: datetime) -> None:
    """A copy of the standard campaign with its own days and steps, published and switched on."""
    draft = campaigns.clone(standard, name=NAME, now=now)
    steps = list(draft.steps.all())
    for step in steps:
        step.offset_days = DAYS[step.offset_days] if step.kind == StepKind.REMINDER else step.offset_days
        step.is_reviewed = step.kind == StepKind.REMINDER and step.tone >= REVIEWED_FROM
    steps += [
        *(
            Step(version=draft, offset_days=day, tone=tone, channel="in_app", template=Template.objects.get(key=key))
            for day, tone, key in IN_THE_APP
        ),
        Step(version=draft, kind=StepKind.CALL, offset_days=18, queue=CALLS, script=CALL, due_days=2),
        Step(version=draft, kind=StepKind.RESTRICT, offset_days=32),
        Step(version=draft, kind=StepKind.LEGAL, offset_days=45, queue=LEGAL, script=NOTICE, due_days=7),
    ]
    drafts.arrange(draft, steps, [], now=now)
    campaigns.publish(draft, now=now)
    campaign = draft.campaign
    campaign.priority = 10
    campaign.conditions = to_stored([Condition("segment", Operator.IS, SEGMENT)])
    campaign.save(update_fields=["priority", "conditions"])
    campaigns.switch_on(campaign, now=now)


def review_letters(*, now: datetime, by: User) -> None:
    """The manager's daily look: all may go, but for a letter whose invoice is being talked about."""
    waiting = Notice.objects.filter(state=Notice.State.PROPOSED).order_by("pk")
    found = list(waiting)
    if len(found) > 1:
        dropped = waiting.filter(pk=found[-1].pk)
        review.drop(dropped, reason="They have called about this invoice today", seen_at=now, now=now, by=by)
    if found:
        review.release(waiting, seen_at=now, now=now, by=by)


def work_off_calls(*, now: datetime, by: User) -> None:
    """The calls that wait since yesterday are made."""
    late = Task.objects.filter(state=Task.State.OPEN, kind=StepKind.CALL, due_on__lt=now.date())
    for task in late.select_related("case__customer"):
        call_outcomes.will_pay(task, note=SAID, now=now, by=by)


def plan_ahead(standard: Campaign, *, now: datetime, by: User) -> None:
    """A draft that asks a week later, and by post where no mail gets through; what it would change in two weeks."""
    draft = campaigns.draft_of(standard, now=now)
    steps = list(draft.steps.all())
    for step in steps:
        if step.kind == StepKind.REMINDER and step.tone >= Tone.FIRM:
            step.offset_days += 7
    drafts.arrange(draft, steps, [], now=now)
    for step in steps:
        if step.kind == StepKind.REMINDER and step.template:
            drafts.set_ways(step, [(POST, step.template)], wait_hours=0, now=now)
    first_on = now.date()
    question = Question(first_on, first_on + timedelta(days=13), version=draft, moves_cases=True)
    rehearsals.carry_out(rehearsals.ask(question, now=now, by=by), now=now)
