"""Reminders by text message, through Twilio's Messages API.

Twilio knows no idempotency key for messages, and its list can be asked neither for our key nor for the address that its
reports go to. So a message of unknown fate is not looked up; but every report carries our key, and one that comes for a
message in doubt settles it (dunning/operations/delivery_news.py).
"""

import re
from datetime import timedelta
from types import TracebackType
from urllib.parse import quote

from requests.exceptions import RequestException
from twilio.base.exceptions import TwilioRestException, TwilioServiceException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from dunning.channels.base import Channel, Message, Receipt, Refused
from dunning.channels.provider_errors import LONGEST_REASON, never_left

E164 = re.compile(r"\+[1-9][0-9]{6,14}")
SERVICE = re.compile(r"MG[0-9a-f]{32}")
TIMEOUT = 30.0  # seconds, as for mail servers
# A message that waits at Twilio must not arrive at night: letters leave until 18:00.
VALID_FOR = timedelta(hours=3)
# About this number or these words, and so for good: no such number, no mobile, opted out, blocked, landline, too long.
# https://www.twilio.com/docs/api/errors
FOR_GOOD = frozenset({21211, 21214, 21217, 21265, 21602, 21610, 21614, 21617, 30004, 30005, 30006})


class TwilioChannel(Channel):
    """Sends from `sender`: a number of ours (+1…), a name, or a messaging service (MG…).

    Twilio reports to `reports_to` what became of each message; empty where it cannot reach us.
    """

    def __init__(
        self,
        *,
        account_sid: str,
        auth_token: str,
        sender: str,
        reports_to: str = "",
        http_client: TwilioHttpClient | None = None,
    ) -> None:
        self._http = http_client or TwilioHttpClient(timeout=TIMEOUT)
        self._client = Client(account_sid, auth_token, http_client=self._http)
        self._sender = {"messaging_service_sid" if SERVICE.fullmatch(sender) else "from_": sender}
        self._reports_to = reports_to

    def send(self, message: Message) -> Receipt:
        if not E164.fullmatch(message.to):
            raise Refused(f"{message.to!r} is no phone number of the form +491512….", permanent=True)
        told = {"status_callback": f"{self._reports_to}?key={quote(message.key)}"} if self._reports_to else {}
        try:
            sent = self._client.messages.create(
                to=message.to,
                body=message.text,
                validity_period=int(VALID_FOR.total_seconds()),
                **self._sender,
                **told,
            )
        except (TwilioRestException, TwilioServiceException) as error:
            if 400 <= error.status < 500:
                raise _refusal(error.code or error.status, error) from error
            raise
        except RequestException as error:
            if never_left(error):
                raise Refused(f"Twilio cannot be reached: {type(error).__name__}", permanent=False) from error
            raise
        if sent.status in ("failed", "undelivered"):
            raise _refusal(sent.error_code or 0, sent.error_message or sent.status)
        return Receipt(sent.sid)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._http.session:
            self._http.session.close()


def _refusal(code: int, reason: object) -> Refused:
    """What is not about the number or the words is about us (a wrong key, a country not enabled, too many at once)."""
    words = " ".join(str(reason).split())
    return Refused(f"Twilio {code}: {words}"[:LONGEST_REASON], permanent=code in FOR_GOOD)
