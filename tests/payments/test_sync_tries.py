"""Charges that others made, in our books."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from payments.gateways.accounts import TheirTry
from payments.models import GatewayCustomer, UnknownCode
from payments.operations import sync_tries
from payments.rules.declines import Decline
from tests.people import NOW, person

pytestmark = pytest.mark.django_db


def declined(codes: Sequence[str], *, first: int = 0) -> list[TheirTry]:
    return [
        TheirTry(
            f"ch_{first + place}", f"pi_{first + place}", "cus_1", Decimal(10), "EUR", NOW, is_success=False,
            decline=Decline(code),
        )
        for place, code in enumerate(codes)
    ]  # fmt: skip


def test_codes_that_no_rule_knows_are_counted_in_one_statement_for_all_tries() -> None:
    GatewayCustomer.objects.create(gateway="stripe", external_id="cus_1", customer=person(), seen_at=NOW)
    sync_tries.take("stripe", declined(["new_c"], first=50), now=NOW)  # reads the tables of refusals, once for all
    queries = []
    for first, codes in enumerate([["new_b", "new_a"], ["new_b", "new_a", "new_b", "new_c"]]):
        with CaptureQueriesContext(connection) as captured:
            sync_tries.take("stripe", declined(codes, first=10 * first), now=NOW)
        queries.append(len(captured))
    assert queries[0] == queries[1]
    seen = UnknownCode.objects.order_by("code").values_list("code", "count")
    assert list(seen) == [("new_a", 2), ("new_b", 3), ("new_c", 2)]
