"""Filters that know their values: none of them reads a big table to find out what could be chosen."""

from collections.abc import Iterable
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


def choice_filter(column: str, words: str, choices: Iterable[tuple[Any, str]]) -> type[KnownFilter]:
    """A filter over a column whose values are a closed list."""
    pairs = [(str(value), text) for value, text in choices]

    class ChoiceFilter(KnownFilter):
        title = words
        parameter_name = column

        def known(self) -> Iterable[tuple[str, str]]:
            return pairs

        def narrow(self, rows: Rows, value: str) -> Rows:
            return rows.filter(**{column: value})

    return ChoiceFilter


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


class OpenFilter(KnownFilter):
    """For invoices: what is still open, what is overdue, what is settled."""

    title = "state"
    parameter_name = "state"

    def known(self) -> Iterable[tuple[str, str]]:
        return [("open", "open"), ("overdue", "overdue"), ("settled", "settled")]

    def narrow(self, rows: Rows, value: str) -> Rows:
        if value == "settled":
            return rows.filter(balance__lte=0)
        late = Q(due_on__lt=timezone.localdate()) if value == "overdue" else Q()
        return rows.filter(late, balance__gt=0)


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


class InForceFilter(KnownFilter):
    """For holds: still in force, or ended."""

    title = "state"
    parameter_name = "state"

    def known(self) -> Iterable[tuple[str, str]]:
        return [("in_force", "in force"), ("ended", "ended")]

    def narrow(self, rows: Rows, value: str) -> Rows:
        over = Q(released_at__isnull=False) | Q(until_on__lt=timezone.localdate())
        return rows.filter(over) if value == "ended" else rows.exclude(over)


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
