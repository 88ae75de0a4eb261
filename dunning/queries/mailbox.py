"""Opening a stored mail the way a mail program does: headers, the HTML part and the text part."""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

HEADERS = ("From", "To", "Subject", "Date", "Reply-To", "Message-ID", "Content-Language", "List-Unsubscribe")
HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)
NEW_TAB = '<base target="_blank">'


@dataclass(frozen=True, slots=True)
class Mail:
    """What a reader sees. `html` opens its links in a new tab."""

    headers: list[tuple[str, str]]
    html: str
    text: str


def open_mail(raw: bytes) -> Mail:
    """Read a MIME message; a part it lacks is empty."""
    message = message_from_bytes(raw, policy=policy.default)
    html = _part(message, "html")
    return Mail(
        headers=[(name, str(message[name])) for name in HEADERS if message[name]],
        html=HEAD.sub(rf"\g<0>{NEW_TAB}", html, count=1) if HEAD.search(html) else html and NEW_TAB + html,
        text=_part(message, "plain"),
    )


def _part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    return str(body.get_content()) if body else ""
