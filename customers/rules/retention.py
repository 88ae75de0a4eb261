"""How long an invoice is kept after its customer asked to be erased. Pure."""

from datetime import date


def kept_until(due_on: date, years: int) -> date:
    """The last day: of the calendar year of the invoice and `years` more, as § 147 (4) AO and § 14b UStG count."""
    return date(due_on.year + years, 12, 31)


def kept_from(today: date, years: int) -> date:
    """The first due date of which invoices are still kept on that day."""
    return date(today.year - years, 1, 1)
