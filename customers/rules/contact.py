"""Ways to reach people and what is said to them: the words in which customers refuse contact and caps are written."""

from enum import StrEnum

CALL = "call"
EMAIL = "email"
IN_APP = "in_app"
POST = "post"
SMS = "sms"
# By alias, as campaigns name them. A cap or a refusal may speak of a channel before the desk uses it.
CHANNELS = [
    ("", "every channel"),
    (EMAIL, "e-mail"),
    (CALL, "phone calls"),
    (SMS, "text messages"),
    (POST, "letters by post"),
    (IN_APP, "notices in the app"),
]


def channel_words(alias: str) -> str:
    """The channel as people write it; one we have no word for by its alias."""
    return dict(CHANNELS).get(alias, alias)


def way_words(alias: str) -> str:
    """The channel behind "by": e-mail, text message, post."""
    return {SMS: "text message", POST: "post", IN_APP: "notice in the app"}.get(alias, channel_words(alias))


def written_for(alias: str) -> str:
    """The channel for which a text has to be written to go out on this one: few words or many."""
    return alias if alias in (SMS, IN_APP) else EMAIL


def address_words(alias: str) -> str:
    """What is needed to reach somebody on this channel."""
    return {SMS: "mobile number", IN_APP: "primary contact"}.get(alias, f"{alias} address")


class Topic(StrEnum):
    """What a notice is about. A legal notice that has to be sent is none of these, so that nobody can refuse it."""

    EARLY = "early"
    REMINDERS = "reminders"
    THANKS = "thanks"


TOPICS = [
    ("", "everything"),
    (Topic.EARLY.value, "notices before a due date"),
    (Topic.REMINDERS.value, "reminders of what is due"),
    (Topic.THANKS.value, "thank-you letters"),
]


class Refusal(StrEnum):
    """What customers may refuse by themselves."""

    EXTRAS = "extras"
    TEXTS = "texts"
    CALLS = "calls"

    @property
    def stops(self) -> tuple[tuple[str, str], ...]:
        """The (channel, topic) pairs it stands for."""
        return REFUSALS[self]


REFUSALS: dict[str, tuple[tuple[str, str], ...]] = {
    Refusal.EXTRAS: (("", Topic.EARLY.value), ("", Topic.THANKS.value)),
    Refusal.TEXTS: ((SMS, ""),),
    Refusal.CALLS: ((CALL, ""),),
}


class Unreachable(StrEnum):
    """Why nothing may go to an address any more."""

    BOUNCED = "bounced"
    COMPLAINED = "complained"
    SOFT_BOUNCES = "soft_bounces"
    SOMEBODY_ELSE = "somebody_else"


UNREACHABLE = [
    (Unreachable.BOUNCED.value, "came back for good"),
    (Unreachable.COMPLAINED.value, "reported as spam"),
    (Unreachable.SOFT_BOUNCES.value, "came back three times in a row"),
    (Unreachable.SOMEBODY_ELSE.value, "somebody else answers there"),
]
