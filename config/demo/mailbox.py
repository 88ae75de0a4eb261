"""The mailbox while history is being lived through: letters carry the date of the story, not that of the telling."""

import re
from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from typing import Any, ClassVar

from django.conf import settings
from django.core.mail import EmailMessage

from dunning.channels.mailbox import MailboxBackend
from dunning.models import MailboxMessage

DATE = re.compile(rb"^Date: [^\r\n]+", re.MULTILINE)


def backdate() -> None:
    """Letters of this process are kept by BackdatedMailbox from now on."""
    settings.EMAIL_BACKEND = f"{__name__}.{BackdatedMailbox.__name__}"


class BackdatedMailbox(MailboxBackend):
    """Keeps messages as the mailbox does, and dates them by `today`, which the history moves on.

    A batch is stored when its connection closes: a demo that dies before is made anew.
    """

    today: ClassVar[datetime]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.batch: list[MailboxMessage] = []

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        date = f"Date: {format_datetime(self.today)}".encode()
        self.batch += [
            MailboxMessage(
                received_at=self.today,
                to=", ".join(message.recipients()),
                subject=str(message.subject),
                raw=DATE.sub(date, message.message().as_bytes(), count=1),
            )
            for message in email_messages
        ]
        return len(email_messages)

    def close(self) -> None:
        MailboxMessage.objects.bulk_create(self.batch)
        self.batch = []
