"""What each need is called, as its customer reads it."""

from django.utils.translation import gettext as _

from dunning.rules.needs import HARD, Need


def words_of(need: Need) -> str:
    """The need as its customer reads it."""
    return {
        Need.LATER: _("Pay later"),
        Need.PARTS: _("Pay in parts"),
        Need.EXTENSION: _("I need more time"),
        Need.DISPUTE: _("An invoice is wrong"),
        Need.PAID: _("I have already paid"),
        Need.STRANGER: _("I am the wrong person"),
        Need.CALL: _("Please call me"),
        Need.DIFFICULTY: _("I am in difficulty"),
        Need.CLOSING: _("We are closing"),
        Need.CONTACT: _("Another contact for bills"),
        Need.ERASURE: _("Erase my data"),
    }[need]


def shown_words_of(need: Need, *, is_known: bool) -> str:
    """The same for whoever holds the link; what is hard to say is named after a code alone."""
    return words_of(need) if is_known or need not in HARD else _("Something in confidence")
