"""How the admin browses tables that nobody edits there, some of them very large."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG, ChangeList
from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict

from curtailment.date_ranges import FROM, ON, TO, UNIT, DatedChangeList, RangeForm
from curtailment.estimates import EstimatingPaginator
from curtailment.figures import with_figures

NOT_UNDERSTOOD = (
    "The address asked for a filter, a value or a page that this list does not have. "
    "It was left out."
)
# What the primary keys of big tables consist of, beside what the form asks for.
KEY_COLUMNS = ("settlement_period", "miner_model")


class CarefulAdmin(admin.ModelAdmin):
    """Addresses that ask for what cannot be are answered, where Django itself ends in an error."""

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        """No row's key has a NUL, which PostgreSQL takes in no text."""
        return None if "\0" in object_id else super().get_object(request, object_id, from_field)

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """No ranges: of an address Django takes the first two letters for their ends."""
        if "range" in lookup.split("__"):
            raise IncorrectLookupParameters(lookup)
        return super().lookup_allowed(lookup, value, request)

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """Django itself does not see that the year 10000 does not exist, nor that a text is bad."""
        try:
            return super().get_changelist_instance(request)
        except (ValueError, OverflowError, DataError) as error:
            raise IncorrectLookupParameters from error


class ReadOnlyAdmin(CarefulAdmin):
    """Rows that are looked at and never touched."""

    paginator = EstimatingPaginator
    show_full_result_count = False
    # Counts by filter would read all that is listed.
    show_facets = admin.ShowFacets.NEVER

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_list_display(self, request: HttpRequest) -> Any:
        return with_figures(self.model, super().get_list_display(request), rounded=True)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return [
            (title, options | {"fields": self._with_every_digit(options["fields"])})
            for title, options in super().get_fieldsets(request, obj)
        ]

    def _with_every_digit(self, names: Any) -> Any:
        return with_figures(self.model, names, rounded=False)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if ERROR_FLAG in request.GET:
            messages.error(request, NOT_UNDERSTOOD)
        return super().changelist_view(request, extra_context)


class DatedAdmin(ReadOnlyAdmin):
    """A table that is listed by a range of dates, the newest one unless another is asked for.

    Nothing is sorted but by the table's key, and searched but through an index.
    """

    sortable_by = ()
    list_per_page = 50
    longest_days = 366
    # Whether there is an index by unit and date.
    has_history = False
    change_list_template = "admin/dated_change_list.html"

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Filters by columns of the key only: any other would read all rows of the range."""
        if lookup.partition("__")[0] not in KEY_COLUMNS:
            raise IncorrectLookupParameters(lookup)
        return super().lookup_allowed(lookup, value, request)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[DatedChangeList]:
        return DatedChangeList

    def range_form(self, asked: QueryDict) -> RangeForm:
        """The form of what was asked, to be validated."""
        has_unit = any(field.name == UNIT for field in self.model._meta.concrete_fields)
        return RangeForm(
            asked,
            longest_days=self.longest_days,
            has_unit=has_unit,
            has_history=self.has_history,
        )

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        # Whoever may not look is not told either which day is the newest.
        may_look = self.has_view_permission(request)
        address = self._permalink(request.GET) if may_look else None
        if request.method == "GET" and address is not None:
            return HttpResponseRedirect(f"{request.path}?{address}")
        return super().changelist_view(request, extra_context)

    def _permalink(self, asked: QueryDict) -> str | None:
        """Where to go if no range was asked for: the day in the address, or the newest one."""
        if FROM in asked or TO in asked or (self.has_history and asked.get(UNIT)):
            return None
        day = asked.get(ON) or self._newest_date()
        if day is None:
            return None
        parameters = asked.copy()
        parameters.pop(ON, None)
        parameters[FROM] = parameters[TO] = str(day)
        return parameters.urlencode()

    def _newest_date(self) -> Any:
        """The last date that has rows, from the end of the key."""
        dates = self.model._default_manager.order_by("-settlement_date")
        return dates.values_list("settlement_date", flat=True).first()
