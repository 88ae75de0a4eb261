"""Messages handed to a system of your own, which delivers them its way: one signed POST each (docs/operate.md)."""

import json
from datetime import UTC, datetime

from dunning.channels.base import Channel, Message, Receipt, Refused
from dunning.service_hook import post

NEVER = (410, 422)  # gone, or understood and not wanted: this message will never be taken
NOT_NOW = (429, 503)  # said before anything was done


class WebhookChannel(Channel):
    """`Message.to` is the customer's number. Who did not answer may have taken it: that is in doubt."""

    def __init__(self, *, url: str, secret: str) -> None:
        self._url, self._secret = url, secret

    def send(self, message: Message) -> Receipt:
        told = {
            "id": message.key,
            "customer": message.to,
            "name": message.to_name,
            "language": message.language,
            "subject": message.subject,
            "text": message.text,
            "html": message.html,
        }
        answer = post(self._url, self._secret, message.key, json.dumps(told).encode(), now=datetime.now(UTC))
        if answer.is_good:
            return Receipt()
        said = f"your system answered {answer.status}: {answer.text}" if answer.status else answer.text
        surely_not = not answer.is_heard or answer.status and (answer.status < 500 or answer.status in NOT_NOW)
        if surely_not:
            raise Refused(said, permanent=answer.status in NEVER)
        raise ConnectionError(said)
