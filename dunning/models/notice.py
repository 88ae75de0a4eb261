"""One message to one contact. The row says, before and after every call, what is surely known about it.

proposed → queued → leased → calling → sent | refused | in_doubt;  proposed, queued, leased → withdrawn.
Proposed is what waits for a manager; other letters begin as queued.
An expired *leased* row was never called and goes back to queued; an expired *calling* row may have been, so it
becomes *in doubt* and is never sent again by itself.
"""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from customers.models import Contact, Customer
from customers.rules.contact import POST
from dunning.models.campaign import Step
from dunning.models.case import Case
from dunning.models.portal_link import PortalLink
from dunning.rules.delivery_news import LINE, WORDS


class Notice(models.Model):
    class State(models.TextChoices):
        PROPOSED = "proposed", "waits for review"
        QUEUED = "queued", "queued"
        LEASED = "leased", "about to be sent"
        CALLING = "calling", "being sent"
        SENT = "sent", "sent"
        REFUSED = "refused", "refused"
        IN_DOUBT = "in_doubt", "in doubt"
        WITHDRAWN = "withdrawn", "withdrawn"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notices", db_index=False)
    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="notices", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="notices")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="notices", db_index=False)
    channel = models.CharField(max_length=16)
    state = models.CharField(max_length=9, choices=State.choices, default=State.QUEUED)
    queued_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text="Not before.")
    lease_token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True, help_text="By the database's clock.")
    attempts = models.PositiveSmallIntegerField(default=0)
    calling_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True, help_text="Why withdrawn, refused or in doubt.")
    # Where a manager changed the words: a text with fields, in `language`, used instead of the step's.
    own_subject = models.CharField(max_length=200, blank=True, db_default="")
    own_body = models.TextField(blank=True, db_default="")
    # As sent. The personal link is kept out of the stored text: the token exists only in the message itself.
    address = models.CharField(max_length=500, blank=True)
    copied_to = models.CharField(max_length=254, blank=True, db_default="", help_text="Who got a copy of the mail.")
    language = models.CharField(max_length=8, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    body = models.TextField(blank=True)
    lines = models.JSONField(
        default=list, blank=True, help_text="Invoices as shown to the customer, or to the manager while it is proposed."
    )
    link = models.ForeignKey(
        PortalLink, on_delete=models.SET_NULL, null=True, blank=True, related_name="notices", db_index=False
    )
    message_id = models.CharField(max_length=200, blank=True, help_text="Message-ID and provider key, set by us.")
    provider_reference = models.CharField(max_length=200, blank=True)
    # What the provider told since, recomputed from all its events: it only moves forward.
    delivery = models.CharField(
        max_length=12, blank=True, db_default="", choices=[(kind.value, WORDS[kind]) for kind in LINE]
    )

    class Meta:
        indexes = [
            models.Index(
                name="notice_by_reference",
                fields=["provider_reference"],
                condition=~models.Q(provider_reference=""),
            ),
            BrinIndex(fields=["finished_at"], name="notice_finished", autosummarize=True),  # what was sent today
            models.Index(name="notice_to_review", fields=["queued_at", "id"], condition=models.Q(state="proposed")),
            models.Index(
                name="notice_to_print", fields=["due_at", "id"], condition=models.Q(state="queued", channel=POST)
            ),
            models.Index(name="notice_to_send", fields=["due_at", "id"], condition=models.Q(state="queued")),
            models.Index(
                name="notice_under_way", fields=["lease_until"], condition=models.Q(state__in=["leased", "calling"])
            ),
            models.Index(
                name="notice_needs_a_person", fields=["state"], condition=models.Q(state__in=["in_doubt", "refused"])
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                name="one_notice_per_case_step_channel_contact", fields=["case", "step", "channel", "contact"]
            ),
        ]

    def __str__(self) -> str:
        return f"Notice {self.pk}"
