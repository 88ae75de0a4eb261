"""Letters by post keep the contract of every channel, and stay what they were."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from dunning.channels.base import Channel, Refused
from dunning.channels.post import PostChannel
from dunning.channels.typesetting import NotReady, typeset
from dunning.models import PaperLetter
from tests.contracts.channel_contract import ChannelContract, Delivered, message

CJK = "<p>ありがとう</p>"


def words_in(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(bytes(pdf))).pages).split())


@pytest.mark.django_db
@pytest.mark.usefixtures("paper")
class TestPost(ChannelContract):
    """A letter shows its page only: no plain text beside it."""

    shows = ("to_name", "subject", "html")
    keeps_markup = False

    @pytest.fixture(autouse=True)
    def machine(self) -> None:
        self.channel: Channel = PostChannel()

    def delivered(self) -> list[Delivered]:
        return [
            Delivered(row.address, row.recipient, row.subject, "", words_in(row.pdf), row.key)
            for row in PaperLetter.objects.order_by("pk")
        ]

    def test_letters_of_all_scripts_arrive(self) -> None:
        """As far as this machine has fonts: what it cannot draw is refused for now, with what to install."""
        words = "Łukasz Ñandú Жанна محمد"
        self.channel.send(message(to_name=words, subject=words, html=f"<p>{words}</p>"))
        (arrived,) = self.delivered()
        assert (arrived.to_name, arrived.subject) == (words, words)
        assert "Łukasz Ñandú Жанна" in arrived.html
        with pytest.raises(Refused, match="fonts-noto") as refusal:
            self.channel.send(message("notice-2", html="<p>\U0001e6d0</p>"))
        assert not refusal.value.permanent

    def test_the_same_page_gives_the_same_bytes(self) -> None:
        assert typeset(message().html) == typeset(message().html)

    def test_the_same_key_keeps_the_first_letter(self) -> None:
        receipt = self.channel.send(message())
        assert self.channel.send(message(html="<p>Other words</p>")) == receipt
        assert PaperLetter.objects.get().sha256 == receipt.reference

    def test_a_letter_loads_nothing_from_elsewhere(self) -> None:
        with_picture = "<p>Hello</p><img src=file:///etc/passwd><img src=https://127.0.0.1:9/x.png>"
        assert words_in(typeset(with_picture).pdf) == "Hello"

    def test_a_machine_without_pango_refuses_for_now_and_names_the_remedy(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def missing() -> None:
            raise NotReady("apt-get install libpango-1.0-0")

        monkeypatch.setattr("dunning.channels.typesetting._weasyprint", missing)
        with pytest.raises(Refused, match="libpango") as refusal:
            self.channel.send(message())
        assert not refusal.value.permanent
