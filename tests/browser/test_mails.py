"""Mails on a phone, by day and by night, with and without pictures: nothing is cut off, and all can be read."""

from playwright.sync_api import Browser

from dunning.rules.letter import as_html, compile_text, compose
from dunning.texts import shipped_texts
from tests.browser.test_desk import PHONE, serious
from tests.rules.letters import URL, samples
from tests.rules.test_pictures import BODY, PICTURE, VIDEO

TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def mails() -> dict[str, str]:
    """Every shipped letter in every language, written to the customer with the longest name, and one with pictures."""
    shipped = {
        f"{key} {language}": as_html(
            compose(compile_text(*words), samples(language)["very long name"]).body, URL, language=language
        )
        for key, languages in shipped_texts().items()
        for language, words in languages.items()
    }
    text = compile_text("Your account", BODY % f"{PICTURE}\n\n{VIDEO}")
    return {**shipped, "pictures": as_html(compose(text, samples("en")["many invoices"]).body, URL, language="en")}


def test_every_shipped_mail_fits_a_phone_by_day_and_by_night(browser: Browser) -> None:
    for scheme in ("light", "dark"):
        page = browser.new_page(viewport=PHONE, color_scheme=scheme)  # type: ignore[arg-type]
        page.route("https://**", lambda route: route.abort())  # no picture is loaded
        for name, html in mails().items():
            assert len(html) < 100_000, name
            page.set_content(html, wait_until="commit")
            assert not page.evaluate(TOO_WIDE), (name, scheme)
        assert not serious(page), scheme  # of the last one, with its pictures missing
        assert page.get_by_role("link", name="How to pay in one minute").count() == 2
        page.close()
