"""Who writes to the customer, for the head and the foot of every page; and the files that these pages load for it."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from dunning.queries.brand import branding, logo_of_brand
from dunning.queries.our_side import our_side
from dunning.rules.brand import DARK_INK, DARK_PAGE, DARK_PANEL, PANEL, mixed

SHEET = (
    ":root{{--accent:{accent};--accent-soft:{soft};--page:{page}}}"
    "@media (prefers-color-scheme:dark){{:root{{--accent:{dark};--accent-soft:{dark_soft};--accent-ink:{dark_ink};"
    "--page:{dark_page}}}}}"
    "@media print{{:root{{--accent:#000;--page:#fff}}}}"
)
LONG = "public, max-age=31536000, immutable"  # another edition has another address


def company() -> dict[str, Any]:
    """What every template of the page may say of us."""
    brand = branding()
    return {**our_side(brand), "brand": brand}


@require_safe
def style(request: HttpRequest, edition: str) -> HttpResponse:  # noqa: ARG001
    """The colours. Of whatever edition is asked for, the one in force is given."""
    brand = branding()
    if not brand.edition:
        raise Http404
    look, dark = brand.look, brand.look.dark_accent
    sheet = SHEET.format(
        accent=look.accent,
        soft=mixed(look.accent, PANEL),
        page=look.page,
        dark=dark,
        dark_page=DARK_PAGE,
        dark_soft=mixed(dark, DARK_PANEL),
        dark_ink=DARK_INK,
    )
    return _kept(HttpResponse(sheet, content_type="text/css; charset=utf-8"), edition, brand.edition)


@require_safe
def logo(request: HttpRequest, edition: str) -> HttpResponse:  # noqa: ARG001
    """The logo, on the page and in mails: the same address for every reader."""
    brand = branding()
    if not brand.look.logo:
        raise Http404
    return _kept(HttpResponse(logo_of_brand(), content_type="image/png"), edition, brand.edition)


def _kept(response: HttpResponse, asked: str, in_force: str) -> HttpResponse:
    response["Cache-Control"] = LONG if asked == in_force else "public, max-age=300"
    return response
