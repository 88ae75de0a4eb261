"""The screens of refusals: managers add rows, what has begun stays, unknown codes are answered by a rule."""

from datetime import date, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from payments.models import ChargeAttempt, DeclineRule, RetrySchedule, UnknownCode
from payments.operations import unknown_codes
from payments.rules.declines import Layer
from tests.people import person
from tests.screens.test_first_page import figure, first_page

RULES = "/desk/payments/declinerule/"
ADD = f"{RULES}add/"


def told(**fields: str) -> dict[str, str]:
    """A rule as the form sends it."""
    usual = {"layer": "gateway", "code": "new_code", "meaning": "never", "auto": "no", "cause": "", "wait_hours": "0"}
    more = {"first_move": "Ask for another card.", "source": "Maria, after a call with the gateway"}
    return {**usual, **more, "valid_from": str(timezone.localdate()), "valid_until": "", "countries": "", **fields}


def errors(client: Client, page: str, fields: dict[str, str]) -> dict[str, list[str]]:
    answer = client.post(page, fields)
    assert answer.status_code == 200, "it was saved"
    found: dict[str, list[str]] = answer.context["adminform"].form.errors
    return found


def test_manager_adds_a_rule_and_the_log_says_who(manager: Client) -> None:
    assert manager.post(ADD, told(countries="at, de")).status_code == 302
    rule = DeclineRule.objects.get(code="new_code")
    assert (rule.countries, rule.auto) == ("AT DE", "no")
    assert LogEntry.objects.get(object_id=str(rule.pk)).user.get_username() == "maria"


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({"valid_from": "2026-01-05"}, "valid_from", "today or a later day"),
        ({"countries": "Austria"}, "countries", "two letters"),
        ({"auto": "yes"}, "cause", "Choose the schedule"),
        ({"source": ""}, "source", "required"),
        ({"valid_until": "2026-01-05"}, "valid_until", "not before the first"),
        ({"code": ""}, "code", "required"),
        ({"layer": "moon"}, "layer", "valid choice"),
    ],
)
def test_wrong_rule_is_refused_at_its_field(manager: Client, fields: dict[str, str], field: str, said: str) -> None:
    assert said in " ".join(errors(manager, ADD, told(**fields))[field])
    assert not DeclineRule.objects.filter(code="new_code").exists()


def test_second_row_of_a_code_and_day_is_refused(manager: Client) -> None:
    manager.post(ADD, told())
    assert "begins on that day already" in " ".join(errors(manager, ADD, told())["__all__"])
    assert DeclineRule.objects.filter(code="new_code").count() == 1


def test_row_that_has_begun_is_only_looked_at(manager: Client) -> None:
    rule = DeclineRule.objects.get(layer="gateway", code="lost_card")
    page = reverse("admin:payments_declinerule_change", args=[rule.pk])
    assert 'name="first_move"' not in manager.get(page).content.decode()
    assert manager.post(page, told(code="lost_card", meaning="later")).status_code == 403
    rule.refresh_from_db()
    assert rule.meaning == "never"


def test_row_of_today_may_be_mended_and_its_history_keeps_both_values(manager: Client) -> None:
    manager.post(ADD, told())
    rule = DeclineRule.objects.get(code="new_code")
    page = reverse("admin:payments_declinerule_change", args=[rule.pk])
    assert manager.post(page, told(meaning="customer_action")).status_code == 302
    history = manager.get(reverse("admin:payments_declinerule_history", args=[rule.pk])).content.decode()
    assert "meaning: never → customer_action" in history


def test_collector_looks_and_does_not_add(collector: Client) -> None:
    assert collector.get(RULES).status_code == 200
    assert collector.post(ADD, told()).status_code == 403
    assert not DeclineRule.objects.filter(code="new_code").exists()


def test_rules_are_found_by_code_and_by_layer(chief: Client) -> None:
    found = chief.get(RULES, {"q": "lost_"}).context["cl"].result_list
    assert [rule.code for rule in found] == ["lost_card"]
    found = chief.get(RULES, {"layer": "sepa", "auto": "yes"}).context["cl"].result_list
    assert {(rule.code, rule.countries) for rule in found} == {("AM04", ""), ("MS03", "AT BE DE LU SK")}


@pytest.mark.parametrize(("pauses", "fine"), [("1d  2d payday", True), ("soon", False), ("0d", False), ("-1d", False)])
def test_schedule_with_an_unreadable_pause_is_refused(manager: Client, pauses: str, fine: bool) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    sent = {"cause": "no_funds", "pauses": pauses, "notice_days": "0", "source": "Maria", "valid_from": str(tomorrow)}
    page = "/desk/payments/retryschedule/add/"
    if fine:
        assert manager.post(page, sent).status_code == 302
    else:
        assert "is no pause" in " ".join(errors(manager, page, sent)["pauses"])
    stored = RetrySchedule.objects.filter(valid_from__gt=date(2026, 11, 1)).values_list("pauses", flat=True)
    assert list(stored) == (["1d 2d payday"] if fine else [])


def test_unknown_code_is_counted_on_the_first_page_until_a_rule_answers_it(manager: Client) -> None:
    person()
    now = timezone.now()
    unknown_codes.note([(Layer.GATEWAY, "new_code"), (Layer.MERCHANT_ADVICE, "99")], gateway="sandbox", now=now)
    shown = figure(first_page(manager)["waiting"], "unknown codes of refusals")
    assert shown.number == "2"
    listed = manager.get(shown.url)
    assert [code.code for code in listed.context["cl"].result_list] == ["99", "new_code"]
    assert "declinerule/add/?layer=gateway&amp;code=new_code" in listed.content.decode()
    form = manager.get(ADD, {"layer": "gateway", "code": "new_code"}).content.decode()
    assert 'value="new_code"' in form
    manager.post(ADD, told())
    assert figure(first_page(manager)["waiting"], "unknown code of a refusal").number == "1"
    assert UnknownCode.objects.count() == 2


def test_tries_that_could_not_work_are_counted_on_a_page_of_their_own(auditor: Client) -> None:
    ada, now = person(), timezone.now()
    for days, code in ((20, "lost_card"), (10, "lost_card"), (2, "generic_decline")):
        at = now - timedelta(days=days)
        refused = ChargeAttempt.objects.create(
            customer=ada, gateway="sandbox", amount=5, currency="EUR", idempotency_key=f"key {days}", decline_code=code,
            card_fingerprint="card", state=ChargeAttempt.State.DECLINED, started_at=at, look_at=at,
        )  # fmt: skip
    listed = "/desk/payments/chargeattempt/"
    assert f"{listed}wasted/" in auditor.get(listed).content.decode()
    assert auditor.get(f"{listed}wasted/").context["wasted"] == [(7, 1), (30, 2), (90, 2)]
    page = auditor.get(f"{listed}{refused.pk}/change/").content.decode()
    assert "Decided by the gateway&#x27;s code “generic_decline”: Try once more" in page
