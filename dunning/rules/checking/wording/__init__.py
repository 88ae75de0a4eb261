"""The words of each language that the checker knows: data only, one file a language."""

from dunning.rules.checking.wording.de import GERMAN
from dunning.rules.checking.wording.en import ENGLISH
from dunning.rules.checking.wording.es import SPANISH
from dunning.rules.checking.wording.fr import FRENCH
from dunning.rules.checking.wording.kinds import Avoided, Wording, pattern

__all__ = ["WORDINGS", "Avoided", "Wording", "pattern", "wording_of"]

WORDINGS = {"en": ENGLISH, "de": GERMAN, "fr": FRENCH, "es": SPANISH}
UNKNOWN = Wording()


def wording_of(language: str) -> Wording:
    """The words of "de" for "de" and "de-AT"; none for a language nobody has written down here yet."""
    return WORDINGS.get(language.replace("_", "-").partition("-")[0].lower(), UNKNOWN)
