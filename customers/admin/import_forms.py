"""What people say about a file: the upload, and how it is to be read."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django import forms
from import_export.formats.base_formats import CSV, XLSX
from unfold.contrib.import_export.forms import ImportForm
from unfold.widgets import INPUT_CLASSES, SELECT_CLASSES

from customers.models import ImportRun
from customers.rules.import_columns import COLUMNS, CONSTANTS, REQUIRED, Mapping, check, match_headers
from customers.rules.import_dates import DAY_FIRST, MONTH_FIRST
from customers.rules.import_encoding import DELIMITERS, ENCODINGS
from customers.rules.import_layout import Choices
from customers.rules.import_numbers import COMMA, POINT

FIND_OUT = ("", "find out")


class UploadForm(ImportForm):  # type: ignore[misc]
    """The library's form with the file only: what kind it is, its content tells."""

    def __init__(self, formats: Sequence[type[CSV | XLSX]], resources: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(formats, resources, **kwargs)
        del self.fields["format"], self.fields["resource"]
        endings = ",".join(f".{kind().get_extension()}" for kind in formats)
        self.fields["import_file"].widget.attrs.update({"accept": f"{endings},.txt,.tsv", "class": ""})

    @property
    def media(self) -> forms.Media:
        return forms.Media()  # no script is needed to choose a file


class ColumnRow(NamedTuple):
    """One line of the mapping: a column, where it stands in the file, or what it is everywhere."""

    column: str
    is_required: bool
    header: forms.BoundField
    constant: forms.BoundField | None


class ReadingForm(forms.Form):
    """How a file is read. Starts with what was found, so that people change only what is wrong."""

    dates = forms.ChoiceField(
        label="Dates like 03/04/2026",
        choices=[FIND_OUT, (DAY_FIRST, "3 April: days come first"), (MONTH_FIRST, "March 4: months come first")],
        required=False,
    )
    decimal = forms.ChoiceField(
        label="Amounts",
        choices=[FIND_OUT, (POINT, "1,200.50: a point marks the decimals"), (COMMA, "1.200,50: a comma does")],
        required=False,
    )
    encoding = forms.ChoiceField(label="Encoding", choices=[FIND_OUT, *ENCODINGS.items()], required=False)
    delimiter = forms.ChoiceField(
        label="Between the cells", choices=[FIND_OUT, *DELIMITERS.items()], required=False
    )  # fmt: skip

    def __init__(self, data: Any = None, *, run: ImportRun) -> None:
        super().__init__(data, initial=_initial(run))
        self._headers = run.layout.headers if run.layout else ()
        for column in COLUMNS if self._headers else ():
            choices = [("", "not in the file"), *((header, header) for header in self._headers if header)]
            self.fields[f"header_{column}"] = forms.ChoiceField(label=column, choices=choices, required=False)
            if column in CONSTANTS:
                label = f"{column} in every row"
                self.fields[f"constant_{column}"] = forms.CharField(label=label, required=False, max_length=200)
        for field in self.fields.values():
            classes = SELECT_CLASSES if isinstance(field.widget, forms.Select) else INPUT_CLASSES
            field.widget.attrs["class"] = " ".join(classes)

    def clean(self) -> dict[str, Any]:
        answers: dict[str, Any] = super().clean() or {}
        for column in CONSTANTS:
            if answers.get(f"header_{column}") and answers.get(f"constant_{column}"):
                self.add_error(f"constant_{column}", f"Choose either a column of the file for {column}, or one value.")
        return answers

    def mapping_rows(self) -> list[ColumnRow]:
        """The lines of the mapping table."""
        return [
            ColumnRow(
                column,
                column in REQUIRED,
                self[f"header_{column}"],
                self[f"constant_{column}"] if column in CONSTANTS else None,
            )
            for column in (COLUMNS if self._headers else ())
        ]

    def format_fields(self) -> list[forms.BoundField]:
        """The fields about the file as a whole."""
        return [self[name] for name in ("dates", "decimal", "encoding", "delimiter")]

    def choices(self) -> Choices:
        """The answers; a header that would be recognised anyway is not worth remembering."""
        answers = self.cleaned_data
        constants = {c: answers[f"constant_{c}"] for c in CONSTANTS if answers.get(f"constant_{c}")}
        recognised = match_headers(self._headers, Mapping()).places if self._headers else {}
        by_name = {column: self._headers[place] for column, place in recognised.items()}
        columns = {
            column: answers[f"header_{column}"]
            for column in (COLUMNS if self._headers else ())
            if answers[f"header_{column}"] != by_name.get(column, "") and column not in constants
        }
        check(Mapping(columns, constants))
        formats = {name: answers[name] for name in ("dates", "decimal", "encoding", "delimiter")}
        return Choices(columns=columns, constants=constants, **formats)


def _initial(run: ImportRun) -> dict[str, str]:
    layout, chosen = run.layout, run.choices
    initial = {name: getattr(chosen, name) for name in ("dates", "decimal", "encoding", "delimiter")}
    if layout:
        initial |= {f"header_{column}": layout.headers[place] for column, place in layout.places.items()}
        initial |= {f"constant_{column}": value for column, value in layout.constants.items()}
    return initial
