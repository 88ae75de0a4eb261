"""What Twilio's reports of a text message mean in our words: its states, and the codes of those that failed.

Source: https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks
"""

from dunning.rules.delivery_news import NewsKind

ON_ITS_WAY = ("accepted", "scheduled", "queued", "sending", "sent")
# Blocked, unknown or out of service, a landline, opted out, no such number: it will never be otherwise.
FOR_GOOD = frozenset({21211, 21610, 21614, 30004, 30005, 30006})


def kind_of(status: str, error_code: str) -> NewsKind:
    """How far it came. What failed for a while (switched off, too many at once, filtered) comes back for now."""
    if status in ON_ITS_WAY:
        return NewsKind.ACCEPTED
    if status in ("failed", "undelivered"):
        code = int(error_code) if error_code.isascii() and error_code.isdecimal() else 0
        return NewsKind.BOUNCED if code in FOR_GOOD else NewsKind.SOFT_BOUNCED
    return {"delivered": NewsKind.DELIVERED, "read": NewsKind.OPENED}.get(status, NewsKind.UNKNOWN)
