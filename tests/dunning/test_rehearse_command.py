"""`manage.py rehearse`: totals first, then customers; nothing is written, and what it cannot do it says in words."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from tests.campaigns import standard_campaign
from tests.people import NOW, owes, person
from tests.provider import Provider
from tests.screens.books import everything_stored

pytestmark = pytest.mark.django_db


def spoken(*arguments: str) -> str:
    out = StringIO()
    call_command("rehearse", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_the_command_tells_totals_then_customers_and_writes_nothing(provider: Provider) -> None:
    now = timezone.now()
    standard_campaign(now=now)
    mute = person("Mute Meyer")
    owes(mute, "12.00", due=str(now.date() - timedelta(days=3)))
    before = everything_stored()
    text = spoken("--days", "10")
    assert text.index("1 case opened") < text.index("Mute Meyer")
    assert "needs a person" in text and "Nothing was sent" in text
    told = json.loads(spoken("--json", "--customer", "MUTE-MEYER", "--campaign", "Standard"))
    assert told["customers"][0]["number"] == "MUTE-MEYER"
    assert told["customers"][0]["events"] == told["customers"][0]["today"]
    assert everything_stored() == before


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--from", "soon"], "is not a day"),
        (["--from", "2020-01-01"], "has passed"),
        (["--days", "0"], "1 to 366"),
        (["--campaign", "Nobody's"], "No campaign"),
        (["--version-id", "99999"], "There is no version"),
        (["--customer", "nobody"], "There is no customer"),
    ],
)
def test_the_command_refuses_in_words(provider: Provider, arguments: list[str], says: str) -> None:
    standard_campaign(now=NOW)
    with pytest.raises(CommandError, match=says):
        spoken(*arguments)
