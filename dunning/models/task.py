"""Work for a person: what a step of a campaign asks for, or somebody whom a step did not reach (one for each step of a
case), an address to be found, what a customer asked for or was unhappy with.
"""

from django.conf import settings
from django.db import models

from dunning.models.case import Case
from dunning.models.customer_request import CustomerRequest
from dunning.models.step_run import StepRun
from dunning.rules.words import ACTIONS, FOR_A_PERSON

ADDRESS = "address"  # what was sent to the address came back
UNREACHED = "unreached"  # no way of a step got through
REQUEST = "request"  # a customer waits for an answer
FEEDBACK = "feedback"  # a customer was unhappy with what we wrote
CARDS = "cards"  # somebody tries out cards on a customer's page
BESIDES_STEPS = (ADDRESS, REQUEST, FEEDBACK, CARDS)
BESIDES = [
    (ADDRESS, "find the right address"),
    (REQUEST, "answer a customer"),
    (FEEDBACK, "look into a complaint"),
    (CARDS, "look into refused cards"),
]
KINDS = [*((k.value, ACTIONS[k]) for k in FOR_A_PERSON), (UNREACHED, "reach them another way")]


class Task(models.Model):
    class State(models.TextChoices):
        OPEN = "open", "open"
        DONE = "done", "done"
        DROPPED = "dropped", "dropped"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="tasks")
    run = models.OneToOneField(StepRun, on_delete=models.PROTECT, related_name="task", null=True, blank=True)
    kind = models.CharField(max_length=12, choices=[*KINDS, *BESIDES])
    request = models.OneToOneField(
        CustomerRequest, on_delete=models.PROTECT, related_name="task", null=True, blank=True
    )
    queue = models.CharField(max_length=40, help_text="Who works on it.")
    script = models.TextField(blank=True, help_text="What to do or say.")
    due_on = models.DateField(help_text="The customer's day.")
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    created_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="Of a phone call: how often nobody answered."
    )
    outcome = models.CharField(max_length=300, blank=True, help_text="What came of it, or why it was dropped.")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        indexes = [
            models.Index(name="task_to_do", fields=["queue", "due_on"], condition=models.Q(state="open")),
        ]
        constraints = [
            models.UniqueConstraint(
                name="one_open_search_for_an_address",
                fields=["case"],
                condition=models.Q(kind="address", state="open"),
            ),
            models.CheckConstraint(
                name="task_is_for_a_step_or_besides",
                condition=models.Q(kind__in=BESIDES_STEPS, run__isnull=True)
                | ~models.Q(kind__in=BESIDES_STEPS) & models.Q(run__isnull=False),
            ),
            models.CheckConstraint(
                name="task_to_answer_has_a_request",
                condition=models.Q(kind=REQUEST, request__isnull=False)
                | ~models.Q(kind=REQUEST) & models.Q(request__isnull=True),
            ),
            models.CheckConstraint(
                name="task_ends_with_an_outcome",
                condition=models.Q(state="open", ended_at__isnull=True)
                | ~models.Q(state="open") & models.Q(ended_at__isnull=False) & ~models.Q(outcome=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.queue})"
