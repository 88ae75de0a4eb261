"""Rule 2: one thing to do. One link, to our own page, by https, and still good when the message leaves."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from dunning.rules.checking.finding import Remark
from dunning.rules.checking.message import Message
from dunning.rules.checking.samples import URL
from dunning.rules.checking.standing import Standing

LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"]+[^\s<>\".,;:!?)]")
OURS = urlsplit(URL).hostname
BUTTONS = ("{pay_button}", "{page_button}", "{pay_link}")
TAKE_OUT = "Take it out: the button is the link."


def has_one_action(message: Message, standing: Standing) -> Iterator[Remark]:
    """A reminder has the button exactly once and no other link; other messages have no foreign or open link."""
    yield from _typed_links(message)
    buttons = [line for line in message.body if any(button in line.typed for button in BUTTONS)]
    button = "{pay_link}" if standing.is_text_message else "{page_button}" if standing.foretells else "{pay_button}"
    brings_its_own = standing.is_short and not standing.is_text_message
    if standing.has_a_button and not buttons and not brings_its_own:
        yield Remark("There is nothing to press: the link to the customer's page is missing.", f"Add {button}.")
    for line in buttons[1:]:
        yield line.remark("The button stands there twice.", "Keep the first one.", button)
    if standing.sent_on and standing.link_ends_on and standing.link_ends_on <= standing.sent_on:
        yield Remark("Its link has ended before the message leaves.", "Make a new link when it is sent.")


def _typed_links(message: Message) -> Iterator[Remark]:
    for line in (message.subject, *message.body):
        for match in LINK.finditer(line.own):
            yield line.remark(_reason(match[0]), TAKE_OUT, match[0])


def _reason(link: str) -> str:
    parts = urlsplit(link if "//" in link else f"https://{link}")
    if parts.scheme != "https":
        return "This link is not encrypted (https)."
    if parts.hostname != OURS:
        return "This link leads to another place than the customer's own page."
    return "A second link: readers should have one thing to do."
