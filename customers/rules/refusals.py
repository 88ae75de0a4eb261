"""What a file says that a customer does not want: words people write, in the one spelling of our channels."""

import re

from customers.rules.contact import CALL, EMAIL, POST, SMS
from customers.rules.import_cell import Cell, Unreadable
from customers.rules.import_text import as_text

OFFERS = "offers"
EVERYTHING = "everything"
# Our word -> how people write it, compared in small letters.
WRITTEN = {
    SMS: "sms, text messages, texts, text, textos",
    CALL: "call, calls, phone, phone calls, telephone, Telefon, Anrufe, téléphone, appels, teléfono, llamadas",
    EMAIL: "email, e-mail, emails, e-mails, mail, courriel, correo, correo electrónico",
    POST: "post, letters, Briefe, Brief, courrier, lettres, cartas",
    OFFERS: "offers, advertising, marketing, newsletter, Angebote, Werbung, offres, publicité, ofertas, publicidad",
    EVERYTHING: "everything, all, alles, tout, todo",
}
KNOWN = {said.strip().casefold(): ours for ours, words in WRITTEN.items() for said in words.split(",")}


def read_refusals(cell: Cell) -> str:
    """Our words, each once, in order, parted by commas. Raises Unreadable for any other."""
    said = [part.strip().casefold() for part in re.split(r"[,;|]", as_text(cell)) if part.strip()]
    if strange := [word for word in said if word not in KNOWN]:
        raise Unreadable(f"has no meaning here: {strange[0][:40]}", f"Write one or more of: {', '.join(WRITTEN)}.")
    return ",".join(sorted({KNOWN[word] for word in said}))


def stop_of(word: str) -> tuple[str, str]:
    """The (channel, topic) that one of our words stands for."""
    return {OFFERS: ("", OFFERS), EVERYTHING: ("", "")}.get(word, (word, ""))
