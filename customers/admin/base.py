"""The one base class of every admin screen, so that the theme can be replaced in one place.

It makes lists fast at a million rows: counts and pages stop at a limit, search goes by index only.
"""

from functools import cached_property
from typing import Any

from django.contrib.admin import ShowFacets
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

COUNTED_ROWS = 5_000


class CappedPaginator(Paginator[Any]):
    """Counts no further than COUNTED_ROWS: nobody pages deeper, and counting a million rows is slow."""

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
        return rows.order_by()[: COUNTED_ROWS + 1].count() if isinstance(rows, QuerySet) else len(rows)


class DeskAdmin(ModelAdmin):  # type: ignore[misc]
    """What all our screens share."""

    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    list_per_page = 50
    list_max_show_all = 0
    list_disable_select_all = True
    list_filter_submit = True
    compressed_fields = True
    warn_unsaved_form = True
    actions_on_top = True


class ReadOnlyAdmin(DeskAdmin):
    """A screen of facts that only operations write: everyone allowed may look, nobody may type."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
