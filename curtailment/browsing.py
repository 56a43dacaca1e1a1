"""How the admin browses tables that nobody edits there, two of them very large."""

from functools import cached_property
from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.http import HttpRequest

# Beyond as many rows nobody pages; they search.
COUNTED_ROWS = 10_000


class BoundedPaginator(Paginator):
    """Counts no more rows than anyone would page through: a full count reads the whole table."""

    @cached_property
    def count(self) -> int:
        """The number of rows, at most COUNTED_ROWS."""
        return self.object_list.order_by()[:COUNTED_ROWS].count()  # type: ignore[attr-defined]


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that are looked at and never touched."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class BigTableAdmin(ReadOnlyAdmin):
    """A table of many millions of rows: neither counted nor sorted by anything but its key."""

    show_full_result_count = False
    paginator = BoundedPaginator
    sortable_by = ()
    list_per_page = 50
