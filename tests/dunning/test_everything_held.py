"""Everything that is held of a customer, in one file: no secret, nothing of others, and nothing left out unsaid."""

import csv
import io
import json
import re
import zipfile
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Customer
from dunning.queries.everything_held import everything_held
from tests.dunning.conftest import PDF
from tests.dunning.test_erasing_columns import ways_to_a_customer
from tests.people import owes, reachable
from tests.portal.conftest import Door, words

pytestmark = pytest.mark.django_db
SECRETS = ("tok_secret", "fp_secret")


# Tables that lead to a customer and are not in the file.
NOT_THEIR_OWN, IN_OTHERS = "what the desk noted for itself", "what it says stands in other parts"
LEFT_OUT = {
    "dunning.CampaignChoice": NOT_THEIR_OWN,
    "dunning.Case": NOT_THEIR_OWN,
    "dunning.CaseEvent": NOT_THEIR_OWN,
    "dunning.ReviewDecision": NOT_THEIR_OWN,
    "dunning.StepRun": NOT_THEIR_OWN,
    "dunning.Task": NOT_THEIR_OWN,
    "dunning.WriteOffProposal": NOT_THEIR_OWN,
    "dunning.WriteOffLine": NOT_THEIR_OWN,
    "dunning.RehearsedCustomer": "a rehearsal: it has not happened",
    "dunning.DeliveryEvent": IN_OTHERS + ": letters say what became of them",
    "dunning.Erasure": IN_OTHERS + ": requests",
    "dunning.RefusedCard": IN_OTHERS + ": charges; the rest is hashes against the trying out of cards",
    "payments.Allocation": IN_OTHERS + ": the ledger",
    "payments.RefundPart": IN_OTHERS + ": the ledger",
    "payments.ClaimAllocation": IN_OTHERS + ": claims and payments",
    "payments.PlanInvoice": IN_OTHERS + ": plans and invoices",
    "payments.GatewayInvoice": IN_OTHERS + ": invoices, at a gateway",
    "payments.CardPage": "a page at a gateway, open for an hour",
    "payments.LikelyPayer": "a guess that lives until the bank's line is posted",
}


def files_of(answer: Any) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(answer.content)) as whole:
        return {name: whole.read(name).decode() for name in whole.namelist()}


def test_everything_held_is_downloaded_and_no_secret_with_it(ada: Customer, now: datetime) -> None:
    at_door = Door(ada).known()
    answer = at_door.post("data/")
    files = files_of(answer)
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("application/zip", "nosniff")
    assert "attachment" in answer["Content-Disposition"]
    told = json.loads(files["all.json"])
    assert {part: len(rows) for part, rows in told.items() if rows} == {
        "account": 1, "contacts": 1, "habits": 1, "page_links": len(told["page_links"]), "invoices": 2, "ledger": 4,
        "cards": 1, "letters": 2, "requests": 1, "additions": 1, "files": 1, "confirmations": 2, "feedback": 1,
        "replies": 2, "wishes": 1, "consents": 1,
    }  # fmt: skip
    assert "Spring catalogue" in told["letters"][0]["body"] + files["invoices.csv"]
    assert told["requests"][0]["text"] == "my husband is ill"
    rows = list(csv.DictReader(io.StringIO(files["invoices.csv"].removeprefix("\ufeff"))))
    assert [(row["number"], row["amount"], row["balance"]) for row in rows] == [("R-1", "420", "0"), ("R-0", "10", "0")]
    assert [secret for secret in SECRETS for text in files.values() if secret in text] == []
    sent = f"files/request-{told['files'][0]['request_id']}-1.pdf"
    assert set(files) == {"README.txt", "all.json", sent, *(f"{part}.csv" for part, rows in told.items() if rows)}
    assert files[sent] == PDF.decode()


def test_every_table_that_leads_to_a_customer_is_in_the_file_or_left_out_for_a_reason(ada: Customer) -> None:
    with CaptureQueriesContext(connection) as asked:
        everything_held(ada)
    read = {table for query in asked for table in re.findall(r'FROM "(\w+)"', query["sql"])}
    ways = ways_to_a_customer()
    assert {model._meta.label for model in ways if model._meta.db_table not in read} == set(LEFT_OUT)


def test_a_download_is_asked_for_by_post_and_five_times_a_day(ada: Customer) -> None:
    at_door = Door(ada).known()
    assert "Download everything" in words(at_door.get("data/"))
    assert [at_door.post("data/").status_code for _ in range(6)] == [200] * 5 + [429]


def test_a_download_holds_nothing_of_another_customer(ada: Customer) -> None:
    grace = reachable("Grace Okafor")
    owes(grace, "5.00", what="Grace only")
    assert "Ada" not in str(everything_held(grace))
    assert "Grace" not in str(everything_held(ada))
