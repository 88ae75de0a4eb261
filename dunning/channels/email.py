"""Reminders by e-mail, through whatever Django sends mail with: an Anymail provider, plain SMTP, or the mailbox.

Our key is the Message-ID; Anymail providers also get the metadata, which their tracking events give back.
"""

import re
from contextlib import suppress
from dataclasses import replace
from email.utils import parseaddr
from types import TracebackType
from typing import Any

from anymail.backends.base import AnymailBaseBackend
from anymail.exceptions import AnymailError
from anymail.message import AnymailMessage
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.validators import validate_email
from django.utils.encoding import punycode

from dunning.channels.base import Channel, Message, Receipt, Refused
from dunning.channels.mailbox import MailboxBackend
from dunning.channels.mime import Address, LightMail
from dunning.channels.provider_errors import refusal_in
from dunning.channels.smtp import StagedSmtpBackend
from dunning.rules.letter import clean

DJANGO_SMTP = "django.core.mail.backends.smtp.EmailBackend"
STAGED_SMTP = "dunning.channels.smtp.StagedSmtpBackend"
LONGEST_SUBJECT = 250
KEY = re.compile(r"[A-Za-z0-9._+-]{1,150}")


class EmailChannel(Channel):
    """Sends through settings.EMAIL_BACKEND from settings.DEFAULT_FROM_EMAIL; answers go to `reply_to` where given."""

    def __init__(self, *, reply_to: str = "") -> None:
        backend = settings.EMAIL_BACKEND
        self._connection: Any = get_connection(STAGED_SMTP if backend == DJANGO_SMTP else backend)
        self._sender = address_of(settings.DEFAULT_FROM_EMAIL)
        self._reply_to = address_of(reply_to) if reply_to else None

    def send(self, message: Message) -> Receipt:
        mail = self._mail_for(message)
        self._open()
        try:
            sent = self._connection.send_messages([mail])
        except Refused:
            raise
        except AnymailError as error:
            if refusal := refusal_in(error):
                raise refusal from error
            raise
        except Exception:
            self._close()  # whatever state it is in, the next mail gets a new one
            raise
        if not sent:
            raise Refused("The mail backend sent nothing and gave no reason.", permanent=False)
        status = getattr(mail, "anymail_status", None)
        return Receipt(str(status.message_id or "") if status else "")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def _open(self) -> None:
        try:
            self._connection.open()
        except (OSError, AnymailError) as error:
            raise Refused(f"The mail server cannot be reached: {error}", permanent=False) from error

    def _close(self) -> None:
        with suppress(Exception):  # what was sent is sent: a goodbye that fails changes nothing
            self._connection.close()

    def _mail_for(self, message: Message) -> LightMail | EmailMultiAlternatives:
        if not KEY.fullmatch(message.key):
            raise Refused(f"{message.key!r} cannot be made a Message-ID.", permanent=True)
        reader = self._reader_of(message)
        headers = {
            "Message-ID": f"<{message.key}@{self._sender.address.rpartition('@')[2]}>",
            "Auto-Submitted": "auto-generated",
            **_unsubscribing(message),
        }
        if isinstance(self._connection, StagedSmtpBackend | MailboxBackend):
            return self._light_mail(message, reader, headers)
        return self._django_mail(message, reader, headers)

    def _sender_of(self, message: Message) -> Address:
        return replace(self._sender, name=clean(message.from_name) or self._sender.name)

    def _reader_of(self, message: Message) -> Address:
        try:
            return address_of(message.to, clean(message.to_name))
        except ValueError as error:
            raise Refused(str(error), permanent=True) from error

    def _light_mail(self, message: Message, reader: Address, headers: dict[str, str]) -> LightMail:
        return LightMail(
            sender=self._sender_of(message),
            recipient=reader,
            copy=address_of(message.copy_to) if message.copy_to else None,
            reply_to=self._reply_to,
            subject=clean(message.subject, LONGEST_SUBJECT),
            text=message.text,
            html=message.html,
            language=message.language,
            headers=tuple(headers.items()),
        )

    def _django_mail(self, message: Message, reader: Address, headers: dict[str, str]) -> EmailMultiAlternatives:
        mail: EmailMultiAlternatives = AnymailMessage(
            subject=clean(message.subject, LONGEST_SUBJECT),
            body=message.text,
            from_email=self._sender_of(message).readable,
            to=[reader.readable],
            cc=[address_of(message.copy_to).readable] if message.copy_to else None,
            reply_to=[self._reply_to.readable] if self._reply_to else None,
            headers=headers,
        )
        mail.attach_alternative(message.html, "text/html")
        if isinstance(self._connection, AnymailBaseBackend):
            mail.metadata = dict(message.metadata)  # type: ignore[attr-defined]
        return mail


def _unsubscribing(message: Message) -> dict[str, str]:
    """For mail programs' own button: one click and one POST end it (RFC 8058)."""
    if not message.unsubscribe_url:
        return {}
    return {
        "List-Unsubscribe": f"<{message.unsubscribe_url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def address_of(text: str, name: str = "") -> Address:
    """The mail address in `text` ("a@b.example", "Name <a@b.example>"). Raises ValueError when it is none."""
    parsed_name, address = parseaddr(text) if "<" in text else ("", text)
    try:
        validate_email(address)
    except ValidationError:
        raise ValueError(f"{text!r} is not an e-mail address.") from None
    local, _, domain = address.rpartition("@")
    return Address(f"{local}@{punycode(domain)}", name or parsed_name)
