"""Texts as the desk writes them: compiled once, refused with the line and the remedy when something is wrong."""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

from dunning.rules.letter.facts import CONTROLS
from dunning.rules.letter.fields import ABOUT_DEBTS, FIELDS, FORETELLING
from dunning.rules.letter.media import MediaRefusal, picture_in
from dunning.rules.letter.parts import PICTURE_MARK
from dunning.rules.words import StepKind

FIELD = re.compile(r"\{([^{}]*)\}")
EVERY_REMINDER_SHOWS = ("invoice_list", "pay_button", "total_open")
LONGEST_SUBJECT = 200
LONGEST_BODY = 20_000
MOST_PICTURES = 3


class TextRefusal(ValueError):
    """The text cannot be used as it stands; the message says where and what to write instead."""


class UnknownField(TextRefusal):
    """The text names a field that does not exist."""


@dataclass(frozen=True, slots=True)
class CompiledText:
    """Literal words and field names by turns: words first and last."""

    subject: tuple[str, ...]
    body: tuple[str, ...]

    @property
    def has_pictures(self) -> bool:
        return any(PICTURE_MARK in words for words in self.body[::2])

    @property
    def fields(self) -> frozenset[str]:
        return frozenset(self.subject[1::2] + self.body[1::2])


@lru_cache(maxsize=512)
def compile_text(subject: str, body: str) -> CompiledText:
    """Take a text apart. Raises UnknownField, or TextRefusal for what is empty, too long or misplaced."""
    subject, body = subject.strip(), body.replace("\r\n", "\n").replace("\r", "\n").strip()
    _refuse_unless(bool(subject), "The subject is empty: write a short one, such as: Your account with {company_name}.")
    _refuse_unless("\n" not in subject and "\r" not in subject, "The subject has several lines: keep the first one.")
    _refuse_unless(bool(body), "The body is empty: write a text, with {invoice_list} and {pay_button}.")
    _refuse_unless(len(subject) <= LONGEST_SUBJECT, f"The subject is longer than {LONGEST_SUBJECT} characters: cut it.")
    _refuse_unless(len(body) <= LONGEST_BODY, f"The body is longer than {LONGEST_BODY} characters: cut it.")
    _check_line(subject, "The subject", blocks_allowed=False)
    lines = [CONTROLS.sub(" ", line).rstrip() for line in body.split("\n")]
    pictures = [_picture(line, f"Line {number}") for number, line in enumerate(lines, start=1)]
    _refuse_unless(sum(map(bool, pictures)) <= MOST_PICTURES, f"Keep at most {MOST_PICTURES} pictures and videos.")
    for number, line in enumerate(lines, start=1):
        if not pictures[number - 1]:
            _check_line(line, f"Line {number}", blocks_allowed=True)
    told = (picture or _without_indent(line) for picture, line in zip(pictures, lines, strict=True))
    return CompiledText(_split(CONTROLS.sub(" ", subject)), _split("\n".join(told)))


def check_text(subject: str, body: str, *, kind: StepKind, has_next_step: bool, foretells: bool = False) -> list[str]:
    """What keeps this text from going out in such a step, each with its remedy; an empty list when nothing does.

    `foretells`: it is about something foreseen, and nothing is owed.
    """
    try:
        used = compile_text(subject, body).fields
    except TextRefusal as refusal:
        return [str(refusal)]
    problems = _out_of_place(used, foretells=foretells)
    if "pay_link" in used:
        problems.append("Take out {pay_link}: it is for text messages, and a letter has a button.")
    if kind is StepKind.REMINDER and not foretells:
        problems += [f"Add {{{name}}}: every reminder shows it." for name in EVERY_REMINDER_SHOWS if name not in used]
    return problems + _without_a_next_step(used, has_next_step)


def out_of_place_in_app(text: CompiledText, *, has_next_step: bool, foretells: bool) -> list[str]:
    """What such a notice in an app must not name."""
    used, problems = text.fields, _too_much(text, foretells=foretells, where="a notice in an app")
    if "pay_link" in used:
        problems.append("Take out {pay_link}: a notice in an app has a button of its own.")
    return problems + _without_a_next_step(used, has_next_step)


def _too_much(text: CompiledText, *, foretells: bool, where: str) -> list[str]:
    used = text.fields
    blocks = sorted(name for name in used if FIELDS[name].is_block)
    wrong = sorted(used & (ABOUT_DEBTS if foretells else FORETELLING) - set(blocks))
    why = "nothing is owed in such a message" if foretells else "it is for messages about something foreseen"
    problems = [f"Take out {{{name}}}: {where} has no room for it, and the page shows it." for name in blocks]
    problems += [f"Take the pictures out: {where} shows none."] if text.has_pictures else []
    return problems + [f"Take out {{{name}}}: {why}." for name in wrong]


def out_of_place_in_sms(text: CompiledText, *, kind: StepKind, has_next_step: bool, foretells: bool) -> list[str]:
    """What such a text message must not name, or lacks."""
    used, problems = text.fields, _too_much(text, foretells=foretells, where="a text message")
    if kind is StepKind.REMINDER and "pay_link" not in used:
        problems.append("Add {pay_link}: every text message that asks for something leads to the page.")
    return problems + _without_a_next_step(used, has_next_step)


def _without_a_next_step(used: frozenset[str], has_next_step: bool) -> list[str]:
    if has_next_step or "next_contact_on" not in used:
        return []
    return ["Take out {next_contact_on}: no reminder follows this one, so there is no such date."]


def _out_of_place(used: frozenset[str], *, foretells: bool) -> list[str]:
    if not foretells:
        return [
            f"Take out {{{name}}}: it is for letters about something foreseen." for name in sorted(used & FORETELLING)
        ]
    problems = [f"Take out {{{name}}}: nothing is owed in such a letter." for name in sorted(used & ABOUT_DEBTS)]
    missing = [name for name in ("last_day", "page_button") if name not in used]
    return problems + [f"Add {{{name}}}: every such letter shows it." for name in missing]


def _picture(line: str, place: str) -> str:
    """The line as it is stored where it declares a picture, else nothing."""
    try:
        picture = picture_in(line)
    except MediaRefusal as refusal:
        raise TextRefusal(f"{place}: {refusal}") from None
    return picture.line if picture else ""


def _split(text: str) -> tuple[str, ...]:
    return tuple(FIELD.split(text))


def _without_indent(line: str) -> str:
    return line.strip() if FIELD.fullmatch(line.strip()) else line


def _check_line(line: str, place: str, *, blocks_allowed: bool) -> None:
    names = FIELD.findall(line)
    for name in names:
        if name not in FIELDS:
            raise UnknownField(f"{place}: there is no field {{{name}}}. {_remedy(name)}")
        if FIELDS[name].is_block:
            alone = blocks_allowed and line.strip() == f"{{{name}}}"
            _refuse_unless(alone, f"{place}: put {{{name}}} on a line of its own in the body.")
    stray = re.search(r"[{}]", FIELD.sub("", line))
    _refuse_unless(not stray, f"{place}: a lone brace. Fields look like {{customer_name}}; use ( ) for anything else.")


def _remedy(name: str) -> str:
    close = get_close_matches(name.strip().lower(), FIELDS, n=1)
    return f"Did you mean {{{close[0]}}}?" if close else "Take it out, or use one of: " + ", ".join(FIELDS) + "."


def _refuse_unless(fine: bool, message: str) -> None:
    if not fine:
        raise TextRefusal(message)
