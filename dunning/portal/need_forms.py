"""What the forms for all needs share. The server bounds all of it."""

from typing import Any, ClassVar

from django import forms

from dunning.operations.requests import Asked
from dunning.portal.free_words import FreeWordsForm
from dunning.portal.need_words import words_of
from dunning.portal.visits import Visit
from dunning.rules.formats import day
from dunning.rules.help_terms import answered_by
from dunning.rules.needs import Need
from dunning.snapshot.help import Help

LONGEST_TEXT = 2000


class NeedForm(FreeWordsForm):
    """`lead` says what happens then. `asked` is what the operation takes."""

    need: ClassVar[Need]
    lead: Any = ""

    def __init__(self, data: Any = None, files: Any = None, *, visit: Visit, known: Help, initial: Any = None) -> None:
        super().__init__(data, files, initial=initial, use_required_attribute=True, label_suffix="")
        self.visit, self.known = visit, known
        self.today = visit.today

    @property
    def title(self) -> str:
        return words_of(self.need)

    @property
    def answer_on(self) -> str:
        """The day by which a person answers, as the customer writes it."""
        customer = self.visit.customer
        return day(answered_by(self.today, self.known.terms, customer.country), self.visit.locale)

    def asked(self) -> Asked:
        told = self.cleaned_data
        return Asked(
            self.need,
            on=told.get("on"),
            text=told.get("text", ""),
            reference=told.get("reference", ""),
            day_part=told.get("day_part", ""),
            phone=told.get("phone", ""),
            files=told.get("attached", ()),
            **self.more(),
        )

    def more(self) -> dict[str, Any]:
        """What else is asked for."""
        return {}


def words_field(label: Any, *, required: bool = True) -> forms.CharField:
    return forms.CharField(label=label, required=required, max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": 4}))


def day_field(label: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
