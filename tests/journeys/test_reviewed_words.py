"""Words of one letter, changed while it waits for review."""

import pytest
from django.contrib.auth.models import User

from dunning.models import Notice
from dunning.operations import review
from dunning.operations.reviewed_words import change_words
from dunning.operations.tick import tick
from dunning.queries.review_list import Words, step_words
from tests.campaigns import REMINDER, standard_campaign
from tests.people import owes, reachable
from tests.provider import Provider
from tests.reviewing import MONDAY, at, release, verdicts

pytestmark = pytest.mark.django_db


def test_words_changed_for_one_letter_leave_with_the_amounts_of_the_day(provider: Provider, maria: User) -> None:
    standard_campaign(now=MONDAY, is_reviewed=True)
    owes(reachable(language="de"), "120.00", due="2026-03-01")
    tick(now=MONDAY)
    notice = Notice.objects.get()
    words = Words(
        "de",
        "Ein Wort",
        "Liebe {customer_name},\r\n\r\n{total_open}\n\n{invoice_list}\n\n{pay_button}\n\n"
        "So geht es weiter in den nächsten Tagen: Wir rufen an.",
    )
    change_words(notice, words, seen_at=MONDAY, now=MONDAY)
    release(at(2, 11), maria)
    tick(now=at(2, 11))
    [letter] = provider.accepted()
    assert letter["subject"] == "Ein Wort"
    assert "Liebe Ada Lindgren" in letter["text"]
    assert "120,00" in letter["text"].replace("\N{NO-BREAK SPACE}", " ")
    assert verdicts() == ["changed"]


def test_the_usual_words_again_count_as_unchanged(provider: Provider, maria: User) -> None:
    standard_campaign(now=MONDAY, is_reviewed=True)
    owes(reachable(), "120.00", due="2026-03-01")
    tick(now=MONDAY)
    notice = Notice.objects.get()
    same = step_words(notice.step_id, notice.channel, "en")
    change_words(notice, same._replace(subject="Other"), seen_at=MONDAY, now=MONDAY)
    change_words(notice, same._replace(body=same.body.replace("\n", "\r\n")), seen_at=MONDAY, now=MONDAY)
    release(MONDAY, maria)
    assert verdicts() == ["unchanged"]


@pytest.mark.parametrize(
    ("body", "says"), [("Hello", "invoice_list"), ("{nonsense}", "no field"), ("{total_open", "brace")]
)
def test_words_that_no_reminder_may_have_are_refused(provider: Provider, body: str, says: str) -> None:
    standard_campaign(now=MONDAY, is_reviewed=True)
    owes(reachable(), "120.00", due="2026-03-01")
    tick(now=MONDAY)
    with pytest.raises(review.ReviewRefusal, match=says):
        change_words(Notice.objects.get(), Words("en", "Hi", body), seen_at=MONDAY, now=MONDAY)
    assert Notice.objects.get().own_body == ""


def test_what_could_be_said_better_is_told_and_keeps_nothing_back(provider: Provider) -> None:
    standard_campaign(now=MONDAY, is_reviewed=True)
    owes(reachable(), "120.00", due="2026-03-01")
    tick(now=MONDAY)
    loud = Words("en", "Your account", REMINDER + "\nPLEASE REMIT PROMPTLY!!!")
    advice = change_words(Notice.objects.get(), loud, seen_at=MONDAY, now=MONDAY)
    assert any("remit" in str(problem).lower() for problem in advice)
    assert Notice.objects.get().own_body.endswith("PROMPTLY!!!")
