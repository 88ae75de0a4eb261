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
        date = f"Date: {format_datetime(self.today)}".encode()
        rows = [
            MailboxMessage(
                received_at=self.today,
                to=", ".join(message.recipients()),
                subject=str(message.subject),
                raw=DATE.sub(date, message.message().as_bytes(), count=1),
            )
            for message in email_messages
        ]
        return len(MailboxMessage.objects.bulk_create(rows))
