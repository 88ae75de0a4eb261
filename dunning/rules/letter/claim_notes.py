"""What is claimed for late payment beside the invoices, in words: how much, for what, and by which law.

Letters and the customer's page say the same. One entry per language; English where nobody has written them yet.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from babel import Locale

from dunning.rules.formats import day, money
from dunning.rules.letter.facts import clean
from dunning.rules.letter.words import DEFAULT_LANGUAGE, counted_invoices, language_of, words_for
from payments.rules.claims import ClaimKind
from payments.rules.open_claims import ClaimSum, OpenClaim, summed

RUNS = "runs"


@dataclass(frozen=True, slots=True)
class ClaimNote:
    """A sentence before, a line for each kind of claim, a sentence behind."""

    before: str
    lines: tuple[str, ...]
    behind: str


NOTES: dict[str, dict[str, str]] = {
    "en": {
        "before": "Because of the delay the law gives us the following as well. It is not part of the open amount:",
        ClaimKind.LUMP_SUM: "{amount}: lump sum for {invoices} ({law})",
        ClaimKind.COST: "{amount}: costs of collecting {invoices} ({law})",
        ClaimKind.INTEREST: "{amount}: interest since {since} on {invoices} ({law})",
        RUNS: "{amount}: interest from {since} until today on {invoices}, and on until you pay ({law})",
        "behind": "Please pay the open amount first. If you think that something is wrong here, please tell us.",
        "invoice": "invoice {number}",
    },
    "de": {
        "before": "Wegen der Verspätung steht uns nach dem Gesetz außerdem zu, was folgt. "
        "Im offenen Betrag ist es nicht enthalten:",
        ClaimKind.LUMP_SUM: "{amount}: Pauschale für {invoices} ({law})",
        ClaimKind.COST: "{amount}: Kosten der Mahnung für {invoices} ({law})",
        ClaimKind.INTEREST: "{amount}: Zinsen seit {since} für {invoices} ({law})",
        RUNS: "{amount}: Zinsen vom {since} bis heute für {invoices}, weiter bis zur Zahlung ({law})",
        "behind": "Bitte bezahlen Sie zuerst den offenen Betrag. Wenn hier etwas nicht stimmt, sagen Sie es uns bitte.",
        "invoice": "Rechnung {number}",
    },
    "fr": {
        "before": "En raison du retard, la loi nous accorde aussi ce qui suit. "
        "Cela n’est pas compris dans le montant à payer\N{NO-BREAK SPACE}:",
        ClaimKind.LUMP_SUM: "{amount}\N{NO-BREAK SPACE}: indemnité forfaitaire pour {invoices} ({law})",
        ClaimKind.COST: "{amount}\N{NO-BREAK SPACE}: frais de recouvrement pour {invoices} ({law})",
        ClaimKind.INTEREST: "{amount}\N{NO-BREAK SPACE}: intérêts depuis le {since} pour {invoices} ({law})",
        RUNS: "{amount}\N{NO-BREAK SPACE}: intérêts du {since} à aujourd’hui pour {invoices}, "
        "et ensuite jusqu’au paiement ({law})",
        "behind": "Merci de payer d’abord le montant à payer. Si quelque chose vous semble faux, dites-le-nous.",
        "invoice": "la facture {number}",
    },
    "es": {
        "before": "Por el retraso, la ley nos concede además lo siguiente. No forma parte del importe pendiente:",
        ClaimKind.LUMP_SUM: "{amount}: indemnización fija por {invoices} ({law})",
        ClaimKind.COST: "{amount}: gastos de cobro por {invoices} ({law})",
        ClaimKind.INTEREST: "{amount}: intereses desde el {since} por {invoices} ({law})",
        RUNS: "{amount}: intereses desde el {since} hasta hoy por {invoices}, y después hasta el pago ({law})",
        "behind": "Pague primero el importe pendiente, por favor. Si algo no es correcto, díganoslo.",
        "invoice": "la factura {number}",
    },
}


def claim_note(claims: Sequence[OpenClaim], language: str, locale: Locale) -> ClaimNote | None:
    """What is claimed, in the words of this language; None where nothing is."""
    if not claims:
        return None
    words = NOTES.get(language_of(language), NOTES[DEFAULT_LANGUAGE])
    lines = tuple(_line(one, words, language, locale) for one in summed(claims))
    return ClaimNote(words["before"], lines, words["behind"])


def _line(one: ClaimSum, words: dict[str, str], language: str, locale: Locale) -> str:
    numbers = sorted(set(one.numbers))
    several = counted_invoices(len(numbers), words_for(language), locale)
    return words[RUNS if one.is_running else one.kind].format(
        amount=money(one.amount, one.currency, locale),
        since=day(one.since, locale),
        invoices=words["invoice"].format(number=clean(numbers[0])) if len(numbers) == 1 else several,
        law=clean(one.law),
    )
