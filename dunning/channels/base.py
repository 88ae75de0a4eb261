"""What a channel is: one file that hands one message to one provider. It never decides and never touches our tables."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import TracebackType
from typing import ClassVar, Self


@dataclass(frozen=True, slots=True)
class Message:
    """One rendered message. `key` is ours, unique and stable: the same notice always carries the same key.

    `copy_to`: who reads along, by e-mail only; `unsubscribe_url`: where one click ends what is sent as advertising.
    """

    key: str
    to: str
    to_name: str
    subject: str
    text: str
    html: str
    language: str
    from_name: str = ""  # who writes, where a channel shows a name
    metadata: Mapping[str, str] = field(default_factory=dict)
    copy_to: str = ""
    unsubscribe_url: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The provider took the message over; `reference` is its own id, empty where it gives none."""

    reference: str = ""


class Refused(Exception):
    """The provider surely did not take the message. Anything else that a channel raises means: nobody knows.

    `permanent`: this message to this address will never be taken; otherwise it may be tried again later.
    """

    def __init__(self, reason: str, *, permanent: bool) -> None:
        super().__init__(reason)
        self.permanent = permanent


class Channel(ABC):
    """Subclass, write `send`, name the class in DUNNING_CHANNELS. Used as a context manager around a batch."""

    honours_keys: ClassVar[bool] = False  # sending again under the same key delivers nothing new …
    key_lifetime: ClassVar[timedelta] = timedelta(0)  # … for so long after the first call
    can_look_up: ClassVar[bool] = False  # `look_up` tells whether a key was taken over

    @abstractmethod
    def send(self, message: Message) -> Receipt:
        """Hand over one message. Raises Refused when it surely was not taken; any other error leaves it in doubt."""

    def look_up(self, key: str) -> Receipt | None:
        """The receipt of an earlier `send` under `key`, or None when the provider surely has none."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        """Open the connection kept for a batch, where there is one."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
