"""A form field for conditions: rows of fact, operator and value. Empty rows are ignored, errors stand at the row."""

import itertools
from typing import Any

from django import forms
from django.template.loader import render_to_string
from unfold.widgets import INPUT_CLASSES, SELECT_CLASSES

from dunning.rules.conditions import OPERATORS, ConditionRefusal, check, shown_value, to_stored
from dunning.rules.vocabulary import FACTS, WordFact

PARTS = ("fact", "operator", "value")
SPARE_ROWS = 3

Row = dict[str, str]


class ConditionsWidget(forms.Widget):
    """Rows to fill in; `problems` are told at their rows. More spare rows appear once those are used and saved."""

    problems: dict[int, Row] = {}

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Row]:
        sent = itertools.takewhile(lambda n: f"{name}-{n}-fact" in data, itertools.count())
        rows = [{part: str(data.get(f"{name}-{n}-{part}", "")).strip() for part in PARTS} for n in sent]
        while rows and not any(rows[-1].values()):
            rows.pop()
        return rows

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}-0-fact" not in data

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return ""  # each row has labels of its own

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        rows = [dict(row) for row in value or [] if isinstance(row, dict)]
        told = [{"told": row, "problems": self.problems.get(n, {})} for n, row in enumerate(rows)]
        context = {
            "name": name,
            "rows": [*told, *({"told": {}, "problems": {}} for _ in range(SPARE_ROWS))],
            "facts": [(key, fact.name) for key, fact in FACTS.items()],
            "operators": list(OPERATORS.items()),
            "choices": [
                (fact.name, ", ".join(fact.choices.values()))
                for fact in FACTS.values()
                if isinstance(fact, WordFact) and fact.choices
            ],
            "input": _quiet(INPUT_CLASSES),
            "select": _quiet(SELECT_CLASSES),
        }
        return render_to_string("desk/conditions.html", context)


def _quiet(classes: list[str]) -> str:
    """The theme's look, without turning every row red for the error of one."""
    return " ".join(name for name in classes if "group-[.errors]" not in name)


class ConditionsField(forms.Field):
    """Conditions as they are stored: a list of fact, operator and value in their one spelling."""

    widget = ConditionsWidget

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def prepare_value(self, value: Any) -> list[Row]:
        """What is stored, with the words people write."""
        rows = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
        return [{**row, "value": shown_value(row.get("fact", ""), row.get("value", ""))} for row in rows]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.prepare_value(initial) != [row for row in data or [] if any(row.values())]

    def clean(self, value: Any) -> list[Row]:
        conditions, problems = [], {}
        for place, row in enumerate(value or []):
            if not any(row.values()):
                continue
            try:
                conditions.append(check(**row))
            except ConditionRefusal as refusal:
                problems[place] = {refusal.field: str(refusal)}
        self.widget.problems = problems  # a form has copies of its fields and their widgets
        if problems:
            told = [f"Row {place + 1}: {said}" for place, row in problems.items() for said in row.values()]
            raise forms.ValidationError(told)
        return to_stored(list(dict.fromkeys(conditions)))
