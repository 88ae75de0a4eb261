"""The time line of a draft: dragged by mouse and finger, moved by keyboard, and the same without its script."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page
from pytest_django.live_server_helper import LiveServer

from dunning.models import CampaignVersion
from dunning.operations.campaigns import draft_of
from tests.browser import test_desk
from tests.browser.test_desk import DESK, PHONE, Visit, serious

pytestmark = pytest.mark.django_db(transaction=True)
visit = test_desk.visit


@pytest.fixture
def draft(visit: Visit) -> CampaignVersion:
    published = CampaignVersion.objects.order_by("pk").first()
    assert published is not None
    return draft_of(published.campaign, now=timezone.now())


def address(draft: CampaignVersion) -> str:
    return reverse("admin:dunning_campaignversion_change", args=[draft.pk])


def handle(page: Page, place: int) -> Locator:
    return page.locator(f"a[data-field=id_steps-{place}-offset_days]")


def drag(page: Page, place: int, *, x: float = 0, y: float = 0) -> None:
    """Take a card by its day and let it go somewhere else, in small steps as a hand does."""
    handle(page, place).scroll_into_view_if_needed()
    box = handle(page, place).bounding_box()
    assert box
    at = (box["x"] + 20, box["y"] + box["height"] / 2)
    page.mouse.move(*at)
    page.mouse.down()
    page.mouse.move(at[0] + x, at[1] + y, steps=12)
    page.mouse.up()


def days_of(draft: CampaignVersion) -> list[int]:
    return list(draft.steps.filter(kind="reminder").order_by("position").values_list("offset_days", flat=True))


def save(page: Page) -> None:
    page.locator("button[name=_continue]:visible").click()
    page.wait_for_load_state("networkidle")


def test_dragged_card_changes_its_day_and_is_stored_only_when_saved(visit: Visit, draft: CampaignVersion) -> None:
    page = visit.open(address(draft))
    a_day = page.evaluate(
        """() => { const line = document.querySelector("[data-time-line]"), card = line.querySelector("[data-card]");
        return (line.clientWidth - card.offsetWidth) / (line.dataset.last - line.dataset.first) }"""
    )
    drag(page, 2, x=3 * a_day)
    assert page.input_value("#id_steps-2-offset_days") == "10"
    assert handle(page, 2).text_content() == "drag_indicatorday +10"
    assert page.locator("[data-line-says]").text_content() == "“clear reminder” is on day +10 now. Save to keep it."
    assert page.url.endswith("/change/")
    assert days_of(draft) == [-3, 1, 7, 14, 30]
    save(page)
    assert days_of(draft) == [-3, 1, 10, 14, 30]
    assert visit.complaints == []


def test_card_is_dragged_down_the_line_on_a_phone(visit: Visit, draft: CampaignVersion) -> None:
    visit.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page = visit.open(address(draft))
    drag(page, 2, y=24)
    assert page.input_value("#id_steps-2-offset_days") == "10"
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_keyboard_moves_a_card_day_by_day_or_types_the_day(visit: Visit, draft: CampaignVersion) -> None:
    page = visit.open(address(draft))
    handle(page, 2).focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)
    assert page.input_value("#id_steps-2-offset_days") == "8"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "id_steps-2-offset_days"
    page.keyboard.press("Control+A")
    page.keyboard.type("9")
    assert "day +9" in (handle(page, 2).text_content() or "")
    save(page)
    assert days_of(draft) == [-3, 1, 9, 14, 30]


def test_no_card_leaves_the_line(visit: Visit, draft: CampaignVersion) -> None:
    page = visit.open(address(draft))
    drag(page, 0, x=-2000)
    first = page.get_attribute("[data-time-line]", "data-first")
    assert page.input_value("#id_steps-0-offset_days") == first


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_pages_of_a_draft_are_accessible_at_any_width(
    visit: Visit, draft: CampaignVersion, size: dict[str, int]
) -> None:
    visit.page.set_viewport_size(size)  # type: ignore[arg-type]
    draft.steps.filter(offset_days=7).update(offset_days=9)
    for name in ("change", "check", "publish"):
        page = visit.open(reverse(f"admin:dunning_campaignversion_{name}", args=[draft.pk]))
        assert serious(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_without_scripts_a_card_leads_to_its_row(
    visit: Visit, draft: CampaignVersion, browser: Browser, live_server: LiveServer
) -> None:
    stored = visit.page.context.storage_state()
    context = browser.new_context(java_script_enabled=False, storage_state=stored, viewport=DESK)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(live_server.url + address(draft))
    handle(page, 2).click()
    assert page.url.endswith("#id_steps-2-offset_days")
    page.fill("#id_steps-2-offset_days", "12")
    page.locator("button[name=_continue]:visible").click()
    page.wait_for_load_state("networkidle")
    assert days_of(draft) == [-3, 1, 12, 14, 30]
    context.close()
