"""Django's SMTP backend, made to know how far it got: until the server asks for the content, it has surely not got it.

So everything before that point is a refusal, and a connection that broke in between two mails is opened again.
Only the content itself can leave a mail in doubt.
"""

import smtplib
from collections.abc import Iterator
from typing import Protocol

from django.core.mail.backends.smtp import EmailBackend

from dunning.channels.base import Refused

TAKEN = 2  # reply codes 2xx
GO_AHEAD = 3  # 3xx
STAGES = [("sender", TAKEN, False), ("recipient", TAKEN, True), ("message", GO_AHEAD, False)]  # what, wanted, final
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
        # The addresses are bare and checked: smtplib's mail() and rcpt() would take them apart once more.
        replies = self._ask([f"MAIL FROM:<{sender}>", f"RCPT TO:<{recipient}>", "DATA"])
        for (what, wanted, final), (code, answer) in zip(STAGES, replies, strict=True):
            if code // 100 != wanted:
                self._refuse(what, code, answer, final=final)

    def _ask(self, commands: list[str]) -> Iterator[tuple[int, bytes]]:
        """The replies one after the other; in one round trip where the server takes commands together (RFC 2920)."""
        smtp = self._open_connection
        if smtp.has_extn("pipelining"):
            smtp.send("\r\n".join([*commands, ""]))
            yield from [smtp.getreply() for _ in commands]
        else:
            yield from map(smtp.docmd, commands)

    def _hand_over(self, content: bytes) -> None:
        smtp = self._open_connection
        try:
            smtp.send(content.replace(b"\r\n.", b"\r\n..") + b".\r\n")  # it begins with a header, never with a dot
            reply = smtp.getreply()
        except OSError:
            self._hang_up()
            raise
        if reply[0] // 100 != TAKEN:
            self._refuse("message", *reply, final=True)

    def _refuse(self, what: str, code: int, answer: bytes, *, final: bool) -> None:
        """`final`: a 5xx here is about this mail or its reader, so no later attempt will fare better."""
        try:
            # Commands sent together are answered together: a server that refused one may wait for content all the same.
            if code == CLOSING_DOWN or self._open_connection.has_extn("pipelining"):
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
