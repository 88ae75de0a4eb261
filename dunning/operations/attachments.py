"""Taking in what customers send with a request: checked by content, kept in the database, read by staff alone."""

import hashlib
import warnings
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO

from PIL import Image

from dunning.models import CustomerRequest, RequestFile
from dunning.rules.attachments import MOST_BYTES, MOST_FILES, FileKind, kind_by_content

READERS = {FileKind.PNG: "PNG", FileKind.JPEG: "JPEG"}


class FileRefusal(ValueError):
    """This file is not taken."""


class TooLarge(FileRefusal):
    """It has more bytes than are taken."""


class UnknownContent(FileRefusal):
    """It is no PDF, PNG or JPEG by its content, or a broken one."""


class TooManyFiles(FileRefusal):
    """The request has as many files as it may have."""


def checked(content: bytes) -> FileKind:
    """What kind of file this is. Raises TooLarge and UnknownContent."""
    if len(content) > MOST_BYTES:
        raise TooLarge(f"A file may have {MOST_BYTES} bytes.")
    kind = kind_by_content(content)
    if kind is None or (kind in READERS and not _is_picture(content, READERS[kind])):
        raise UnknownContent("Only PDF, PNG and JPEG are taken.")
    return kind


def keep(request: CustomerRequest, contents: Sequence[bytes], *, now: datetime) -> int:
    """Store these files with the request, each once; returns how many are new.

    The caller holds the customer's lock. Raises FileRefusal, and nothing is stored.
    """
    known = set(request.files.values_list("sha256", flat=True))
    new = {hashlib.sha256(content).hexdigest(): content for content in contents}
    new = {sha256: content for sha256, content in new.items() if sha256 not in known}
    if len(known) + len(new) > MOST_FILES:
        raise TooManyFiles(f"A request may have {MOST_FILES} files.")
    rows = [
        RequestFile(
            request=request,
            number=number,
            kind=checked(content),
            size=len(content),
            sha256=sha256,
            content=content,
            added_at=now,
        )
        for number, (sha256, content) in enumerate(new.items(), start=len(known) + 1)
    ]
    return len(RequestFile.objects.bulk_create(rows))


def _is_picture(content: bytes, form: str) -> bool:
    """Whether it is a picture as its first bytes say. It is not unpacked, and one too large to be unpacked is none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(content), formats=[form]) as picture:
                picture.verify()
    except Exception:  # Pillow raises whatever a broken file leads it to
        return False
    return True
