"""A form's field for files of the customer: several at once, checked by content, whatever they are called."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dunning.operations.attachments import FileRefusal, checked
from dunning.rules.attachments import MIME_TYPES, MOST_BYTES, MOST_FILES

MEGABYTE = 1024 * 1024


class FilesInput(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> "Sequence[UploadedFile[bytes]]":  # noqa: ARG002
        return files.getlist(name) if files else []


class FilesField(forms.Field):
    """Its value is what is in the files."""

    widget = FilesInput({"multiple": True, "accept": ",".join(MIME_TYPES.values())})

    def __init__(self) -> None:
        told = gettext_lazy("Photos or PDFs that show it: at most {number}, up to {most} MB each")
        label = format_lazy(told, number=MOST_FILES, most=MOST_BYTES // MEGABYTE)
        super().__init__(label=label, required=False)

    def clean(self, value: "Sequence[UploadedFile[bytes]]") -> tuple[bytes, ...]:
        if len(value) > MOST_FILES:
            raise forms.ValidationError(_("At most %(number)s files can be sent.") % {"number": MOST_FILES})
        if any((upload.size or 0) > MOST_BYTES for upload in value):
            most = {"most": MOST_BYTES // MEGABYTE}
            raise forms.ValidationError(_("A file is too large: each may have up to %(most)s MB.") % most)
        contents = tuple(upload.read() for upload in value)
        try:
            for content in contents:
                checked(content)
        except FileRefusal as refusal:
            raise forms.ValidationError(
                _("Please choose a PDF, a PNG or a JPEG that opens: this file is none.")
            ) from refusal
        return contents
