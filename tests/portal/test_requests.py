"""What customers send with a request and add to it: files checked by content, read by staff alone, and their words."""

from collections.abc import Callable
from io import BytesIO

import pytest
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from PIL import Image

from customers.models import Customer
from dunning.models import CaseEvent, CustomerRequest, RequestFile
from dunning.operations import answering
from dunning.operations.tick import tick
from dunning.rules.attachments import MOST_BYTES
from tests.campaigns import standard_campaign
from tests.people import owes, person
from tests.portal.conftest import Door, words

pytestmark = pytest.mark.django_db
Open = Callable[[Customer], Door]
PDF = b"%PDF-1.7\n1 0 obj << >> endobj\ntrailer << >>\n%%EOF\n"


def picture(form: str = "PNG", colour: int = 200) -> bytes:
    file = BytesIO()
    Image.new("L", (9, 9), colour).save(file, form)
    return file.getvalue()


@pytest.fixture
def at_door(door: Open, ada: Customer) -> Door:
    standard_campaign(now=timezone.now())
    owes(ada, "300.00", number="R-1")
    tick(now=timezone.now())
    return door(ada).known()


def send(at_door: Door, path: str, *contents: bytes, name: str = "proof.pdf", **told: str) -> HttpResponse:
    files = [SimpleUploadedFile(name, content) for content in contents]
    return at_door.client.post(f"/p/{at_door.token}/{path}", {**told, "attached": files}, follow=True)


def disputed(at_door: Door, *contents: bytes, **told: str) -> HttpResponse:
    invoice = str(at_door.customer.invoices.get().pk)
    return send(at_door, "help/dispute/", *contents, **{"invoice": invoice, "text": "Two hours too many", **told})


def test_amount_or_line_is_disputed_with_files_and_the_page_shows_both_amounts(at_door: Door) -> None:
    page = words(disputed(at_door, PDF, picture(), picture("JPEG"), amount="50", reference="Line 3, hours"))
    for said in ("€50.00", "Line 3, hours", "Two hours too many", "PDF, 50", "PNG,", "JPEG,"):
        assert said in page.replace("\N{NO-BREAK SPACE}", " "), said
    assert [file.kind for file in RequestFile.objects.order_by("pk")] == ["pdf", "png", "jpg"]
    home = words(at_door.get())
    assert "€300.00" in home
    assert "You told us that €50.00 of it is wrong." in home
    assert "€250.00 of it is due now." in home


@pytest.mark.parametrize(
    ("contents", "said"),
    [
        ([b"MZ\x90\x00 a program"], "this file is none"),
        ([b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"], "this file is none"),
        ([b"GIF89a"], "this file is none"),
        ([b""], "this file is none"),
        ([b"%PDF-1.7 but it never ends"], "this file is none"),
        ([picture()[:40]], "this file is none"),
        ([b"\xff\xd8\xff and no picture"], "this file is none"),
        ([PDF + b" " * MOST_BYTES], "A file is too large: each may have up to 5 MB."),
        ([PDF, PDF + b"1", PDF + b"2", PDF + b"3"], "At most 3 files can be sent."),
    ],
)
def test_file_that_is_not_taken_is_refused_with_everything_else(
    at_door: Door, contents: list[bytes], said: str
) -> None:
    page = disputed(at_door, *contents, name="invoice.pdf")
    assert (page.status_code, said in words(page)) == (400, True)
    assert not (CustomerRequest.objects.exists() or RequestFile.objects.exists())


def test_body_that_no_form_of_ours_sends_is_not_read(at_door: Door) -> None:
    answer = at_door.client.post(
        f"/p/{at_door.token}/help/dispute/", b"x", content_type="text/plain", CONTENT_LENGTH=str(5 * MOST_BYTES)
    )
    assert answer.status_code == 413


def test_customer_adds_words_and_files_while_a_request_waits(at_door: Door) -> None:
    disputed(at_door, PDF)
    path = f"help/{CustomerRequest.objects.get().pk}/"
    for _ in range(2):  # a double click adds once
        page = words(send(at_door, path, picture(), PDF, text="Here is the photo"))
    assert page.count("Here is the photo") == 1
    assert (RequestFile.objects.count(), "What would you like to add?" in page) == (2, True)
    told = CaseEvent.objects.filter(kind="request").latest("pk").text
    assert told.endswith("“Here is the photo”, 1 file")
    assert send(at_door, path, picture(colour=1), picture(colour=2)).status_code == 400  # four would be too many
    assert send(at_door, path, text=" ").status_code == 400
    assert "4242" not in words(send(at_door, path, text="4242 4242 4242 4242"))
    for number in range(10):
        last = send(at_door, path, text=f"And {number}")
    assert "That was a lot." in words(last)


def test_looking_adds_nothing_and_an_answered_request_takes_nothing_more(at_door: Door, maria: User) -> None:
    disputed(at_door)
    request = CustomerRequest.objects.get()
    at_door.get(f"help/{request.pk}/?text=more")
    answering.settle(request, answer="You are right.", releases=False, now=timezone.now(), by=maria)
    page = words(send(at_door, f"help/{request.pk}/", PDF, text="more"))
    assert "Something to add?" not in page
    assert "You are right." in page
    assert not (request.notes.exists() or request.files.exists())


def test_a_forwarded_link_shows_how_it_stands_and_not_what_was_said(at_door: Door, door: Open, maria: User) -> None:
    send(at_door, "help/difficulty/", what="difficulty", text="My husband is ill")
    request, forwarded = CustomerRequest.objects.get(), door(at_door.customer)
    path = f"help/{request.pk}/"
    send(at_door, path, text="In hospital since May")
    assert "Something in confidence : A person looks at it and answers by" in words(forwarded.get())
    answering.settle(request, answer="Get well soon.", releases=False, now=timezone.now(), by=maria)
    said = {"My husband is ill", "In hospital since May", "Get well soon.", "You told us I am in difficulty"}
    assert {one for one in said if one in words(at_door.get(path))} == said
    page = forwarded.get(path)
    assert [one for one in said if one in words(page) + words(forwarded.get()) + words(forwarded.get("help/"))] == []
    assert "Something in confidence" in words(page) and "Answered." in words(page)
    way = f"code/?to=request-{request.pk}"
    assert f"/p/{forwarded.token}/{way}" in page.content.decode()
    assert forwarded.known().get(way)["Location"] == f"/p/{forwarded.token}/{path}"


def test_nobody_adds_to_the_request_of_another(at_door: Door, door: Open) -> None:
    disputed(at_door)
    stranger = door(person("Bo Nilsson"))
    assert send(stranger, f"help/{CustomerRequest.objects.get().pk}/", text="more").status_code == 404


def test_staff_alone_save_a_file_and_no_browser_shows_it(at_door: Door, maria: User, client: Client) -> None:
    disputed(at_door, PDF, name="<script>.html")
    kept = RequestFile.objects.get()
    url = f"/desk/dunning/customerrequest/{kept.request_id}/files/1/"
    assert at_door.client.get(url).status_code == 302  # to the login
    maria.is_staff = True
    maria.save()
    client.force_login(maria)
    assert client.get(url).status_code == 403
    maria.groups.add(Group.objects.get(name="auditor"))
    answer = client.get(url)
    assert answer.content == PDF
    assert answer["Content-Disposition"] == f'attachment; filename="request-{kept.request_id}-1.pdf"'
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("application/pdf", "nosniff")
    page = client.get(f"/desk/dunning/customerrequest/{kept.request_id}/change/").content.decode()
    assert url in page and "Two hours too many" in page
