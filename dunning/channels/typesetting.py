"""From a page of HTML to a PDF, by WeasyPrint. It needs the system's Pango; everything but letters works without."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Any

PANGO = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fonts-dejavu-core")  # Debian, Ubuntu
REMEDY = (
    f"Letters need the Pango libraries and a font. On Debian or Ubuntu: apt-get install {' '.join(PANGO)}. "
    "Elsewhere see WeasyPrint's installation page."
)
ONE_AT_A_TIME = Lock()  # Pango and fontconfig keep state of the whole process


class NotReady(Exception):
    """This machine cannot set letters; the message says what to install."""


class MissingGlyphs(ValueError):
    """No font of this machine has these characters: they would be printed as empty boxes."""


@dataclass(frozen=True, slots=True)
class Typeset:
    """A document as it will be printed."""

    pdf: bytes
    pages: int


def typeset(page: str) -> Typeset:
    """Set this page. The same page gives the same bytes. Raises NotReady and MissingGlyphs."""
    weasyprint = _weasyprint()
    nowhere = weasyprint.urls.URLFetcher(allowed_protocols=("data",))  # a letter loads nothing from elsewhere
    with ONE_AT_A_TIME, _missing_glyphs() as missing:
        document = weasyprint.HTML(string=page, url_fetcher=nowhere).render()
        pdf = document.write_pdf()
    if missing:
        raise MissingGlyphs(f"No font here has the characters {', '.join(missing)}: install one, such as fonts-noto.")
    return Typeset(pdf, len(document.pages))


def why_not_ready() -> str:
    """What keeps this machine from setting letters, with the remedy; empty when nothing does."""
    try:
        _weasyprint()
    except NotReady as trouble:
        return str(trouble)
    return ""


def _weasyprint() -> Any:
    """Imported late: it takes a third of a second, and fails where Pango is missing."""
    try:
        import weasyprint
    except OSError as error:
        raise NotReady(REMEDY) from error
    return weasyprint


@contextmanager
def _missing_glyphs() -> Iterator[list[str]]:
    """What WeasyPrint says about characters that it could not draw."""
    heard = _Listener()
    logger = logging.getLogger("weasyprint")
    logger.addHandler(heard)
    try:
        yield heard.missing
    finally:
        logger.removeHandler(heard)


class _Listener(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.missing: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if ".notdef" in str(record.msg):
            self.missing.append(record.getMessage().rpartition(":")[2].strip())
