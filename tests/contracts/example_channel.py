"""A channel as somebody else would add one: messages for mobile phones through a provider's web interface.

docs/extend.md shows this file.
"""

import re
from typing import ClassVar

import requests

from dunning.channels.base import Channel, Message, Receipt, Refused
from dunning.channels.provider_errors import never_left

MOBILE = re.compile(r"\+[1-9][0-9]{6,14}")
ABOUT_THE_NUMBER = {"no_such_user", "blocked_us"}


class ExampleChannel(Channel):
    can_look_up: ClassVar[bool] = True

    def __init__(self, *, address: str, token: str) -> None:
        self._address = address
        self._http = requests.Session()
        self._http.headers["Authorization"] = f"Bearer {token}"

    def send(self, message: Message) -> Receipt:
        if not MOBILE.fullmatch(message.to):
            raise Refused(f"{message.to!r} is no phone number of the form +491512….", permanent=True)
        told = {"to": message.to, "text": message.text, "key": message.key}
        try:
            answer = self._http.post(f"{self._address}/messages", json=told, timeout=30)
        except requests.RequestException as error:
            if never_left(error):
                raise Refused("The provider cannot be reached.", permanent=False) from error
            raise  # it may have arrived
        if 400 <= answer.status_code < 500:
            problem = answer.json()["problem"]
            raise Refused(problem, permanent=problem in ABOUT_THE_NUMBER)
        answer.raise_for_status()  # after a 500 nobody knows
        return Receipt(answer.json()["id"])

    def look_up(self, key: str) -> Receipt | None:
        found = self._http.get(f"{self._address}/messages", params={"key": key}, timeout=30)
        found.raise_for_status()
        return next((Receipt(one["id"]) for one in found.json()), None)

    def __exit__(self, *_: object) -> None:
        self._http.close()
