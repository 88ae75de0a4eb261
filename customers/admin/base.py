"""The one base class of every admin screen, so that the theme can be replaced in one place.

It makes lists fast at a million rows: counts and pages stop at a limit, search and filters go by index only.
"""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import timedelta
from functools import cached_property
from typing import Any, NamedTuple, TypeVar, cast

from django.contrib.admin import ShowFacets
from django.core.paginator import Paginator
from django.db import OperationalError
from django.db.models import Count, Model, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html_join
from unfold.admin import TabularInline
from unfold.decorators import display
from unfold.views import ChangeList

from customers.admin.buttons import ButtonsMixin
from customers.queries import Owed, at_most, customers_called, starts_with
from customers.wording import bare_money, money

COUNTED_ROWS = 5_000
SUMS_TAKE = timedelta(seconds=1)  # a million invoices are summed in a tenth of it
Method = TypeVar("Method", bound=Callable[..., Any])


class Badge(NamedTuple):
    """What a coloured label says; pages without colours show the words alone."""

    key: str
    words: str

    def __str__(self) -> str:
        return self.words


def badge(description: str, colours: dict[str, str | None]) -> Callable[[Method], Method]:
    """A column shown as a coloured label. The method returns a Badge, or a key of `colours` that speaks for itself."""
    return cast(Callable[[Method], Method], display(description=description, label=colours))


def owed_words(owed: Sequence[Owed]) -> str:
    """What somebody owes, for a cell of a list: one line per currency, and how much of it is overdue."""
    lines = ((money(part.open, part.currency), _overdue_words(part)) for part in owed)
    return format_html_join("", '<span class="desk-nowrap">{}</span><span class="desk-small">{}</span>', lines) or "–"


def _overdue_words(owed: Owed) -> str:
    if not owed.overdue:
        return "not due yet"
    return "overdue" if owed.overdue == owed.open else f"{bare_money(owed.overdue, owed.currency)} overdue"


class CappedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts no further than COUNTED_ROWS: nobody pages deeper, and counting a million rows is slow."""

    template_name = "desk/pagination.html"

    @cached_property
    def count(self) -> int:
        return min(self.counted, COUNTED_ROWS)

    @property
    def is_capped(self) -> bool:
        """True when there are more rows than the pages show."""
        return self.counted > COUNTED_ROWS

    @cached_property
    def counted(self) -> int:
        rows = self.object_list
        return rows.order_by().values("pk")[: COUNTED_ROWS + 1].count() if isinstance(rows, QuerySet) else len(rows)


class DeskChangeList(ChangeList):  # type: ignore[misc]
    """A list with its totals per currency above the table."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if not (self.query or self.has_active_filters):
            self.full_result_count = self.result_count  # otherwise the page says "12 results" of an unknown whole

    @cached_property
    def totals(self) -> list[dict[str, Any]]:
        """Sums of the whole list, not of this page; none where a very long list takes longer than SUMS_TAKE."""
        sums = self.model_admin.totals
        if not sums:
            return []
        rows = self.queryset.order_by().values("currency").annotate(rows=Count("pk"), **_sums_of(sums))
        try:
            with at_most(SUMS_TAKE) if self.paginator.is_capped else nullcontext():
                found = list(rows.order_by("currency"))
        except OperationalError:  # the time is over
            return []
        return [
            {"currency": row["currency"], "rows": row["rows"], "sums": [(words, row[f"sum_{c}"]) for words, c in sums]}
            for row in found
        ]


def _sums_of(sums: Sequence[tuple[str, str]]) -> dict[str, Sum]:
    return {f"sum_{column}": Sum(column) for _, column in sums}


class DeskAdmin(ButtonsMixin):
    """What all our screens share.

    `totals`: (words, column) pairs summed per currency above the list. `search_fields`: columns of the model itself,
    always searched by their beginning. `search_customer`: the look-up that leads to the customer. `linked_by`:
    look-ups that links on other pages use; no other filter is taken from the address line. `empty_says`: what an empty
    list tells: where its rows come from.
    """

    totals: Sequence[tuple[str, str]] = ()
    search_customer: str = ""
    empty_says: str = ""
    linked_by: Sequence[str] = ()

    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    list_per_page = 50
    list_max_show_all = 0
    list_disable_select_all = True
    list_filter_submit = True
    list_before_template = "desk/totals.html"
    compressed_fields = True

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return DeskChangeList

    def get_search_fields(self, request: HttpRequest) -> Sequence[str]:
        return [*self.search_fields, *([self.search_customer] if self.search_customer else [])]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        branches = [self.model._default_manager.filter(starts_with(column, term)) for column in self.search_fields]
        if self.search_customer:
            called = Q(**{f"{self.search_customer}__in": customers_called(term)})
            branches.append(self.model._default_manager.filter(called))
        if not branches:
            return queryset, False
        first, *others = (branch.order_by().values("pk")[:COUNTED_ROWS] for branch in branches)
        return queryset.filter(pk__in=first.union(*others) if others else first), False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        offered = {chosen.parameter_name for chosen in self.get_list_filter(request)}
        return lookup in offered or lookup in self.linked_by


class ReadOnlyAdmin(DeskAdmin):
    """A screen of facts that only operations write: everyone allowed may look, nobody may type."""

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        pressed = {} if self.buttons else {"show_history": False}  # where nothing is pressed, nothing is logged
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **pressed})

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class DeskInline(TabularInline):  # type: ignore[misc]
    """Rows that belong to the page's row, in a table; each field says its name to a screen reader."""

    extra = 0
    hide_title = True

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        asked = super().formfield_for_dbfield(db_field, request, **kwargs)
        if asked:
            asked.widget.attrs["aria-label"] = db_field.verbose_name
        return asked


class ReadOnlyInline(DeskInline):
    """The same to read only."""

    can_delete = False
    template_after = "desk/inline_empty.html"

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
