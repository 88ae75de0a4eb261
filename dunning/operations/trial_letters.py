"""A letter for trying out: to the member of staff who asks for it, by the ordinary channel, and to nobody else."""

import logging
import uuid
from datetime import datetime

from django.contrib.auth.models import User

from customers.models import Contact
from dunning.channels import channel
from dunning.channels.base import Message, Refused
from dunning.models import TemplateText
from dunning.queries.preview import nastiest_facts, preview, sample_facts
from dunning.rules.letter import TextRefusal

logger = logging.getLogger(__name__)

CHANNEL = "email"
MARK = "[Test] "


class TrialRefusal(ValueError):
    """It was not sent; the message says why and what to do."""


def send(text: TemplateText, *, to: User, is_nasty: bool, now: datetime) -> str:
    """Send the text with made-up facts to this person's own address; returns the address. Its link leads nowhere.

    Raises TrialRefusal without an address, when the address is a customer's too, and when it could not be sent.
    """
    address = _own_address(to)
    try:
        facts = (nastiest_facts if is_nasty else sample_facts)(text.language, now.date())
        seen = preview(text.subject, text.body, facts, channel=text.template.channel)
    except TextRefusal as refusal:
        raise TrialRefusal(str(refusal)) from None
    message = Message(
        key=f"trial-{uuid.uuid4()}",
        to=address,
        to_name=to.get_full_name() or to.username,
        subject=MARK + seen.subject,
        text=seen.text,
        html=seen.html,
        language=text.language,
    )
    try:
        with channel(CHANNEL) as by:
            by.send(message)
    except Refused as refusal:
        raise TrialRefusal(f"It was not sent. {refusal}") from refusal
    except Exception as error:
        logger.exception("a trial letter is of unknown fate")
        raise TrialRefusal(f"It may have been sent, or not: {type(error).__name__}. Look into your mail.") from error
    return address


def _own_address(to: User) -> str:
    if not to.email:
        raise TrialRefusal("Your account has no e-mail address. Ask a superuser to enter it, under Users.")
    if Contact.objects.filter(email__iexact=to.email).exists():
        raise TrialRefusal(f"{to.email} is a customer's address too, and tests never go to customers.")
    return to.email
