"""What we tried, and what comes next and when, as the customer's page says it: from the facts that decide about it."""

import logging
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from customers.rules.days import local_day
from dunning.models import Case
from dunning.operations.advance import facts_of
from dunning.portal.debts import Debt
from dunning.portal.visits import Visit, spoken
from dunning.rules.business import still_our_business
from dunning.rules.card_news import card_news
from dunning.rules.decide import decide
from dunning.rules.decisions import Wait
from dunning.rules.formats import day, money
from dunning.rules.holding import without_held
from dunning.rules.letter.card_notes import card_note
from dunning.rules.words import Attention
from dunning.templatetags.customer_formats import card_name
from payments.models import ChargeAttempt
from payments.queries.declines import decline_book, judgement_of
from payments.rules.declines import WordsForCustomer, words_for_customer

logger = logging.getLogger(__name__)
REMEMBERED = timedelta(days=30)  # after that a refusal tells nobody anything


@dataclass(frozen=True, slots=True)
class Outlook:
    """`tried` is what became of charges, and when the next one comes. `letter_on`: the later day of our next letter, if
    nothing changes. `is_with_a_person`: all letters have gone out, and a person decides what comes next.
    """

    tried: tuple[str, ...] = ()
    letter_on: date | None = None
    is_with_a_person: bool = False


def outlook_of(visit: Visit, debt: Debt) -> Outlook:
    """What to say beside this debt. Should it fail, the page is shown without it: paying matters more."""
    try:
        return _outlook(visit, debt)
    except Exception:
        logger.exception("What comes next for customer %s cannot be told.", visit.customer.pk)
        return Outlook()


def _outlook(visit: Visit, debt: Debt) -> Outlook:
    case = Case.objects.filter(customer=visit.customer, state=Case.State.OPEN, about="").first()
    if case is None:
        return Outlook(_declined(visit, debt))
    facts = facts_of(case, now=visit.now)
    decision = decide(facts, now=visit.now)
    asked = without_held(facts, still_our_business(facts, visit.now), visit.now)
    news = card_news(facts, tuple(asked), now=visit.now)
    notes = (card_note(news, spoken(visit.customer), visit.locale),) if news else ()
    letter_at = decision.next_letter_at if isinstance(decision, Wait) and not decision.attention else None
    letter_on = facts.local(letter_at).date() if letter_at else None
    return Outlook(
        notes if news and news.refused_on else (*_declined(visit, debt), *notes),
        letter_on if letter_on and letter_on > visit.today else None,
        isinstance(decision, Wait) and decision.attention is Attention.END_OF_ROAD,
    )


def _declined(visit: Visit, debt: Debt) -> tuple[str, ...]:
    """The refusal of the newest charge; its cause only if it may be named."""
    latest = debt.latest
    if latest is None or latest.state != ChargeAttempt.State.DECLINED or latest.started_at < visit.now - REMEMBERED:
        return ()
    told = {
        "day": day(local_day(latest.started_at, visit.customer.time_zone), visit.locale),
        "amount": money(latest.amount, latest.currency, visit.locale),
        "card": card_name(latest.method) if latest.method else "",
    }
    if latest.method:
        said = _("On %(day)s your bank did not approve a payment of %(amount)s with %(card)s.") % told
    else:
        said = _("On %(day)s your bank did not approve a payment of %(amount)s.") % told
    if says_no_funds(latest, visit.now):
        said += " " + _("It said that there was not enough money at that moment.")
    return (said,)


def says_no_funds(attempt: ChargeAttempt, now: datetime) -> bool:
    """Whether the page may name the reason; every other one, and above all a sensitive one, reads the same."""
    if attempt.state != ChargeAttempt.State.DECLINED:
        return False
    judgement = judgement_of(attempt, decline_book(now.date()))
    return words_for_customer(judgement) is WordsForCustomer.NO_FUNDS
