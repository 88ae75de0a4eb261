"""A mail with a text and an HTML part, put together by hand: Django's builder takes a millisecond per mail.

`LightMail` offers what Django's e-mail backends ask of a message: `from_email`, `recipients()`, `message()` and
`as_bytes()`. Headers follow RFC 5322 and RFC 2047, bodies are quoted-printable with lines of at most 76 characters.
"""

import re
from binascii import b2a_base64, b2a_qp
from dataclasses import dataclass
from email.utils import formatdate
from itertools import chain
from typing import Self

from django.core.mail.message import BadHeaderError

PLAIN = re.compile(r"[ !-~]{0,60}")
BARE_PHRASE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
NOT_IN_HEADERS = re.compile(r"[\x00-\x1f\x7f]")
BYTES_IN_ENCODED_WORD = 39  # 52 characters as base64: with "=?utf-8?b?…?=" and the name before it a line stays below 76
BOUNDARY = "=_part_of_a_letter"  # quoted-printable never holds "=_"


@dataclass(frozen=True, slots=True)
class Address:
    """`address` is ASCII (domains in punycode); `name` may be anything."""

    address: str
    name: str = ""

    def __str__(self) -> str:
        """As in a header line of a message."""
        if self.name and not _is_plain(self.name):
            return f"{encoded(self.name)}\r\n <{self.address}>"
        return self.readable

    @property
    def readable(self) -> str:
        """With the name in clear, quoted where it must be."""
        if not self.name:
            return self.address
        quoted = '"' + self.name.replace("\\", "\\\\").replace('"', '\\"') + '"'
        return f"{self.name if BARE_PHRASE.fullmatch(self.name) else quoted} <{self.address}>"


@dataclass(frozen=True, slots=True)
class LightMail:
    """One recipient, perhaps one who reads along, one text in two parts.

    Raises BadHeaderError for a line break in anything that goes to the top.
    """

    sender: Address
    recipient: Address
    reply_to: Address | None
    subject: str
    text: str
    html: str
    headers: tuple[tuple[str, str], ...]
    language: str
    copy: Address | None = None
    encoding: str = "utf-8"

    def __post_init__(self) -> None:
        people = [text for person in self._people().values() for text in (person.address, person.name)]
        for value in (*people, self.subject, self.language, *chain.from_iterable(self.headers)):
            if NOT_IN_HEADERS.search(value):
                raise BadHeaderError(f"A line break or control character in a mail header: {value!r}")

    @property
    def from_email(self) -> str:
        return self.sender.address

    def recipients(self) -> list[str]:
        return [self.recipient.address, *([self.copy.address] if self.copy else [])]

    def message(self) -> Self:
        return self

    def as_bytes(self, unixfrom: bool = False, linesep: str = "\r\n") -> bytes:  # noqa: ARG002 (Django's signature)
        """The whole message, ASCII only, its lines ended by `linesep`."""
        whole = "\r\n".join(
            [
                *self._header_lines(),
                "",
                *self._part("plain", self.text),
                *self._part("html", self.html),
                f"--{BOUNDARY}--",
                "",
            ]
        ).encode("ascii")
        return whole if linesep == "\r\n" else whole.replace(b"\r\n", linesep.encode("ascii"))

    def _people(self) -> dict[str, Address]:
        people = {"From": self.sender, "To": self.recipient, "Cc": self.copy, "Reply-To": self.reply_to}
        return {name: person for name, person in people.items() if person}

    def _header_lines(self) -> list[str]:
        return [
            *(f"{name}: {person}" for name, person in self._people().items()),
            f"Subject: {encoded(self.subject)}",
            f"Date: {formatdate()}",
            *(f"{name}: {value}" for name, value in self.headers),
            f"Content-Language: {self.language}",
            "MIME-Version: 1.0",
            f'Content-Type: multipart/alternative; boundary="{BOUNDARY}"',
        ]

    def _part(self, kind: str, content: str) -> list[str]:
        lines = "\r\n".join([*content.splitlines(), ""]).encode("utf-8", "replace")
        return [
            f"--{BOUNDARY}",
            f"Content-Type: text/{kind}; charset=utf-8",
            "Content-Transfer-Encoding: quoted-printable",
            "",
            b2a_qp(lines, istext=True).decode("ascii"),
        ]


def encoded(words: str) -> str:
    """Header text: as it is when short and plain, else as encoded words of RFC 2047, folded between them."""
    if _is_plain(words):
        return words
    chunks = [b""]
    for character in words:
        piece = character.encode("utf-8", "replace")
        if len(chunks[-1]) + len(piece) > BYTES_IN_ENCODED_WORD:
            chunks.append(b"")
        chunks[-1] += piece
    return "\r\n ".join(f"=?utf-8?b?{b2a_base64(chunk, newline=False).decode('ascii')}?=" for chunk in chunks)


def _is_plain(words: str) -> bool:
    return bool(PLAIN.fullmatch(words)) and "=?" not in words and words == words.strip()
