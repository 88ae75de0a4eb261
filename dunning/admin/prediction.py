"""Predictions: what each night expects, what it goes by, and how far earlier ones were off."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from customers.admin.base import ReadOnlyAdmin, badge
from customers.wording import money
from dunning.models import Prediction

HORIZONS = (7, 30, 60, 90)


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A past month in one currency. `missed`: how far the prediction was off, as a share of what came."""

    day: str
    expected: str
    by_rules: str
    came: str
    missed: str
    missed_by_rules: str


@admin.register(Prediction)
class PredictionAdmin(ReadOnlyAdmin):
    empty_says = "The worker makes one each night, of what was booked by the end of the day."
    list_display = ("made_on", "goes_by", "says", "payments_seen")
    ordering = ("-made_on",)
    sortable_by = ()
    fields = ("made_on", "goes_by", "says", "payments_seen", "made_at")
    readonly_fields = ("goes_by",)
    change_form_outer_after_template = "desk/prediction.html"

    @badge("Goes by", {"learnt": "success", "rules": None})
    def goes_by(self, prediction: Prediction) -> str:
        return "learnt" if prediction.is_learnt else "rules"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        prediction = self.get_object(request, object_id) if object_id.isdecimal() else None
        shown = _shown(prediction) if prediction else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **shown})


def _shown(prediction: Prediction) -> dict[str, Any]:
    return {
        "horizons": HORIZONS,
        "expected": [
            (currency, [money(Decimal(by_day[days - 1]), currency) for days in HORIZONS])
            for currency, by_day in sorted(prediction.expected.items())
        ],
        "months": [_month(month) for month in prediction.past],
        "bands": [
            {**band, "low": f"{band['low']:.0%}", "high": f"{band['high']:.0%}", "said": f"{band['said']:.0%}",
             "came": f"{band['came']:.0%}"}
            for band in prediction.calibration
        ],
        "coefficients": sorted(prediction.coefficients.items()),
    }  # fmt: skip


def _month(month: dict[str, str]) -> MonthRow:
    expected, by_rules, came = (Decimal(month[name]) for name in ("expected", "by_rules", "came"))
    code = month["currency"]
    return MonthRow(
        month["day"], money(expected, code), money(by_rules, code), money(came, code), _missed(expected, came),
        _missed(by_rules, came),
    )  # fmt: skip


def _missed(expected: Decimal, came: Decimal) -> str:
    return f"{abs(expected - came) / came:.0%}" if came else "–"
