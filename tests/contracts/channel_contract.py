"""What every channel keeps: subclass, give `channel`, `delivered` and what it `shows`, and these tests run."""

import re
from typing import ClassVar, NamedTuple

from dunning.channels.base import Channel, Message

HOSTILE = "Ada\r\nBcc: everyone@example.com\r\n\r\n<script>alert(1)</script>\x00\u202e"


PARTS = ("to_name", "subject", "text", "html")


class Delivered(NamedTuple):
    """A message as its reader gets it; `key` is what the provider knows it by."""

    to: str
    to_name: str
    subject: str
    text: str
    html: str
    key: str


def message(key: str = "notice-1", **changes: str) -> Message:
    given = {
        "to": "ada@example.org",
        "to_name": "Ada Keller",
        "subject": "Your account with Example Company",
        "text": "Hello Ada,\n\n€1,240.50 is open.\n.\nKind regards\n",
        "html": "<p>Hello Ada,</p><p>€1,240.50 is open.</p>",
        "language": "en",
    }
    return Message(key=key, metadata={"notice_id": "1"}, **(given | changes))


def words_of(html: str) -> str:
    """The words between the tags."""
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


class ChannelContract:
    """`shows`: the parts that reach the reader; the others have to be empty in what is delivered."""

    channel: Channel
    reader = "ada@example.org"
    shows: ClassVar[tuple[str, ...]] = PARTS
    keeps_markup = True  # False where the page is drawn, and only its words can be read again

    def delivered(self) -> list[Delivered]:
        """Everything that has arrived so far, oldest first."""
        raise NotImplementedError

    def shown(self, sent: Message, part: str) -> str:
        """What the reader should see of this part."""
        words: str = getattr(sent, part) if part in self.shows else ""
        return words_of(words) if part == "html" and not self.keeps_markup else words

    def test_the_words_themselves_reach_the_reader(self) -> None:
        assert {"text", "html"} & set(self.shows)

    def test_a_message_arrives_word_for_word_under_its_key(self) -> None:
        sent = message(to=self.reader)
        with self.channel as channel:
            channel.send(sent)
        assert self.delivered() == [Delivered(self.reader, *(self.shown(sent, part) for part in PARTS), "notice-1")]

    def test_letters_of_all_scripts_arrive(self) -> None:
        words = "Łukasz 山田 Ñandú محمد 😀 " * 4
        sent = message(to=self.reader, to_name=words.strip(), subject=words.strip(), text=words, html=f"<p>{words}</p>")
        with self.channel as channel:
            channel.send(sent)
        (arrived,) = self.delivered()
        for part in self.shows:
            assert words.strip() in getattr(arrived, part), part
        assert (arrived.to_name, arrived.subject) == (self.shown(sent, "to_name"), self.shown(sent, "subject"))

    def test_a_batch_arrives_in_order(self) -> None:
        with self.channel as channel:
            for number in range(5):
                words = f"Letter {number}"
                channel.send(message(f"notice-{number}", to=self.reader, subject=words, text=words, html=words))
        arrived = self.delivered()
        assert [one.key for one in arrived] == [f"notice-{number}" for number in range(5)]
        for part in {"subject", "text", "html"}.intersection(self.shows):
            assert [getattr(one, part).strip() for one in arrived] == [f"Letter {number}" for number in range(5)], part

    def test_a_hostile_name_and_subject_add_nothing_to_the_message(self) -> None:
        sent = message(to=self.reader, to_name=HOSTILE, subject=HOSTILE)
        with self.channel as channel:
            channel.send(sent)
        (arrived,) = self.delivered()
        words = (arrived.to, arrived.text, arrived.html)
        assert words == (self.reader, self.shown(sent, "text"), self.shown(sent, "html"))

    def test_a_receipt_can_be_looked_up_where_that_is_offered(self) -> None:
        if not self.channel.can_look_up:
            return
        with self.channel as channel:
            receipt = channel.send(message("notice-7", to=self.reader))
            assert channel.look_up("notice-7") == receipt
            assert channel.look_up("notice-8") is None

    def test_the_same_key_delivers_once_where_that_is_offered(self) -> None:
        if not self.channel.honours_keys:
            return
        with self.channel as channel:
            once = message(to=self.reader)
            assert channel.send(once) == channel.send(once)
        assert len(self.delivered()) == 1
