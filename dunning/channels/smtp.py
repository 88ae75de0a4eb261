"""Django's SMTP backend, made to know how far it got: until the server asks for the content, it has surely not got it.

So everything before that point is a refusal, and a connection that broke in between two mails is opened again.
Only the content itself can leave a mail in doubt.
"""

import re
import smtplib
from typing import Protocol

from django.core.mail.backends.smtp import EmailBackend

from dunning.channels.base import Refused

TAKEN = 2  # reply codes 2xx
GO_AHEAD = 354
CLOSING_DOWN = 421


class Sendable(Protocol):
    """What a backend asks of a mail: ours is `mime.LightMail`."""

    @property
    def from_email(self) -> str: ...
    def recipients(self) -> list[str]: ...
    def message(self) -> "Sendable": ...
    def as_bytes(self, *, linesep: str) -> bytes: ...


class StagedSmtpBackend(EmailBackend):
    """Takes mails with one recipient and bare ASCII addresses. Raises Refused where the server surely took nothing."""

    connection: smtplib.SMTP | None

    def _send(self, email_message: Sendable) -> bool:
        content = email_message.message().as_bytes(linesep="\r\n")
        (recipient,) = email_message.recipients()
        try:
            self._offer_twice(email_message.from_email, recipient)
        except OSError as error:
            self._hang_up()
            raise Refused(f"The mail server did not listen: {error}", permanent=False) from error
        self._hand_over(content)
        return True

    def _offer_twice(self, sender: str, recipient: str) -> None:
        """A server may close a connection that stood idle; on a new one it gets a second chance."""
        try:
            self._offer(sender, recipient)
        except (smtplib.SMTPServerDisconnected, ConnectionError):
            self._hang_up()
            self.open()
            self._offer(sender, recipient)

    def _offer(self, sender: str, recipient: str) -> None:
        smtp = self._open_connection
        smtp.ehlo_or_helo_if_needed()
        self._refuse_unless_taken("sender", smtp.mail(sender), final=False)
        self._refuse_unless_taken("recipient", smtp.rcpt(recipient), final=True)
        code, answer = smtp.docmd("DATA")
        if code != GO_AHEAD:
            self._refuse("message", code, answer, final=False)

    def _hand_over(self, content: bytes) -> None:
        smtp = self._open_connection
        try:
            smtp.send(re.sub(rb"(?m)^\.", b"..", content) + b".\r\n")
            reply = smtp.getreply()
        except OSError:
            self._hang_up()
            raise
        self._refuse_unless_taken("message", reply, final=True)

    def _refuse_unless_taken(self, what: str, reply: tuple[int, bytes], *, final: bool) -> None:
        code, answer = reply
        if code // 100 != TAKEN:
            self._refuse(what, code, answer, final=final)

    def _refuse(self, what: str, code: int, answer: bytes, *, final: bool) -> None:
        """`final`: a 5xx here is about this mail or its reader, so no later attempt will fare better."""
        try:
            if code == CLOSING_DOWN:
                self._hang_up()
            else:
                self._open_connection.rset()
        except OSError:
            self._hang_up()
        words = answer.decode("utf-8", "replace")
        raise Refused(f"The mail server refused the {what}: {code} {words}", permanent=final and code >= 500)

    @property
    def _open_connection(self) -> smtplib.SMTP:
        if self.connection is None:
            raise smtplib.SMTPServerDisconnected("The connection to the mail server is closed.")
        return self.connection

    def _hang_up(self) -> None:
        """Close without a goodbye: a broken connection would keep us waiting for one."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None
