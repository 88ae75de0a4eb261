"""What the page says of claims for late payment: the same words as letters."""

from dunning.portal.visits import Visit, spoken
from dunning.rules.letter.claim_notes import ClaimNote, claim_note
from payments.queries.open_claims import open_claims


def claims_of(visit: Visit) -> ClaimNote | None:
    """What is claimed of the customer beside what is open; None where nothing is."""
    claims = open_claims([visit.customer.pk], now=visit.now).get(visit.customer.pk, [])
    return claim_note(claims, spoken(visit.customer), visit.locale)
