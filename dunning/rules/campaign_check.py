"""May this draft be published? All problems at once, each with the step and the remedy. Pure: no clock, no I/O."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from customers.rules import contact
from customers.rules.contact import channel_words, written_for
from dunning.rules.campaign_steps import Text, WrittenStep
from dunning.rules.checking import Finding, Severity, check_text_of, standing_of
from dunning.rules.letter import SmsTerms, check_in_app, check_sms, check_text
from dunning.rules.words import ACTIONS, CONSEQUENCES, FOR_A_PERSON, Consequence, MessageClass, StepKind, Tone

CARRIED_OUT_BY = {
    Consequence.CHARGE: StepKind.CHARGE,
    Consequence.RESTRICTION: StepKind.RESTRICT,
    Consequence.AGENCY: StepKind.HAND_OVER,
    Consequence.LEGAL: StepKind.LEGAL,
}


USUAL_TERMS = SmsTerms()
OF_CARDS, OF_RENEWALS = ("card_name",), ("renewal_of", "renewal_price")


@dataclass(frozen=True, slots=True)
class Problem:
    """What keeps a draft from being published. `step`: which one, in words; empty when it is the campaign itself."""

    step: str
    says: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.says} {self.remedy}"


def check(
    steps: Collection[WrittenStep],
    *,
    languages: Collection[str],
    channels: Collection[str],
    service_hears: bool,
    foretells: bool = False,
    renews: bool = False,
    sms: SmsTerms = USUAL_TERMS,
) -> list[Problem]:
    """Every problem of these steps, in the order of their positions; an empty list when they may be published.

    `languages`: those every text must be written in. `channels`: those that are configured. `service_hears`: whether
    there is a service to be told of a restriction. `foretells`: the campaign is about something foreseen; `renews`: a
    renewal, not a card. `sms`: what text messages are measured with.
    """
    ordered = sorted(steps, key=lambda step: step.position)
    reminders = [step for step in ordered if step.kind is StepKind.REMINDER]
    found = [*_of_the_order(reminders), *_of_the_charges(ordered), *_of_the_actions(ordered, service_hears)]
    found += _of_what_is_foreseen(ordered, renews=renews) if foretells else ()
    for place, step in enumerate(ordered):
        if step.sends:
            found += _of_the_ways(step)
            found += _of_the_readers(step)
        for way in step.by_each_way if step.sends else ():
            found += _of_the_channel(way, channels)
            found += _of_its_class(way, step)
            found += _of_the_announcement(way, ordered[place + 1 :])
            ahead = {"has_next_step": step in reminders[:-1], "foretells": foretells}
            around = [way if other is step else other for other in ordered]
            found += _of_the_texts(way, around, languages, sms, **ahead)
    return list(dict.fromkeys(found))  # two ways may share a text


def check_one(
    step: WrittenStep, steps: Sequence[WrittenStep], *, has_next_step: bool, foretells: bool, sms: SmsTerms
) -> list[Problem]:
    """What keeps the texts of this step, one of `steps`, from going out: as for a draft that is published."""
    ahead = {"has_next_step": has_next_step, "foretells": foretells}
    return list(_of_the_texts(step, steps, list(step.texts), sms, **ahead))


def said_of_one(step: WrittenStep, steps: Sequence[WrittenStep], *, foretells: bool) -> list[Problem]:
    """What the texts of this step could say better."""
    found = _findings(step, steps, Severity.HINT, foretells)
    return [_in_words(step, language, said) for language, said in found if said.severity is not Severity.ERROR]


def advice(steps: Collection[WrittenStep], *, foretells: bool = False) -> list[Problem]:
    """What could be said more kindly or clearly in the texts of these steps; it keeps nothing from being published."""
    ordered = sorted(steps, key=lambda step: step.position)
    found = [
        problem
        for step in ordered
        for way in step.by_each_way
        for problem in said_of_one(way, [way if other is step else other for other in ordered], foretells=foretells)
    ]
    return list(dict.fromkeys(found))


def _of_the_order(reminders: Sequence[WrittenStep]) -> Iterator[Problem]:
    if not reminders:
        yield Problem("", "The draft has no reminder step.", "Add one.")
    for earlier, later in pairwise(reminders):
        if later.day <= earlier.day:
            says = f"“{later}” must come later than “{earlier}”."
            yield Problem(str(later), says, "Change its day or its position.")
        if later.tone < earlier.tone:
            says = f"“{later}” is milder than “{earlier}” before it. Tone never gets milder in a case."
            yield Problem(str(later), says, f"Make it {_name(earlier.tone)} or firmer, or the one before milder.")
        if later.tone > earlier.tone + 1:
            says = f"“{later}” comes right after “{earlier}”: the tone rises by more than one level."
            between = _name(Tone(earlier.tone + 1))
            yield Problem(str(later), says, f"Make it {between}, or add a {between} reminder between the two.")


def _of_the_charges(steps: Sequence[WrittenStep]) -> Iterator[Problem]:
    charges = [step for step in steps if step.kind is StepKind.CHARGE]
    for charge in charges:
        if charge.day < 0:
            remedy = "Choose day 0 or later: nothing is owed before."
            yield Problem(str(charge), "A card is charged before the due date.", remedy)
    for earlier, later in pairwise(sorted(charges, key=lambda step: step.day)):
        if earlier.day == later.day:
            yield Problem(str(later), "Two charges on the same day.", "Keep one.")


def _of_the_actions(steps: Sequence[WrittenStep], service_hears: bool) -> Iterator[Problem]:
    for kind, words in ACTIONS.items():
        alike = [step for step in steps if step.kind is kind]
        if kind not in FOR_A_PERSON and len(alike) > 1:
            yield Problem(str(alike[1]), f"Two steps of the kind “{words}”.", "Keep one.")
        if kind is StepKind.RESTRICT and alike and not service_hears:
            says = "A step restricts the service, but nobody would hear of it."
            yield Problem(str(alike[0]), says, "Set SERVICE_WEBHOOK_URL, or take the step out.")


def _of_the_ways(step: WrittenStep) -> Iterator[Problem]:
    channels = [way.channel for way in step.by_each_way]
    for place, channel in enumerate(channels):
        if channel in channels[:place]:
            says = f"“{step}” goes by {channel_words(channel)} twice."
            yield Problem(str(step), says, "Keep it once: what did not get through so is not sent the same way again.")


def _of_the_channel(step: WrittenStep, channels: Collection[str]) -> Iterator[Problem]:
    if step.channel not in channels:
        configured = ", ".join(sorted(channels)) or "none yet"
        says = f"“{step}” goes by {step.channel}, which is not configured here."
        yield Problem(str(step), says, f"Choose another channel ({configured}), or have {step.channel} set up.")
    if written_for(step.channel) != step.written_for:
        says = f"“{step.template}” in “{step}” is written for {channel_words(step.written_for)}."
        yield Problem(str(step), says, f"Choose a text that is written for {channel_words(step.channel)}.")


def _of_its_class(way: WrittenStep, step: WrittenStep) -> Iterator[Problem]:
    """What may be refused, and what must be sent, must not depend on the way; one click ends only mail."""
    if way.message_class is not step.message_class:
        says = f"“{way.template}” in “{step}” is of another class than “{step.template}”."
        yield Problem(str(step), says, "Choose texts of one class for all its ways.")
    is_a_mail = way.channel == contact.EMAIL and step.kind is StepKind.REMINDER
    if way.message_class is MessageClass.PROMOTIONAL and not is_a_mail:
        says = f"“{way.template}” in “{step}” is promotional: it goes by e-mail, and is no thank-you."
        yield Problem(str(step), says, "Choose e-mail, or a text of another class.")


def _of_the_readers(step: WrittenStep) -> Iterator[Problem]:
    if step.copied_to and step.copied_to == step.goes_to:
        yield Problem(str(step), f"“{step}” goes to one contact twice.", "Choose who gets it, or who gets a copy.")
    if step.copied_to and contact.EMAIL not in [way.channel for way in step.by_each_way]:
        says = f"“{step}” has a copy, which goes by e-mail only, and it never goes so."
        yield Problem(str(step), says, "Add e-mail as a way, or take the copy out.")


def _of_the_announcement(step: WrittenStep, later: Sequence[WrittenStep]) -> Iterator[Problem]:
    if step.announces is Consequence.NOTHING:
        return
    kind = CARRIED_OUT_BY.get(step.announces)
    if kind and any(following.kind is kind and following.day > step.day for following in later):
        return
    says = f"“{step.template}” in “{step}” announces {CONSEQUENCES[step.announces]}, and no later step does it."
    words = ACTIONS.get(kind, kind.value) if kind else ""
    add = f"Add a step of the kind “{words}” after it, or take" if kind else "No kind of step does that here: take"
    yield Problem(str(step), says, f"{add} the announcement out of the text and set what it announces to “nothing”.")


def _of_what_is_foreseen(steps: Sequence[WrittenStep], *, renews: bool) -> Iterator[Problem]:
    for step in steps:
        if step.kind is not StepKind.REMINDER:
            yield Problem(str(step), f"“{step}”: nothing is owed in this campaign.", "Keep letters only.")
        elif step.day >= 0 or step.tone > Tone.CLEAR:
            says = f"“{step}” is about something that has not happened."
            yield Problem(str(step), says, "Choose a day before it (minus), and a friendly or clear tone.")
        for way in step.by_each_way:
            yield from _of_its_fields(way, renews=renews)


def _of_its_fields(step: WrittenStep, *, renews: bool) -> Iterator[Problem]:
    """A letter about a renewal has no card to name, and one about a card nothing that is renewed."""
    strange = OF_CARDS if renews else OF_RENEWALS
    for language, text in sorted(step.texts.items()):
        for name in sorted(strange):
            if f"{{{name}}}" in f"{text.subject} {text.body}":
                says = f"“{step.template}” ({language}) in “{step}” cannot go out as it is."
                yield Problem(str(step), says, f"Take out {{{name}}}: this campaign is about something else.")


def _of_the_texts(
    step: WrittenStep,
    steps: Sequence[WrittenStep],
    languages: Collection[str],
    sms: SmsTerms,
    *,
    has_next_step: bool,
    foretells: bool,
) -> Iterator[Problem]:
    if missing := sorted(set(languages) - set(step.texts)):
        says = f"“{step.template}” in “{step}” has no text in: {', '.join(missing)}."
        yield Problem(str(step), says, "Write it first.")
    unfit = set()
    for language, text in sorted(step.texts.items()):
        told: dict[str, Any] = {"kind": step.kind, "has_next_step": has_next_step, "foretells": foretells}
        for remedy in _unfit(step, text, language, sms, told):
            says = f"“{step.template}” ({language}) in “{step}” cannot go out as it is."
            unfit.add(language)
            yield Problem(str(step), says, remedy)
    for language, finding in _findings(step, steps, Severity.ERROR, foretells):
        if language not in unfit:
            yield _in_words(step, language, finding)


def _unfit(step: WrittenStep, text: Text, language: str, sms: SmsTerms, told: dict[str, Any]) -> list[str]:
    """What keeps the text from going out on the channel of its step, or on its own where the two do not fit."""
    match step.channel if written_for(step.channel) == step.written_for else "":
        case contact.SMS:
            return check_sms(text.subject, text.body, language=language, terms=sms, **told)
        case contact.IN_APP:
            return check_in_app(text.subject, text.body, **told)
        case _:
            return check_text(text.subject, text.body, **told)


def _findings(
    step: WrittenStep, steps: Sequence[WrittenStep], least: Severity, foretells: bool
) -> Iterator[tuple[str, Finding]]:
    """What the checker finds in the texts of this step; a text for another channel is another one's to judge."""
    fits = step.sends and written_for(step.channel) == step.written_for
    for language, text in sorted(step.texts.items()) if fits else ():
        standing = standing_of(step, steps, language, foretells=foretells)
        for finding in check_text_of(text, language, standing, least):
            yield language, finding


def _in_words(step: WrittenStep, language: str, finding: Finding) -> Problem:
    return Problem(str(step), f"“{step.template}” ({language}) in “{step}”. {finding}", finding.remark.better)


def _name(tone: Tone) -> str:
    return tone.name.lower()
