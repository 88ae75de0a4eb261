"""How customers see us, chosen by a manager: on the page, in mails and on paper; and nothing that cannot be read."""

import io
import random
import struct
import zlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from customers.models import Customer
from dunning.models import Brand
from dunning.operations import brand
from dunning.operations.brand import BrandRefusal
from dunning.operations.tick import tick
from dunning.queries.brand import branding, on_paper
from dunning.rules.letter import Envelope, as_html, as_paper, sheet_for
from tests.campaigns import standard_campaign
from tests.people import owes, reachable
from tests.portal.conftest import Door
from tests.provider import Provider
from tests.rules.letters import samples
from tests.screens.conftest import chief

__all__ = ["chief"]
pytestmark = pytest.mark.django_db
Open = Callable[[Customer], Door]


def png(width: int = 300, height: int = 100, secret: str = "") -> bytes:
    file, told = io.BytesIO(), PngInfo()
    told.add_text("Comment", secret)
    Image.new("RGB", (width, height), "#aa0000").save(file, "PNG", pnginfo=told)
    return file.getvalue()


def chosen(now: datetime, **told: Any) -> Brand:
    usual = {"accent": "#8a1538", "page": "#f5f4f0", "sender_name": "Nordlicht", "footer": "Hafenweg 12\n24103 Kiel"}
    return brand.keep(brand.checked(**{**usual, "logo": png(), **told}), now=now, by=None)


def test_the_page_wears_the_brand_from_our_own_house(door: Open, ada: Customer, now: datetime) -> None:
    row = chosen(now)
    with CaptureQueriesContext(connection) as asked:
        html = door(ada).get().content.decode()
    assert not any('"logo"' in query["sql"] for query in asked), "the picture stays where it is"
    assert f'href="/brand/{row.edition}.css"' in html
    assert f'src="/brand/{row.edition}.png" alt="Nordlicht" width="144" height="48"' in html
    assert "Hafenweg 12<br>24103 Kiel" in html
    sheet = Client().get(f"/brand/{row.edition}.css")
    assert (sheet["Content-Type"], "--accent:#8a1538" in sheet.content.decode()) == ("text/css; charset=utf-8", True)
    assert "immutable" in sheet["Cache-Control"]
    logo = Client().get("/brand/older.png")
    assert (logo["Content-Type"], logo["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert Image.open(io.BytesIO(logo.content)).size == (300, 100)


def test_mails_wear_it_and_say_who_writes(provider: Provider, now: datetime) -> None:
    row = chosen(now)
    look = branding().look
    html = as_html("Hello\n\n→\tPay\n\n--\t\nNordlicht", "https://x.example/", language="en", look=look)
    assert ("#8a1538" in html, "#1d4ed8" in html, f"/brand/{row.edition}.png" in html) == (True, False, True)
    standard_campaign(now=now)
    owes(reachable("Ada Lindgren"), "10.00")
    tick(now=now)
    assert "Nordlicht\nHafenweg 12" in provider.accepted()[0]["text"]
    assert branding().sender == "Nordlicht"


def test_letters_on_paper_carry_the_logo_in_themselves(now: datetime) -> None:
    chosen(now)
    facts = samples("de")["one invoice"]
    page = as_paper(
        "x", "x\n\n--\t\ny", facts, "", Envelope(("Ada", "Bath"), "1", "2"), sheet_for("DE"), on_paper(branding().look)
    )
    assert 'src="data:image/png;base64,' in page
    assert "http" not in page.split("<body>")[1].split("</div>")[0]


def test_without_a_brand_everything_looks_as_it_came(door: Open, ada: Customer) -> None:
    html = door(ada).get().content.decode()
    assert ("/brand/" in html, "Example Company" in html) == (False, True)
    assert Client().get("/brand/x.css").status_code == 404


def test_a_logo_is_drawn_anew_and_small(now: datetime) -> None:
    row = chosen(now, logo=png(3000, 1000, secret="GPS 48.1, 11.5"))
    assert (row.logo_width, row.logo_height, b"GPS" in bytes(row.logo)) == (480, 160, False)
    assert chosen(now, logo=None).logo_height == 160
    assert chosen(now, logo=b"").logo_height == 0


def test_a_logo_leaves_room_for_the_page(now: datetime) -> None:
    noise = io.BytesIO()
    Image.frombytes("RGB", (300, 100), random.Random(1).randbytes(90_000)).save(noise, "PNG")
    with pytest.raises(BrandRefusal, match="over 30 kB"):
        chosen(now, logo=noise.getvalue())


def bomb() -> bytes:
    """A picture that says it is 60,000 pixels wide and high."""
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    check = struct.pack(">I", zlib.crc32(b"IHDR" + head))
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + head + check


@pytest.mark.parametrize(
    "file",
    [b"<svg onload=alert(1)>", b"GIF89a", b"\x89PNG\r\n\x1a\n", png()[:60], bomb(), b"x" * 1_000_001],
    ids=["svg", "gif", "empty", "cut off", "bomb", "large"],
)
def test_what_is_no_small_png_is_refused(file: bytes) -> None:
    with pytest.raises(BrandRefusal) as refused:
        brand.checked(accent="#8a1538", page="#ffffff", sender_name="", footer="", logo=file)
    assert refused.value.field == "logo"


def test_a_manager_is_told_which_colour_could_be_read(chief: Client) -> None:  # noqa: F811
    typed = {"accent": "#ffcc00", "page": "#f5f4f0", "sender_name": "", "footer": ""}
    page = chief.post("/desk/dunning/brand/add/", typed).content.decode()
    assert "people need 4.5 : 1" in page
    assert Brand.objects.count() == 0
    live = chief.post("/desk/dunning/brand/check/", typed).json()["remarks"]
    [instead] = [remark["instead"] for remark in live]
    assert instead in page
    logo = SimpleUploadedFile("logo.png", png(), "image/png")
    answer = chief.post("/desk/dunning/brand/add/", {**typed, "accent": instead, "new_logo": logo})
    assert answer.status_code == 302
    kept = Brand.objects.get()
    assert (kept.accent, kept.logo_height, kept.changed_by) == (instead, 100, User.objects.get())
    assert "As customers see it" in chief.get("/desk/dunning/brand/1/change/").content.decode()
    assert chief.get("/desk/dunning/brand/add/").status_code == 403
