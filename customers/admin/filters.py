"""Filters that know their values: none of them reads a big table to find out what could be chosen."""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from babel import Locale
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.contrib.filters.admin import DropdownFilter, TextFilter

from customers.models import Customer
from customers.queries import due_within, segments
from customers.rules.ageing import AGE_BUCKETS
from customers.rules.money import MINOR_UNITS

Rows = QuerySet[Any]
Condition = tuple[str, Q | Callable[[], Q]]  # words, and what the rows fulfil; called anew where it asks for the time


class KnownFilter(DropdownFilter):  # type: ignore[misc]
    """A drop-down over `known()`; a value that is not among them is ignored."""

    def known(self) -> Iterable[tuple[str, str]]:
        """(value, words) pairs to choose from."""
        raise NotImplementedError

    def narrow(self, rows: Rows, value: str) -> Rows:
        """The rows that have this value."""
        raise NotImplementedError

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(self.known())

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        value = self.value()
        return self.narrow(queryset, value) if value in dict(self.lookup_choices) else queryset


def condition_filter(parameter: str, words: str, conditions: Mapping[str, Condition]) -> type[KnownFilter]:
    """A filter whose values stand for conditions: value → (words, condition)."""

    class ConditionFilter(KnownFilter):
        title = words
        parameter_name = parameter

        def known(self) -> Iterable[tuple[str, str]]:
            return [(value, text) for value, (text, _) in conditions.items()]

        def narrow(self, rows: Rows, value: str) -> Rows:
            _, condition = conditions[value]
            return rows.filter(condition() if callable(condition) else condition)

    return ConditionFilter


def choice_filter(column: str, words: str, choices: Iterable[tuple[Any, str]]) -> type[KnownFilter]:
    """A filter over a column whose values are a closed list."""
    return condition_filter(column, words, {str(value): (text, Q(**{column: value})) for value, text in choices})


CurrencyFilter = choice_filter("currency", "currency", [(code, code) for code in sorted(MINOR_UNITS)])
LanguageFilter = choice_filter(
    "language", "language", [("en", "English"), ("de", "German"), ("fr", "French"), ("es", "Spanish")]
)
CountryFilter = choice_filter(
    "country",
    "country",
    sorted(
        ((code, name) for code, name in Locale("en").territories.items() if len(code) == 2 and code.isalpha()),
        key=lambda pair: pair[1],
    ),
)


class SegmentFilter(KnownFilter):
    title = "segment"
    parameter_name = "segment"

    def known(self) -> Iterable[tuple[str, str]]:
        return [(segment, segment) for segment in segments()]

    def narrow(self, rows: Rows, value: str) -> Rows:
        return rows.filter(segment=value)


class TagFilter(TextFilter):  # type: ignore[misc]
    """A tag as it is typed, in capitals or not. No list to choose from: finding all tags would read every customer."""

    title = "tag"
    parameter_name = "tag"

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        tag = (self.value() or "").strip()
        spellings = sorted({tag, tag.upper(), tag.lower(), tag.capitalize()})
        return queryset.filter(tags__overlap=spellings) if tag else queryset


# For invoices.
OpenFilter = condition_filter(
    "state",
    "state",
    {
        "open": ("open", Q(balance__gt=0)),
        "overdue": ("overdue", lambda: Q(balance__gt=0, due_on__lt=timezone.localdate())),
        "settled": ("settled", Q(balance__lte=0)),
    },
)


class AgeFilter(KnownFilter):
    """For invoices: open ones by days past due, the same buckets as on the first page."""

    title = "age"
    parameter_name = "age"

    def known(self) -> Iterable[tuple[str, str]]:
        return [(bucket.name, bucket.words) for bucket in AGE_BUCKETS]

    def narrow(self, rows: Rows, value: str) -> Rows:
        bucket = next(bucket for bucket in AGE_BUCKETS if bucket.name == value)
        return rows.filter(due_within(bucket, timezone.localdate()), balance__gt=0)


class OwingFilter(KnownFilter):
    """For customers: those with something open."""

    title = "owes"
    parameter_name = "owes"

    def known(self) -> Iterable[tuple[str, str]]:
        return [("open", "something open"), ("overdue", "something overdue")]

    def narrow(self, rows: Rows, value: str) -> Rows:
        late = {"invoices__due_on__lt": timezone.localdate()} if value == "overdue" else {}
        owing = Customer.objects.filter(invoices__balance__gt=0, **late)
        return rows.filter(pk__in=owing.values("pk"))


def _is_over() -> Q:
    return Q(released_at__isnull=False) | Q(until_on__lt=timezone.localdate())


# For holds.
InForceFilter = condition_filter(
    "state", "state", {"in_force": ("in force", lambda: ~_is_over()), "ended": ("ended", _is_over)}
)
# For what a person may release.
ReleasedFilter = condition_filter(
    "state",
    "state",
    {"in_force": ("in force", Q(released_at=None)), "released": ("released", Q(released_at__isnull=False))},
)


def since_midnight(column: str) -> type[KnownFilter]:
    """ "Today" on a column of moments, counted from the desk's midnight."""

    class SinceMidnight(KnownFilter):
        title = column.removesuffix("_at")
        parameter_name = title

        def known(self) -> list[tuple[str, str]]:
            return [("today", "today"), ("week", "in the last 7 days")]

        def narrow(self, rows: Any, value: str) -> Any:
            midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
            first = midnight if value == "today" else midnight - timedelta(days=6)
            return rows.filter(**{f"{column}__gte": first})

    return SinceMidnight
