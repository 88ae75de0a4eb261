"""The e-mail channel over everything Django sends mail with: SMTP, a provider's web interface, the mailbox, locmem."""

from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.utils import getaddresses

import pytest
from anymail.exceptions import AnymailAPIError
from django.core import mail
from pytest_django import Settings

from dunning.channels.base import Channel, Refused
from dunning.channels.email import EmailChannel, address_of
from dunning.channels.provider_errors import refusal_in
from dunning.models import MailboxMessage
from tests.contracts.channel_contract import ChannelContract, Delivered, message
from tests.contracts.mail_servers import PostmarkServer, SmtpServer, as_delivered, free_port


class EmailContract(ChannelContract):
    """What holds for e-mail over any backend."""

    @pytest.mark.parametrize(
        "address",
        ["", "ada", "ada@", "@example.org", "ada@exa mple.org", "a@b.example\nBcc: c@d.example", "ä@example.org"],
    )
    def test_an_address_that_is_none_is_refused_for_good(self, address: str) -> None:
        with self.channel as channel, pytest.raises(Refused) as refusal:
            channel.send(message(to=address))
        assert refusal.value.permanent
        assert self.delivered() == []

    def test_a_domain_with_umlauts_is_written_in_its_ascii_form(self) -> None:
        with self.channel as channel:
            channel.send(message(to="ada@bücher.example"))
        assert [arrived.to for arrived in self.delivered()] == ["ada@xn--bcher-kva.example"]

    def test_a_key_that_cannot_be_a_message_id_is_refused(self) -> None:
        with self.channel as channel, pytest.raises(Refused):
            channel.send(message("notice 1>\r\nBcc: c@d.example"))
        assert self.delivered() == []


class TestSmtp(EmailContract):
    takes_commands_together = False

    @pytest.fixture(autouse=True)
    def server(self, settings: Settings) -> Iterator[SmtpServer]:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST = "127.0.0.1"
        settings.EMAIL_TIMEOUT = 0.5
        settings.DEFAULT_FROM_EMAIL = "Billing at Bücher <billing@bücher.example>"
        with SmtpServer(self.takes_commands_together).running() as server:
            settings.EMAIL_PORT = server.port
            self.server_ = server
            self.channel: Channel = EmailChannel(reply_to="Team <team@example.com>")
            yield server

    def delivered(self) -> list[Delivered]:
        return [as_delivered(raw) for raw in self.server_.taken]

    def test_the_headers_are_exactly_ours(self, server: SmtpServer) -> None:
        with self.channel as channel:
            channel.send(message())
        arrived = message_from_bytes(server.taken[0], policy=policy.default)
        assert [name for name in arrived if not name.startswith("X-")] == [
            *["From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Language"],
            *["MIME-Version", "Content-Type"],
        ]
        assert arrived["From"].addresses == (Address("Billing at Bücher", "billing", "xn--bcher-kva.example"),)
        assert arrived["Reply-To"] == "Team <team@example.com>"
        assert arrived["Message-ID"] == "<notice-1@xn--bcher-kva.example>"
        assert arrived["Auto-Submitted"] == "auto-generated"

    def test_a_batch_goes_over_one_connection(self, server: SmtpServer) -> None:
        with self.channel as channel:
            for number in range(5):
                channel.send(message(f"notice-{number}"))
        assert server.connections == 1

    def test_a_connection_closed_while_idle_is_opened_again(self, server: SmtpServer) -> None:
        with self.channel as channel:
            channel.send(message("notice-1"))
            server.hang_up()
            channel.send(message("notice-2"))
        assert [arrived.key for arrived in self.delivered()] == ["notice-1", "notice-2"]
        assert server.connections == 2

    @pytest.mark.parametrize(
        ("stage", "answer", "permanent"),
        [
            ("RCPT", "550 5.1.1 no such user", True),
            ("RCPT", "451 4.2.0 greylisted, come back later", False),
            ("RCPT", "421 closing down", False),
            ("MAIL", "553 sender not allowed", False),
            ("MAIL", "452 too busy", False),
            ("DATA", "554 5.7.1 looks like spam", True),
            ("DATA", "452 4.3.1 no space left", False),
        ],
    )
    def test_a_refusal_is_told_and_the_next_mail_goes(
        self, server: SmtpServer, stage: str, answer: str, permanent: bool
    ) -> None:
        server.answers[stage] = answer
        with self.channel as channel:
            with pytest.raises(Refused, match=answer[4:]) as refusal:
                channel.send(message("notice-1"))
            assert refusal.value.permanent is permanent
            server.answers.clear()
            channel.send(message("notice-2"))
        assert [arrived.key for arrived in self.delivered()] == ["notice-2"]

    def test_a_connection_lost_before_the_content_is_a_refusal_for_now(self, server: SmtpServer) -> None:
        server.answers["RCPT"] = "hang up"
        with self.channel as channel:
            with pytest.raises(Refused, match="did not listen") as refusal:
                channel.send(message())
            assert not refusal.value.permanent
            server.answers.clear()
            channel.send(message("notice-2"))
        assert [arrived.key for arrived in self.delivered()] == ["notice-2"]

    @pytest.mark.parametrize("way", ["hang up", "fall silent"])
    def test_a_lost_answer_leaves_the_mail_in_doubt_and_the_next_one_goes(self, server: SmtpServer, way: str) -> None:
        server.after_taking = way
        with self.channel as channel:
            with pytest.raises(OSError) as doubt:
                channel.send(message("notice-1"))
            assert not isinstance(doubt.value, Refused)
            server.after_taking = ""
            channel.send(message("notice-2"))
        assert [arrived.key for arrived in self.delivered()] == ["notice-1", "notice-2"]

    def test_a_server_that_is_away_is_a_refusal_for_now(self, settings: Settings) -> None:
        settings.EMAIL_PORT = free_port()
        with EmailChannel() as channel, pytest.raises(Refused, match="cannot be reached") as refusal:
            channel.send(message())
        assert not refusal.value.permanent


class TestPipeliningSmtp(TestSmtp):
    """A server that takes commands together, as most relays do."""

    takes_commands_together = True

    def test_a_server_that_waits_for_content_after_refusing_the_reader_gets_none(self, server: SmtpServer) -> None:
        server.answers["RCPT"] = "550 no such user"
        with self.channel as channel:
            for number in range(2):
                with pytest.raises(Refused, match="no such user"):
                    channel.send(message(f"notice-{number}"))
        assert self.delivered() == []
        assert server.connections == 2


class TestPostmark(EmailContract):
    @pytest.fixture(autouse=True)
    def server(self, settings: Settings) -> Iterator[PostmarkServer]:
        settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
        with PostmarkServer().running() as server:
            settings.ANYMAIL = {
                "POSTMARK_SERVER_TOKEN": "token",
                "POSTMARK_API_URL": server.url,
                "REQUESTS_TIMEOUT": 0.5,
            }
            self.server_ = server
            self.channel: Channel = EmailChannel()
            yield server

    def delivered(self) -> list[Delivered]:
        return [self._as_delivered(sent) for sent in self.server_.taken]

    def _as_delivered(self, sent: dict[str, str]) -> Delivered:
        ((name, address),) = getaddresses([sent["To"]])
        headers = {header["Name"]: header["Value"] for header in sent["Headers"]}  # type: ignore[index]
        key = headers["Message-ID"].removeprefix("<").partition("@")[0]
        return Delivered(address, name, sent["Subject"], sent["TextBody"], sent["HtmlBody"], key)

    def test_the_provider_gets_our_notice_id_and_gives_its_own(self, server: PostmarkServer) -> None:
        with self.channel as channel:
            assert channel.send(message()).reference == "postmark-1"
        assert server.taken[0]["Metadata"] == {"notice_id": "1"}

    @pytest.mark.parametrize(
        ("status", "body", "permanent"),
        [
            (401, {"ErrorCode": 10, "Message": "Bad or missing Server API token."}, False),
            (422, {"ErrorCode": 400, "Message": "The 'From' address is not a Sender Signature."}, False),
            (429, {"ErrorCode": 429, "Message": "Rate limit exceeded"}, False),
            (422, {"ErrorCode": 300, "Message": "Invalid 'To' address: 'ada@example.org'."}, True),
            (
                422,
                {
                    "ErrorCode": 406,
                    "Message": "You tried to send to a recipient that has been marked as inactive.\n Found inactive"
                    " addresses: ada@example.org.\n Inactive recipients are ones that have generated a hard bounce or"
                    " a spam complaint. ",
                },
                True,
            ),
        ],
    )
    def test_a_refusal_is_told(self, server: PostmarkServer, status: int, body: dict, permanent: bool) -> None:  # type: ignore[type-arg]
        server.answer = (status, body)
        with self.channel as channel:
            with pytest.raises(Refused) as refusal:
                channel.send(message())
            assert refusal.value.permanent is permanent
            server.answer = None
            channel.send(message("notice-2"))
        assert [arrived.key for arrived in self.delivered()] == ["notice-2"]

    @pytest.mark.parametrize("answer", ["hang up", "fall silent", (500, {}), (503, {}), (200, {"what": "is this"})])
    def test_a_lost_or_unclear_answer_leaves_the_mail_in_doubt(self, server: PostmarkServer, answer: object) -> None:
        server.answer = answer  # type: ignore[assignment]
        with self.channel as channel:
            with pytest.raises(AnymailAPIError):
                channel.send(message("notice-1"))
            server.answer = None
            channel.send(message("notice-2"))
        assert self.delivered()[-1].key == "notice-2"

    def test_a_provider_that_is_away_is_a_refusal_for_now(self, settings: Settings) -> None:
        settings.ANYMAIL = settings.ANYMAIL | {"POSTMARK_API_URL": f"http://127.0.0.1:{free_port()}/"}
        with EmailChannel() as channel, pytest.raises(Refused) as refusal:
            channel.send(message())
        assert not refusal.value.permanent


class TestMailbox(EmailContract):
    @pytest.fixture(autouse=True)
    def mailbox(self, db: None, settings: Settings) -> None:
        settings.EMAIL_BACKEND = "dunning.channels.mailbox.MailboxBackend"
        self.channel: Channel = EmailChannel()

    def delivered(self) -> list[Delivered]:
        return [as_delivered(bytes(row.raw)) for row in MailboxMessage.objects.order_by("pk")]

    def test_a_mail_is_kept_with_reader_and_subject(self) -> None:
        with self.channel as channel:
            channel.send(message())
        row = MailboxMessage.objects.get()
        assert (row.to, row.subject) == ("ada@example.org", "Your account with Example Company")
        assert row.received_at > datetime(2026, 1, 1, tzinfo=UTC)

    def test_any_other_mail_of_the_desk_lands_there_too(self) -> None:
        mail.send_mail("Hello", "A password, perhaps.", "desk@example.com", ["clerk@example.com", "b@example.com"])
        row = MailboxMessage.objects.get()
        assert (row.to, row.subject) == ("clerk@example.com, b@example.com", "Hello")
        assert b"A password, perhaps." in bytes(row.raw)


class TestLocmem(EmailContract):
    """Any other backend gets Django's own message class."""

    @pytest.fixture(autouse=True)
    def backend(self, settings: Settings) -> None:
        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        self.channel: Channel = EmailChannel()

    def delivered(self) -> list[Delivered]:
        return [as_delivered(arrived.message().as_bytes()) for arrived in mail.outbox]

    def test_anymails_own_attributes_stay_away(self) -> None:
        with self.channel as channel:
            channel.send(message())
        assert mail.outbox[0].extra_headers == {
            "Message-ID": "<notice-1@example.com>",
            "Auto-Submitted": "auto-generated",
        }


def test_a_provider_library_that_answers_in_its_own_form_is_understood() -> None:
    throttled = AnymailAPIError("Throttling", response={"ResponseMetadata": {"HTTPStatusCode": 400}})
    broken = AnymailAPIError("InternalFailure", response={"ResponseMetadata": {"HTTPStatusCode": 500}})
    assert (refusal := refusal_in(throttled)) and not refusal.permanent
    assert refusal_in(broken) is None


def test_a_senders_address_is_read_with_and_without_name() -> None:
    assert str(address_of("Billing <billing@example.com>")) == "Billing <billing@example.com>"
    assert str(address_of("billing@example.com")) == "billing@example.com"
    with pytest.raises(ValueError, match="is not an e-mail address"):
        address_of("Billing <billing>")
