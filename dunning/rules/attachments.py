"""What customers may send with a request: few files, not large, of three kinds that are told by their content."""

from enum import StrEnum

from customers.rules.choices import choices

MOST_FILES = 3  # of one request, whenever they are added
MOST_BYTES = 5 * 1024 * 1024
MOST_NOTES = 10
END_OF_PDF_WITHIN = 1024  # bytes: some programs append a little


class FileKind(StrEnum):
    """The value is the ending of its name."""

    PDF = "pdf"
    PNG = "png"
    JPEG = "jpg"


FILE_KINDS = choices({FileKind.PDF: "PDF", FileKind.PNG: "PNG", FileKind.JPEG: "JPEG"})
MIME_TYPES = {FileKind.PDF: "application/pdf", FileKind.PNG: "image/png", FileKind.JPEG: "image/jpeg"}


def kind_by_content(content: bytes) -> FileKind | None:
    """What the file begins (and, of a PDF, ends) like; None for everything else, whatever it is called."""
    if content.startswith(b"%PDF-") and b"%%EOF" in content[-END_OF_PDF_WITHIN:]:
        return FileKind.PDF
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileKind.PNG
    return FileKind.JPEG if content.startswith(b"\xff\xd8\xff") else None
