"""What every channel keeps: subclass, give `channel` and `delivered`, and these tests run against the new channel."""

from typing import NamedTuple

from dunning.channels.base import Channel, Message

HOSTILE = "Ada\r\nBcc: everyone@example.com\r\n\r\n<script>alert(1)</script>\x00\u202e"


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


class ChannelContract:
    channel: Channel
    reader = "ada@example.org"

    def delivered(self) -> list[Delivered]:
        """Everything that has arrived so far, oldest first."""
        raise NotImplementedError

    def arrived(self, message: Message) -> Delivered:
        """How it should arrive: every part word for word, unless the channel shows fewer parts."""
        return Delivered(message.to, message.to_name, message.subject, message.text, message.html, message.key)

    def test_a_message_arrives_word_for_word_under_its_key(self) -> None:
        with self.channel as channel:
            channel.send(message(to=self.reader))
        assert self.delivered() == [self.arrived(message(to=self.reader))]

    def test_letters_of_all_scripts_arrive(self) -> None:
        words = "Łukasz 山田 Ñandú محمد 😀 " * 4
        with self.channel as channel:
            channel.send(
                sent := message(
                    to=self.reader, to_name=words.strip(), subject=words.strip(), text=words, html=f"<p>{words}</p>"
                )
            )
        (arrived,) = self.delivered()
        expected = self.arrived(sent)
        assert (arrived.to_name, arrived.subject) == (expected.to_name, expected.subject)
        assert expected.text.strip() in arrived.text
        assert expected.html.removeprefix("<p>").removesuffix("</p>").strip() in arrived.html

    def test_a_batch_arrives_in_order(self) -> None:
        with self.channel as channel:
            sent = [message(f"notice-{number}", to=self.reader, text=f"Letter {number}") for number in range(5)]
            for one in sent:
                channel.send(one)
        arrived = [(one.key, one.text.strip()) for one in self.delivered()]
        assert arrived == [(one.key, one.text.strip()) for one in map(self.arrived, sent)]

    def test_a_hostile_name_and_subject_add_nothing_to_the_message(self) -> None:
        with self.channel as channel:
            channel.send(sent := message(to=self.reader, to_name=HOSTILE, subject=HOSTILE))
        (arrived,) = self.delivered()
        assert arrived.to == self.reader
        assert arrived.text == self.arrived(sent).text

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
