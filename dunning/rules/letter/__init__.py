"""A letter: a text of the desk + the facts of one customer → what is stored, and the parts that are sent.

The stored body is plain text in which only the personal link is missing, because its token is never stored; `as_text`
and `as_html` put the link in and give the same parts every time. Pure: no clock, no I/O, no Django.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from dunning.rules.letter.facts import Choices, LetterFacts, LetterLine, clean
from dunning.rules.letter.fields import FIELDS, NEED_AN_INVOICE, Field
from dunning.rules.letter.html import as_html
from dunning.rules.letter.media import EXPLANATIONS, FORMS, MEDIA
from dunning.rules.letter.paper import Envelope, as_paper, enclosure
from dunning.rules.letter.parts import FOOTER_MARK, as_text, choice_line
from dunning.rules.letter.sms import SmsTerms, as_sms, dressed, sample_facts, too_long
from dunning.rules.letter.text import (
    CompiledText,
    TextRefusal,
    UnknownField,
    check_text,
    compile_text,
    out_of_place_in_app,
    out_of_place_in_sms,
)
from dunning.rules.letter.windows import sheet_for
from dunning.rules.letter.words import DEFAULT_LANGUAGE, words_for
from dunning.rules.segments import segments
from dunning.rules.words import StepKind

__all__ = [
    "DEFAULT_LANGUAGE",
    "EXPLANATIONS",
    "FIELDS",
    "FORMS",
    "MEDIA",
    "Choices",
    "CompiledText",
    "Envelope",
    "Field",
    "Letter",
    "LetterFacts",
    "LetterLine",
    "SmsTerms",
    "TextRefusal",
    "UnknownField",
    "as_html",
    "as_paper",
    "as_sms",
    "as_text",
    "check_in_app",
    "check_sms",
    "check_text",
    "clean",
    "compile_text",
    "compose",
    "compose_alone",
    "compose_sms",
    "enclosure",
    "footer",
    "sheet_for",
]

LONGEST_SUBJECT = 150
LONGEST_IN_APP = 600
GAPS = re.compile(r"\n{3,}")  # where an optional block has nothing to say
LONGEST_ADDRESS_LINE = 100


@dataclass(frozen=True, slots=True)
class Letter:
    """As it is stored: the subject on one line, the body without its personal link."""

    subject: str
    body: str


def compose(text: CompiledText, facts: LetterFacts) -> Letter:
    """Fill in the text. Raises TextRefusal when the facts have nothing to say for a field it uses."""
    subject, body = _words(text, facts)
    return Letter(subject, body + _question(facts) + _no_more(facts) + FOOTER_MARK + footer(facts))


def compose_sms(text: CompiledText, facts: LetterFacts) -> Letter:
    """The same for a text message. Its subject is not sent: it names the message on the desk."""
    subject, body = _words(text, facts)
    return Letter(subject, dressed(body, facts))


def compose_alone(text: CompiledText, facts: LetterFacts) -> Letter:
    """The same for what is said on the phone or shown in an app: nothing stands below it."""
    return Letter(*_words(text, facts))


def check_sms(
    subject: str,
    body: str,
    *,
    language: str,
    kind: StepKind,
    has_next_step: bool,
    foretells: bool = False,
    terms: SmsTerms,
) -> list[str]:
    """What keeps this text from going out as a text message, each with its remedy; an empty list when nothing does."""
    try:
        text = compile_text(subject, body)
        if problems := out_of_place_in_sms(text, kind=kind, has_next_step=has_next_step, foretells=foretells):
            return problems
        message = as_sms(compose_sms(text, sample_facts(language, terms)).body, terms.link)
    except TextRefusal as refusal:
        return [str(refusal)]
    measured = segments(message)
    return [too_long(measured, message, terms.most_segments)] if measured.count > terms.most_segments else []


def check_in_app(subject: str, body: str, *, kind: StepKind, has_next_step: bool, foretells: bool = False) -> list[str]:  # noqa: ARG001
    """What keeps this text from being shown in an app, each with its remedy; an empty list when nothing does."""
    try:
        text = compile_text(subject, body)
    except TextRefusal as refusal:
        return [str(refusal)]
    problems = out_of_place_in_app(text, has_next_step=has_next_step, foretells=foretells)
    if len(body) > LONGEST_IN_APP:
        problems.append(f"It has {len(body)} characters; a box in an app has room for {LONGEST_IN_APP}: shorten it.")
    return problems


def _words(text: CompiledText, facts: LetterFacts) -> tuple[str, str]:
    """Subject and body with the values in them."""

    def value(name: str) -> str:
        words = "" if name in NEED_AN_INVOICE and not facts.lines else FIELDS[name].resolve(facts)
        if not words and not FIELDS[name].is_optional:
            raise TextRefusal(f"{{{name}}} has no value for this customer: add it, or take it out of the text.")
        return words

    body = GAPS.sub("\n\n", _filled(text.body, value))
    return clean(_filled(text.subject, value), LONGEST_SUBJECT), body


def _filled(parts: tuple[str, ...], value: Callable[[str], str]) -> str:
    filled = list(parts)
    filled[1::2] = [value(name) for name in parts[1::2]]
    return "".join(filled)


def _question(facts: LetterFacts) -> str:
    """Whether the letter was clear, with two answers to tap."""
    if not facts.asks_how:
        return ""
    words = words_for(facts.language)
    answers = [choice_line(words.yes, "feedback/?clear=yes"), choice_line(words.no, "feedback/?clear=no")]
    return "\n\n" + "\n".join([words.was_it_clear, *answers])


def _no_more(facts: LetterFacts) -> str:
    """Under advertising, for eyes; mail programs have a button of their own (List-Unsubscribe)."""
    if not facts.is_promotional:
        return ""
    return "\n\n" + choice_line(words_for(facts.language).no_more_offers, "preferences/")


def footer(facts: LetterFacts) -> str:
    """Who writes, from where, and why to you. A letter without it would not be believed."""
    address = [clean(line, LONGEST_ADDRESS_LINE) for line in facts.company_address.splitlines()]
    lines = [clean(facts.company_name), *address, clean(facts.contact_email), words_for(facts.language).why_this_letter]
    return "\n".join(line for line in lines if line)
