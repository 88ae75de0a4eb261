"""Who may open what: every address of the desk, for every role. An address missing from the table fails."""

from collections.abc import Iterator
from itertools import cycle

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, reverse

from customers.models import Contact, Customer, Hold, Invoice
from dunning.models import Campaign, CampaignVersion, Case, Notice, PortalLink, Template
from tests.screens.books import books_with, everything_stored

A, C, M = "auditor", "collector", "manager"
EVERYBODY, WORKERS, MANAGERS, NOBODY = {A, C, M}, {C, M}, {M}, set[str]()

ADD = {
    "customers_customer": WORKERS,
    "payments_payment": WORKERS,
    "payments_bankaccount": MANAGERS,
    "payments_declinerule": MANAGERS,
    "payments_claimrule": MANAGERS,
    "payments_baserate": MANAGERS,
    "payments_claimpolicy": MANAGERS,
    "payments_networkcap": MANAGERS,
    "payments_retryschedule": MANAGERS,
    "dunning_contactcap": MANAGERS,
    "dunning_helppolicy": MANAGERS,
    "dunning_contacthours": MANAGERS,
    "dunning_costrate": MANAGERS,
    "customers_writeofflimit": MANAGERS,
    "dunning_campaign": MANAGERS,
    "dunning_experiment": MANAGERS,
    "dunning_template": MANAGERS,
}
DELETE = {
    "payments_bankaccount": MANAGERS,
    "dunning_template": NOBODY,  # theirs are in use or published
    "dunning_campaignversion": NOBODY,
}
pytestmark = pytest.mark.django_db
BUTTONS = {
    "customers_customer_hold": WORKERS,
    "customers_customer_choose_campaign": WORKERS,
    "customers_customer_stop": WORKERS,
    "customers_customer_agree": WORKERS,
    "customers_customer_vulnerable": WORKERS,
    "customers_customer_not_vulnerable": WORKERS,
    "customers_contactstop_release": WORKERS,
    "customers_suppressedaddress_release": WORKERS,
    "customers_hold_release": WORKERS,
    "customers_invoice_credit": MANAGERS,
    "customers_invoice_write_off": MANAGERS,
    "customers_invoice_hold": WORKERS,
    "customers_invoice_release": WORKERS,
    "dunning_case_send_now": WORKERS,
    "dunning_case_record_payment": WORKERS,
    "dunning_case_record_call": WORKERS,
    "dunning_case_pause": WORKERS,
    "dunning_case_resume": WORKERS,
    "dunning_case_close": WORKERS,
    "dunning_case_change_owner": WORKERS,
    "dunning_case_restore": WORKERS,
    "dunning_case_tell_agency": WORKERS,
    "dunning_case_propose_write_off": WORKERS,
    "dunning_writeoffproposal_approve": MANAGERS,
    "dunning_writeoffproposal_refuse": MANAGERS,
    "dunning_case_take_back": MANAGERS,
    "dunning_handover_file": MANAGERS,
    "dunning_printrun_posted": WORKERS,
    "dunning_printrun_file": WORKERS,
    "dunning_paperletter_file": EVERYBODY,
    "dunning_task_finish": WORKERS,
    "dunning_reply_settle": WORKERS,
    "dunning_customerrequest_agree": WORKERS,
    "dunning_customerrequest_file": EVERYBODY,
    "dunning_customerrequest_decline": WORKERS,
    "dunning_customerrequest_settle": WORKERS,
    "dunning_customerrequest_erase": MANAGERS,
    "dunning_confirmation_send_again": WORKERS,
    "dunning_task_assign": WORKERS,
    "dunning_task_drop": WORKERS,
    "dunning_task_promised": WORKERS,
    "dunning_task_will_pay": WORKERS,
    "dunning_task_no_answer": WORKERS,
    "dunning_task_wrong_number": WORKERS,
    "dunning_outgoingevent_try_again": MANAGERS,
    "dunning_case_ignore_habits": WORKERS,
    "dunning_case_go_by_habits": WORKERS,
    "customers_customer_ignore_habits": WORKERS,
    "customers_customer_go_by_habits": WORKERS,
    "dunning_notice_release": MANAGERS,
    "dunning_notice_change_words": MANAGERS,
    "dunning_notice_drop": MANAGERS,
    "dunning_reviewdecision_review": EVERYBODY,
    "dunning_notice_settle_as_sent": WORKERS,
    "dunning_notice_send_again": WORKERS,
    "dunning_campaign_new_draft": MANAGERS,
    "dunning_campaign_switch_on": MANAGERS,
    "dunning_campaign_switch_off": MANAGERS,
    "dunning_campaign_clone": MANAGERS,
    "dunning_campaign_hold_out": MANAGERS,
    "dunning_campaign_import": MANAGERS,
    "dunning_campaignversion_publish": MANAGERS,
    "dunning_campaignversion_publish_as_variant": MANAGERS,
    "dunning_suggestion_make_draft": MANAGERS,
    "dunning_suggestion_dismiss": MANAGERS,
    "dunning_experiment_start": MANAGERS,
    "dunning_experiment_stop": MANAGERS,
    "dunning_experiment_adopt": MANAGERS,
    "dunning_experiment_keep": MANAGERS,
    "dunning_campaignversion_move_cases": MANAGERS,
    "dunning_campaignversion_check": EVERYBODY,
    "dunning_campaignversion_export": EVERYBODY,
    "dunning_portallink_revoke": MANAGERS,
    "payments_payment_refund": MANAGERS,
    "payments_refund_came_back": MANAGERS,
    "dunning_template_preview": EVERYBODY,
    "dunning_template_versions": EVERYBODY,
    "dunning_template_check": EVERYBODY,
    "dunning_template_trial": MANAGERS,
    "payments_bankline_upload": WORKERS,
    "payments_bankline_post": WORKERS,
    "payments_bankline_set_aside": WORKERS,
    "payments_instalmentplan_propose": WORKERS,
    "payments_instalmentplan_end": WORKERS,
    "payments_claim_waive": MANAGERS,
    "payments_claim_pay": WORKERS,
    "customers_invoice_claim": MANAGERS,
    "customers_invoice_claim_costs": MANAGERS,
    "payments_bankline_is_return": WORKERS,
    "customers_importrun_import": WORKERS,
    "customers_importrun_template": WORKERS,
    "customers_importrun_issues": EVERYBODY,
    "payments_chargeattempt_wasted": EVERYBODY,
    "payments_chargeattempt_give_up": MANAGERS,
    "dunning_rehearsal_ask": WORKERS,
    "dunning_rehearsal_calendar": EVERYBODY,
    "dunning_rehearsal_csv": EVERYBODY,
    "dunning_reportanswer_reports": EVERYBODY,
    "dunning_reportanswer_month_end": EVERYBODY,
    "dunning_reportanswer_report": EVERYBODY,
    "dunning_reportanswer_csv": EVERYBODY,
    "dunning_reportanswer_behind": EVERYBODY,
}
POST_ONLY = {
    "dunning_brand_check": EVERYBODY,
    "dunning_template_findings": EVERYBODY,
    "customers_importrun_read": WORKERS,
    "customers_importrun_confirm": WORKERS,
    "customers_importrun_discard": WORKERS,
    "dunning_reviewdecision_decide": MANAGERS,
    "dunning_printrun_make": WORKERS,
    "payments_bankline_accept": WORKERS,
    "payments_bankline_take_back": WORKERS,
}
SITE = {
    "index": EVERYBODY,
    "search": EVERYBODY,
    "logout": NOBODY,  # by POST only
    "password_change": EVERYBODY,
    "password_change_done": EVERYBODY,
    "autocomplete": NOBODY,  # refuses without the field it completes
    "jsi18n": EVERYBODY,
    "view_on_site": NOBODY,  # none of our rows has a page outside
    "app_list": NOBODY,  # leads to the first page: the menu is the only list of lists
    "auth_user_password_change": NOBODY,
}


def addresses() -> Iterator[tuple[str, str, set[str]]]:
    """(name, URL, who may open it) for every named pattern of the desk."""
    for pattern in _patterns(admin.site.get_urls()):
        name = pattern.name
        if name and name != "login":
            yield name, _url(name, pattern), _allowed(name)


def _patterns(found: list) -> Iterator[URLPattern]:  # type: ignore[type-arg]
    for entry in found:
        if isinstance(entry, URLPattern):
            yield entry
        else:
            yield from _patterns(entry.url_patterns)


def _allowed(name: str) -> set[str]:
    if name in SITE or name in BUTTONS or name in POST_ONLY:
        return {**SITE, **BUTTONS, **POST_ONLY}[name]
    model, _, page = name.rpartition("_")
    if model.startswith("auth_"):
        return NOBODY
    if page in ("changelist", "change", "history"):
        return EVERYBODY
    return {"add": ADD, "delete": DELETE}[page].get(model, NOBODY)


def _url(name: str, pattern: URLPattern) -> str:
    wanted = pattern.pattern.converters
    if "key" in wanted:
        return reverse(f"admin:{name}", args=["ageing"]) + "?column=number"
    if not wanted and name != "app_list":
        return reverse(f"admin:{name}")
    if name == "app_list":
        return reverse("admin:app_list", args=["customers"])
    if name == "view_on_site":
        return reverse("admin:view_on_site", args=[1, 1])
    model = next(model for model in admin.site._registry if name.startswith(_prefix(model)))
    row = model._default_manager.order_by("pk").first()  # type: ignore[attr-defined]
    assert row is not None, f"the books have no row for {name}"
    more = {
        "dunning_template_preview": ["en"],
        "dunning_template_versions": ["en"],
        "customers_importrun_issues": ["refused"],
        "dunning_customerrequest_file": [1],
    }
    return reverse(f"admin:{name}", args=[row.pk, *more.get(name, [])])


def _prefix(model: type) -> str:
    return f"{model._meta.app_label}_{model._meta.model_name}_"  # type: ignore[attr-defined]


@pytest.mark.parametrize("role", [A, C, M])
def test_a_role_opens_exactly_its_pages_and_changes_nothing_by_looking(
    role: str, request: pytest.FixtureRequest
) -> None:
    client: Client = request.getfixturevalue(role)
    books_with(1)
    before = everything_stored()
    turns = cycle([A, C, M])  # what all roles may open is opened by one of them
    visited = [entry for entry in addresses() if entry[2] != EVERYBODY or next(turns) == role]
    opened = {name: client.get(url).status_code == 200 for name, url, _ in visited}
    assert opened == {name: role in allowed and name not in POST_ONLY for name, _, allowed in visited}
    assert everything_stored() == before


def test_a_stranger_is_asked_to_sign_in(chief: Client) -> None:
    books_with(1)
    stranger = Client()
    for name, url, _ in addresses():
        answer = stranger.get(url)
        if name not in ("jsi18n", "logout", "app_list"):
            assert (answer.status_code, "/login/" in answer["Location"]) == (302, True), name


def test_looking_at_what_no_role_may_open_changes_nothing(chief: Client) -> None:
    books_with(1)
    before = everything_stored()
    for name, url, allowed in addresses():
        if not allowed or name in POST_ONLY:
            chief.get(url)
            chief.head(url)
    assert everything_stored() == before


@pytest.mark.parametrize("role", [A, C, M])
def test_posting_past_one_s_role_is_refused_and_changes_nothing(role: str, request: pytest.FixtureRequest) -> None:
    client: Client = request.getfixturevalue(role)
    books_with(1)
    before = everything_stored()
    answer = {"reason": "because", "amount": "1", "currency": "EUR", "on": "2026-03-02", "received_on": "2026-03-02"}
    for name, url, allowed in addresses():
        if role not in allowed and name not in ("autocomplete", "logout", "view_on_site", "password_change"):
            assert client.post(url, answer).status_code in (403, 302), name
    assert everything_stored() == before


def test_an_auditor_saves_nothing(auditor: Client) -> None:
    books_with(1)
    before = everything_stored()
    for model in (Customer, Invoice, Hold, Contact, Case, Notice, Campaign, CampaignVersion, Template, PortalLink):
        row = model._default_manager.order_by("pk").first()
        assert row is not None
        url = reverse(f"admin:{_prefix(model)}change", args=[row.pk])
        assert auditor.post(url, {"name": "Another name", "number": "1"}).status_code == 403
    assert everything_stored() == before


def test_an_auditor_pauses_nobody_in_bulk(auditor: Client) -> None:
    books_with(1)
    before = everything_stored()
    asked = {"action": "pause_selected", "_selected_action": [Case.objects.get().pk], "reason": "because"}
    auditor.post(reverse("admin:dunning_case_changelist"), asked)
    assert everything_stored() == before
