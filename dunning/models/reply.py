"""What somebody wrote back, on any channel: stored as it came, then put with the case it belongs to.

received → waiting (a person answers) → answered;  received → automatic (a machine wrote it: never answered).
"""

from urllib.parse import quote

from django.conf import settings
from django.db import models

from customers.models import Customer
from customers.rules.contact import CHANNELS
from dunning.models.case import Case
from dunning.models.notice import Notice


class Reply(models.Model):
    class State(models.TextChoices):
        RECEIVED = "received", "just received"
        WAITING = "waiting", "waits for an answer"
        AUTOMATIC = "automatic", "automatic"
        ANSWERED = "answered", "answered"

    channel = models.CharField(max_length=16, choices=CHANNELS)
    provider = models.CharField(max_length=32)
    provider_id = models.CharField(max_length=200, help_text="The provider's own id, or the message's.")
    sender = models.CharField(max_length=254, help_text="Address or number, in small letters.")
    sender_name = models.CharField(max_length=200, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    answers = models.JSONField(default=list, blank=True, help_text="Ids of the messages it answers, newest last.")
    headers = models.JSONField(default=dict, blank=True, help_text="Those that tell whether a machine wrote it.")
    attachments = models.JSONField(default=list, blank=True, help_text="Name and size of each; they are not kept.")
    suggestions = models.JSONField(default=list, blank=True, help_text="What it seems to ask for, with its words.")
    received_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.RECEIVED)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="replies")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, blank=True, related_name="replies")
    notice = models.ForeignKey(
        Notice, on_delete=models.PROTECT, null=True, blank=True, related_name="replies", db_index=False
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    outcome = models.CharField(max_length=300, blank=True, help_text="What was answered or done.")

    class Meta:
        verbose_name_plural = "replies"
        indexes = [
            models.Index(name="reply_with_headers", fields=["received_at"], condition=~models.Q(headers={})),
            models.Index(name="reply_to_thread", fields=["id"], condition=models.Q(state="received")),
            models.Index(name="reply_to_answer", fields=["received_at"], condition=models.Q(state="waiting")),
        ]
        constraints = [
            models.UniqueConstraint(name="one_row_per_reply", fields=["provider", "provider_id"]),
            models.CheckConstraint(
                name="reply_is_answered_with_an_outcome",
                condition=~models.Q(state="answered") | models.Q(answered_at__isnull=False) & ~models.Q(outcome=""),
            ),
        ]

    @property
    def is_from_elsewhere(self) -> bool:
        """It answers a letter that went to another address: whoever knows a letter's number can write this."""
        return bool(self.notice and self.notice.address.lower() != self.sender)

    @property
    def answer_link(self) -> str:
        """Opens the program in which a person answers."""
        if self.channel != "email":
            return f"tel:{quote(self.sender)}"
        subject = self.subject if self.subject.lower().startswith("re:") else f"Re: {self.subject}"
        return f"mailto:{quote(self.sender, safe='@')}?subject={quote(subject)}"

    def __str__(self) -> str:
        return f"{self.sender}: {self.subject or self.text[:60]}"
