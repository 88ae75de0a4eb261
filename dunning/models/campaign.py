"""A campaign is edited as a draft; publishing freezes a version, and cases follow versions, never drafts."""

from django.db import models
from django.db.models import F, Func, Value
from django.db.models.lookups import Exact

from customers.rules.choices import choices
from customers.rules.contact import ROLES
from dunning.models.template import Template
from dunning.rules.triggers import TRIGGERS, Trigger
from dunning.rules.words import ACTIONS, FOR_A_PERSON, MESSAGE_CLASSES, StepKind, Tone, step_words

LONGEST_NAME = 100
ACTION_KINDS = [kind.value for kind in ACTIONS]
GOES_TO = [(role, f"the {words} contact" if role else "the primary contact") for role, words in ROLES]
COPIED_TO = [(role, f"the {words} contact" if role else "nobody") for role, words in ROLES]
PERSON_KINDS = [kind.value for kind in FOR_A_PERSON]


def is_a_list(column: str) -> Exact:
    """The JSON of this column is a list."""
    return Exact(Func(F(column), function="jsonb_typeof", output_field=models.TextField()), Value("array"))


class Campaign(models.Model):
    name = models.CharField(max_length=LONGEST_NAME, unique=True)
    conditions = models.JSONField(
        default=list, blank=True, help_text="Only for customers of whom all of these hold; empty: all."
    )
    trigger = models.CharField(
        "begins when",
        max_length=16,
        choices=choices(TRIGGERS),
        default=Trigger.OVERDUE.value,
        db_default=Trigger.OVERDUE.value,
        help_text="For new cases only. What happened goes before a date: such campaigns are looked at first.",
    )
    priority = models.PositiveSmallIntegerField(default=100, help_text="The lowest number that fits wins.")
    is_active = models.BooleanField(default=False, help_text="New cases start only from active campaigns.")

    class Meta:
        constraints = [
            models.CheckConstraint(name="campaign_conditions_are_a_list", condition=is_a_list("conditions")),
        ]

    def __str__(self) -> str:
        return self.name


class CampaignVersion(models.Model):
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    send_from = models.TimeField(
        default="09:00", help_text="Reminders leave from this time on, in the customer's zone."
    )
    send_until = models.TimeField(default="18:00", help_text="… and not after this time.")
    working_days_only = models.BooleanField(
        default=True, help_text="No letters on weekends and public holidays of the customer's country."
    )
    uses_profile = models.BooleanField(
        "goes by customers' habits",
        default=True,
        help_text="A letter may wait for the hour, or up to two days for the weekday, at which the customer usually "
        "pays; the first firm letter comes a week later to whoever was never late before.",
    )
    is_reviewed = models.BooleanField(
        default=False, help_text="Reminders wait until a manager has released them, under Review."
    )
    review_days = models.PositiveSmallIntegerField(
        default=3,
        help_text="Working days after which a reminder that nobody has decided on is taken back and decided anew.",
    )
    published_at = models.DateTimeField(null=True, blank=True, help_text="Empty: still a draft.")
    is_variant = models.BooleanField(
        "variant",
        default=False,
        db_default=False,
        help_text="Published for experiments: new cases follow it only where an experiment says so.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="campaign_version_number", fields=["campaign", "number"]),
            models.UniqueConstraint(
                name="one_draft_per_campaign", fields=["campaign"], condition=models.Q(published_at__isnull=True)
            ),
            models.CheckConstraint(
                name="campaign_send_window", condition=models.Q(send_from__lt=models.F("send_until"))
            ),
            models.CheckConstraint(name="review_has_days", condition=models.Q(review_days__range=(1, 30))),
        ]

    def __str__(self) -> str:
        stands = "variant" if self.is_variant else "" if self.published_at else "draft"
        return f"{self.campaign} v{self.number}" + (f" ({stands})" if stands else "")


class Step(models.Model):
    version = models.ForeignKey(CampaignVersion, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(
        max_length=12,
        choices=[(k.value, ACTIONS.get(k, k.value)) for k in StepKind],
        default=StepKind.REMINDER.value,
    )
    offset_days = models.SmallIntegerField(
        default=0, help_text="Days after (before: minus) the oldest open due date, or the day that is foreseen."
    )
    channel = models.CharField(max_length=16, default="email")
    tone = models.PositiveSmallIntegerField(
        choices=[(t.value, t.name.lower()) for t in Tone], default=Tone.FRIENDLY.value
    )
    is_reviewed = models.BooleanField(
        "reviewed", default=False, help_text="Waits until a manager has released it. Reminders only."
    )
    template = models.ForeignKey(
        Template, on_delete=models.PROTECT, null=True, blank=True, related_name="steps", help_text="What is sent."
    )
    queue = models.CharField(
        max_length=40,
        blank=True,
        db_default="",
        help_text="For work of a person: who does it, say calls.",
    )
    script = models.TextField(
        max_length=4000,
        blank=True,
        db_default="",
        help_text="For work of a person: what to do or say.",
    )
    due_days = models.PositiveSmallIntegerField(
        default=0,
        db_default=0,
        blank=True,
        help_text="For work of a person: how many days there are for it.",
    )
    conditions = models.JSONField(
        default=list, blank=True, help_text="Unless all of these hold on its day, the step is skipped."
    )
    wait_hours = models.PositiveSmallIntegerField(
        "hours for word of delivery",
        default=0,
        db_default=0,
        blank=True,
        help_text="Without word by then that a letter was delivered it goes the next way, or a person is asked; "
        "0: word is not waited for.",
    )

    goes_to = models.CharField(
        max_length=10,
        choices=GOES_TO,
        blank=True,
        default="",
        db_default="",
        help_text="Where nobody has that role, or cannot be reached, it goes to the primary contact.",
    )
    copied_to = models.CharField(
        max_length=10,
        choices=COPIED_TO,
        blank=True,
        default="",
        db_default="",
        help_text="Gets a copy when the letter goes by e-mail.",
    )
    message_class = models.CharField(
        "class",
        max_length=13,
        blank=True,
        default="",
        db_default="",
        choices=[(each.value, words) for each, words in MESSAGE_CLASSES.items()],
        help_text="That of its text at the moment of publishing; empty in a draft.",
    )

    class Meta:
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(name="step_position", fields=["version", "position"]),
            models.UniqueConstraint(
                name="one_thanks_step_per_version", fields=["version"], condition=models.Q(kind="thanks")
            ),
            models.CheckConstraint(
                name="only_reminders_are_reviewed", condition=models.Q(is_reviewed=False) | models.Q(kind="reminder")
            ),
            models.CheckConstraint(
                name="step_sends_or_acts",
                condition=models.Q(kind__in=["charge", *ACTION_KINDS], template__isnull=True, offset_days__gte=0)
                | models.Q(kind__in=["reminder", "thanks"], template__isnull=False),
            ),
            models.CheckConstraint(
                name="step_for_a_person_names_a_queue",
                condition=models.Q(kind__in=PERSON_KINDS) & ~models.Q(queue="")
                | ~models.Q(kind__in=PERSON_KINDS) & models.Q(queue="", script="", due_days=0),
            ),
            models.CheckConstraint(name="step_conditions_are_a_list", condition=is_a_list("conditions")),
            models.CheckConstraint(
                name="thanks_have_no_conditions", condition=~models.Q(kind="thanks") | models.Q(conditions=[])
            ),
            models.CheckConstraint(
                name="only_reminders_wait_for_word", condition=models.Q(kind="reminder") | models.Q(wait_hours=0)
            ),
            models.CheckConstraint(
                name="only_reminders_go_to_a_role",
                condition=models.Q(kind="reminder") | models.Q(goes_to="", copied_to=""),
            ),
        ]

    def __str__(self) -> str:
        return step_words(self.kind, self.offset_days, self.tone)


class StepText(models.Model):
    """The words of a published step, for each way it may go: a copy of the template at the moment of publishing."""

    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="texts")
    channel = models.CharField(max_length=16, default="email")
    language = models.CharField(max_length=8)
    subject = models.CharField(max_length=200)
    body = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_text_per_step_way_language", fields=["step", "channel", "language"])
        ]

    def __str__(self) -> str:
        return f"{self.step} by {self.channel} ({self.language})"
