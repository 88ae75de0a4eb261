"""The mailbox while history is being lived through: letters carry the date of the story, not that of the telling."""

import re
from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from typing import ClassVar

from django.core.mail import EmailMessage

from dunning.channels.mailbox import MailboxBackend
from dunning.models import MailboxMessage

DATE = re.compile(rb"^Date: [^\r\n]+", re.MULTILINE)


class BackdatedMailbox(MailboxBackend):
    """Keeps messages as the mailbox does, and dates them by `today`, which the history moves on."""

    today: ClassVar[datetime]

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        newest = MailboxMessage.objects.values_list("pk", flat=True).first() or 0
        sent = super().send_messages(email_messages)
        date = f"Date: {format_datetime(self.today)}".encode()
        for message in MailboxMessage.objects.filter(pk__gt=newest):
            message.received_at = self.today
            message.raw = DATE.sub(date, bytes(message.raw), count=1)
            message.save(update_fields=["received_at", "raw"])
        return sent
