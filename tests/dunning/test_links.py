from datetime import datetime, timedelta
from itertools import combinations

import pytest

from customers.models import Customer
from dunning.models import PortalLink
from dunning.operations.links import issue, revoke, token_of
from dunning.queries.links import link_of, link_url
from dunning.rules.links import Purpose, fingerprint, new_nonce, token_for
from tests.people import person


@pytest.fixture
def ada(db: None) -> Customer:
    return person("Ada Lindgren")


def owner_of(token: str, *, now: datetime) -> Customer | None:
    link = link_of(token, now=now)
    return link.customer if link else None


def test_link_opens_for_its_customer(ada: Customer, now: datetime) -> None:
    _, token = issue(ada, now=now)
    assert owner_of(token, now=now) == ada


def test_link_opens_to_the_last_second_and_not_after(ada: Customer, now: datetime) -> None:
    link, token = issue(ada, now=now)
    assert link.expires_at == now + timedelta(days=60)
    assert owner_of(token, now=link.expires_at - timedelta(seconds=1)) == ada
    assert owner_of(token, now=link.expires_at) is None


def test_revoked_link_stays_shut_while_others_of_the_customer_open(ada: Customer, now: datetime) -> None:
    link, token = issue(ada, now=now)
    _, other = issue(ada, now=now)
    assert revoke(link, now=now) is True
    assert revoke(link, now=now + timedelta(days=1)) is False
    assert (owner_of(token, now=now), owner_of(other, now=now)) == (None, ada)


def test_link_is_said_again_word_for_word(ada: Customer, now: datetime) -> None:
    link, token = issue(ada, now=now)
    assert token_of(PortalLink.objects.get(pk=link.pk)) == token


def test_table_holds_neither_token_nor_key(ada: Customer, now: datetime) -> None:
    link, token = issue(ada, now=now)
    row = PortalLink.objects.filter(pk=link.pk).values().get()
    assert token.encode() not in b"".join(bytes(row[name]) for name in ("token_hash", "nonce"))
    assert len(bytes(row["nonce"])) * 8 == 128


def test_new_key_makes_new_tokens_and_leaves_old_links_open(ada: Customer, now: datetime, settings) -> None:  # type: ignore[no-untyped-def]
    link, token = issue(ada, now=now)
    settings.LINK_KEY = "another key"
    assert owner_of(token, now=now) == ada
    assert token_of(link) != token


def test_altered_tokens_open_nothing(ada: Customer, now: datetime) -> None:
    _, token = issue(ada, now=now)
    flipped = [token[:i] + ("A" if token[i] != "A" else "B") + token[i + 1 :] for i in range(len(token))]
    strangers = [*flipped, token[:-1], token + "A", token.swapcase(), "", "\x00", "\ud800", "ü" * 500]
    assert [text for text in strangers if owner_of(text, now=now)] == []


def test_token_of_another_purpose_is_a_stranger(ada: Customer, now: datetime, settings) -> None:  # type: ignore[no-untyped-def]
    link, token = issue(ada, now=now)
    elsewhere = token_for(bytes(link.nonce), key=settings.LINK_KEY, purpose="unsubscribe")  # type: ignore[arg-type]
    assert elsewhere != token
    assert owner_of(elsewhere, now=now) is None


def test_every_look_up_does_the_same_work(ada: Customer, now: datetime, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    link, token = issue(ada, now=now)
    late = now + timedelta(days=61)
    for text, at in [(token, now), (token, late), (token[:-1], now), ("x", now)]:
        with django_assert_num_queries(1):
            owner_of(text, now=at)


def test_link_address_is_built_from_the_setting(settings) -> None:  # type: ignore[no-untyped-def]
    settings.BASE_URL = "https://pay.example.com"
    assert link_url("abc") == "https://pay.example.com/p/abc/"


def test_tokens_are_43_characters_that_share_no_beginning() -> None:
    tokens = [token_for(new_nonce(), key="k" * 50, purpose=Purpose.PORTAL) for _ in range(300)]
    assert {len(token) for token in tokens} == {43}
    assert [(a, b) for a, b in combinations(tokens, 2) if a[:8] == b[:8]] == []
    assert len({fingerprint(token) for token in tokens}) == 300
