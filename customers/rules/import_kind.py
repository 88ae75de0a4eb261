"""Whether a customer buys as a business or as a consumer, in the words of a file."""

from customers.rules.import_cell import Cell, Unreadable
from customers.rules.import_text import as_text

KINDS = {
    "business": "business b2b company unternehmen unternehmer firma entreprise professionnel empresa",
    "consumer": "consumer b2c private verbraucher privat consommateur particulier consumidor particular",
}
KIND_OF = {word: kind for kind, words in KINDS.items() for word in words.split()}


def read_kind(cell: Cell) -> str:
    """business or consumer. Raises Unreadable: the law on late payment goes by it, so nothing is guessed."""
    kind = KIND_OF.get(as_text(cell).lower())
    if kind is None:
        raise Unreadable("does not say how they buy", "Write business or consumer, or leave it empty.")
    return kind
