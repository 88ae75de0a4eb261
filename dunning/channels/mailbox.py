"""The mail backend of an installation without mail server: every message stays in the house, read in the admin."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models.functions import Now

from dunning.models import MailboxMessage


class MailboxBackend(BaseEmailBackend):
    """Stores the messages as their readers' mail programs would get them, and sends nothing.

    Like a mail server it goes by a clock of its own: the database's.
    """

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        rows = [
            MailboxMessage(
                received_at=Now(),
                to=", ".join(message.recipients())[:300],
                subject=message.subject[:300],
                raw=message.message().as_bytes(),
            )
            for message in email_messages
        ]
        return len(MailboxMessage.objects.bulk_create(rows))
