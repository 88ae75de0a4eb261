"""Words of one letter, changed while it waits for review: checked like those of a campaign that is published."""

from dataclasses import replace
from datetime import datetime

from dunning.models import Notice
from dunning.operations.review import ReviewRefusal
from dunning.queries.links import sms_terms
from dunning.queries.review_list import NO_WORDS, Words, step_words
from dunning.queries.versions import written
from dunning.rules.campaign_check import Problem, check_one, said_of_one
from dunning.rules.campaign_steps import Text, WrittenStep
from dunning.rules.words import StepKind


def change_words(notice: Notice, words: Words, *, seen_at: datetime, now: datetime) -> list[Problem]:  # noqa: ARG001
    """Give one letter words of its own: a text with the fields of all texts, which are filled when it leaves.

    Returns what could be said more kindly or clearly. The step's own words count as unchanged. Raises ReviewRefusal
    with everything that keeps a campaign from being published, and when the letter waits no longer.
    """
    words, foretells = words.tidied(), bool(notice.case.about)
    step, steps = _in_its_place(notice, words)
    reminders = [other for other in steps if other.kind is StepKind.REMINDER]
    ahead = {"has_next_step": step is not reminders[-1], "foretells": foretells}
    if problems := check_one(step, steps, sms=sms_terms(), **ahead):
        raise ReviewRefusal(" ".join(map(str, problems)))
    if words == step_words(notice.step_id, notice.channel, words.language).tidied():
        words = NO_WORDS
    mine = Notice.objects.filter(pk=notice.pk, state=Notice.State.PROPOSED, queued_at__lte=seen_at)
    if not mine.update(own_subject=words.subject, own_body=words.body, language=words.language):
        raise ReviewRefusal("This letter waits for review no longer, or was proposed anew. Look at it again.")
    return said_of_one(step, steps, foretells=foretells)


def _in_its_place(notice: Notice, words: Words) -> tuple[WrittenStep, list[WrittenStep]]:
    """The step as it goes to this customer with these words, and it among the others of its version."""
    steps = written(notice.step.version).steps
    its = next(step for step in steps if step.position == notice.step.position)
    way = next(way for way in its.by_each_way if way.channel == notice.channel)
    mine = replace(way, texts={words.language: Text(words.subject, words.body)})
    return mine, [mine if step is its else step for step in steps]
