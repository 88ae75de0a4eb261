"""Ways to reach people and what is said to them: the words in which customers refuse contact and caps are written."""

from enum import StrEnum

from customers.rules.choices import choices

CALL = "call"
EMAIL = "email"
IN_APP = "in_app"
POST = "post"
SMS = "sms"
WEBHOOK = "webhook"
BY_NUMBER = (IN_APP, WEBHOOK)  # addressed by the customer's number: somebody else knows how to reach them
# By alias, as campaigns name them. A cap or a refusal may speak of a channel before the desk uses it.
CHANNELS = [
    ("", "every channel"),
    (EMAIL, "e-mail"),
    (CALL, "phone calls"),
    (SMS, "text messages"),
    (POST, "letters by post"),
    (IN_APP, "notices in the app"),
    (WEBHOOK, "your own system"),
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
    return {SMS: "mobile number", **dict.fromkeys(BY_NUMBER, "primary contact")}.get(alias, f"{alias} address")


class Role(StrEnum):
    """What a contact is for, beside being the one that reminders go to."""

    BILLING = "billing"
    OWNER = "owner"
    ESCALATION = "escalation"


ROLES = [
    ("", "no role of their own"),
    *choices({Role.BILLING: "billing", Role.OWNER: "owner", Role.ESCALATION: "escalation"}),
]


def reader_words(goes_to: str, copied_to: str) -> str:
    """Who gets a letter, behind its ways, where that is not the primary contact alone."""
    instead = f", to the {goes_to} contact" if goes_to else ""
    return instead + (f", with a copy to the {copied_to} contact" if copied_to else "")


class Topic(StrEnum):
    """What a notice is about. `LEGAL`, a notice that has to be sent, is nothing that anybody can refuse."""

    EARLY = "early"
    REMINDERS = "reminders"
    THANKS = "thanks"
    OFFERS = "offers"
    LEGAL = "legal"


TOPICS = [
    ("", "everything"),
    *choices(
        {
            Topic.EARLY: "notices before a due date",
            Topic.REMINDERS: "reminders of what is due",
            Topic.THANKS: "thank-you letters",
            Topic.OFFERS: "offers",
        }
    ),
]


class Refusal(StrEnum):
    """What customers may refuse by themselves."""

    EXTRAS = "extras"
    OFFERS = "offers"
    TEXTS = "texts"
    CALLS = "calls"

    @property
    def stops(self) -> tuple[tuple[str, str], ...]:
        """The (channel, topic) pairs it stands for."""
        return REFUSALS[self]


REFUSALS: dict[str, tuple[tuple[str, str], ...]] = {
    Refusal.EXTRAS: (("", Topic.EARLY.value), ("", Topic.THANKS.value)),
    Refusal.OFFERS: (("", Topic.OFFERS.value),),
    Refusal.TEXTS: ((SMS, ""),),
    Refusal.CALLS: ((CALL, ""),),
}


class Unreachable(StrEnum):
    """Why nothing may go to an address any more."""

    BOUNCED = "bounced"
    COMPLAINED = "complained"
    SOFT_BOUNCES = "soft_bounces"
    SOMEBODY_ELSE = "somebody_else"
    STOPPED = "stopped"


UNREACHABLE = choices(
    {
        Unreachable.BOUNCED: "came back for good",
        Unreachable.COMPLAINED: "reported as spam",
        Unreachable.SOFT_BOUNCES: "came back three times in a row",
        Unreachable.SOMEBODY_ELSE: "somebody else answers there",
        Unreachable.STOPPED: "said stop, and nobody we know has it",
    }
)
