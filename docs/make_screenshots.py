"""Takes the pictures in docs/images from a running demo: `uv run python docs/make_screenshots.py`.

It only looks, apart from one upload that is never confirmed. It needs Chromium or Chrome on this machine.
"""

import argparse
import json
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, FilePayload, Page, ViewportSize, sync_playwright

IMAGES = Path(__file__).resolve().parent / "images"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DESK = ViewportSize(width=1280, height=800)
PHONE = ViewportSize(width=390, height=844)
STORY = "C10010"  # this demo customer disputes, pays a part and promises the rest
GERMAN_SUBJECT, RECEIPT = "Ihr Konto bei", "Ihre Quittung"

# Three good rows, one that is refused, and headers of somebody else's system.
UPLOAD = """\
Kundennummer;Kunde;E-Mail;Rechnungsnummer;Rechnungsdatum;Fällig am;Währung;Betrag
C90001;Sägewerk Lindtner GmbH;buchhaltung@lindtner.example;R-7001;02.11.2026;02.12.2026;EUR;1.240,50
C90001;Sägewerk Lindtner GmbH;buchhaltung@lindtner.example;R-7002;09.11.2026;09.12.2026;EUR;318,00
C90002;Optik Mairhofer KG;rechnung@mairhofer.example;R-7003;13.11.2026;13.12.2026;EUR;2.075,90
C90003;Papier Rauscher OG;office@rauscher.example;R-7004;16.11.2026;31.11.2026;EUR;95,00
"""


def main() -> None:
    asked = _arguments()
    promise = json.loads((asked.data / "demo.json").read_text())
    address = asked.address.rstrip("/")
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_browser())
        with _window(browser, DESK) as page:
            _log_in(page, address, promise["password"])
            german = _take_desk(page, address)
        for name, link in (("customer", address + _path(promise["link"])), ("customer-german", address + german)):
            with _window(browser, PHONE) as page:
                page.goto(link)
                _keep(page, name)
        browser.close()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Take the pictures in docs/images from a running demo.")
    parser.add_argument("--data", type=Path, default=Path("data"), help="the demo's data folder (default: data)")
    parser.add_argument("--address", default="http://localhost:8000", help="default: http://localhost:8000")
    return parser.parse_args()


def _browser() -> str:
    for name in BROWSERS:
        if found := shutil.which(name):
            return found
    sys.exit("Chromium or Chrome is needed for pictures: install the package chromium, then run this again.")


@contextmanager
def _window(browser: Browser, size: ViewportSize) -> Iterator[Page]:
    context = browser.new_context(viewport=size, color_scheme="light", locale="en-GB")
    yield context.new_page()
    context.close()


def _log_in(page: Page, address: str, password: str) -> None:
    page.goto(f"{address}/desk/")
    page.fill("#id_username", "manager")
    page.fill("#id_password", password)
    page.press("#id_password", "Enter")
    page.wait_for_url("**/desk/")


def _take_desk(page: Page, address: str) -> str:
    """Every picture of the desk; returns the path of the personal link in the German mail."""
    desk = f"{address}/desk"
    page.goto(f"{desk}/")
    _keep(page, "today", height=1100)
    page.goto(f"{desk}/dunning/case/?state=open")
    _keep(page, "cases")
    _open_first(page, f"{desk}/dunning/case/?q={STORY}")
    _keep(page, "case", height=920)
    page.locator("#story").evaluate("heading => heading.scrollIntoView()")
    _keep(page, "story")
    _open_first(page, f"{desk}/dunning/campaign/")
    _keep(page, "campaign")
    page.click("a[href*='/campaignversion/']:has-text(' v1')")
    _keep(page, "time-line")
    _open_first(page, f"{desk}/dunning/rehearsal/")
    _keep(page, "rehearsal", height=920)
    page.goto(f"{desk}/dunning/mailboxmessage/")
    page.click(f"#result_list tbody a:has-text('{GERMAN_SUBJECT}'):not(:has-text('{RECEIPT}')) >> nth=0")
    _keep(page, "mail", height=900)
    link = _path(page.content())
    page.goto(f"{desk}/customers/importrun/import/")
    upload = FilePayload(name="offene-posten.csv", mimeType="text/csv", buffer=UPLOAD.encode("cp1252"))
    page.set_input_files("input[type=file]", upload)
    page.click("text=Upload and preview")
    _keep(page, "import", height=1100)
    return link


def _open_first(page: Page, listing: str) -> None:
    page.goto(listing)
    page.click("#result_list tbody a >> nth=0")


def _path(text: str) -> str:
    """The path of the first personal link in `text`."""
    found = re.search(r"/p/[\w-]{43}/", text)
    if not found:
        sys.exit("There is no personal link where one should be. Is this a demo that runs?")
    return found.group()


def _keep(page: Page, name: str, height: int | None = None) -> None:
    """Save what is to be seen, `height` pixels of it where the window shows too little."""
    if height:
        page.set_viewport_size(ViewportSize(width=DESK["width"], height=height))
    page.wait_for_load_state("networkidle")
    page.screenshot(path=IMAGES / f"{name}.png")
    sys.stdout.write(f"docs/images/{name}.png, {(IMAGES / f'{name}.png').stat().st_size // 1024} kB\n")
    if height:
        page.set_viewport_size(DESK)


if __name__ == "__main__":
    main()
