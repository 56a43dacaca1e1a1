"""What staff see of BM Units, and the two things that they say of them."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from curtailment.browsing import CarefulAdmin
from curtailment.figures import with_figures
from curtailment.models import BMUnit
from curtailment.operations import reclassify_days
from curtailment.queries import unclassified_units
from curtailment.sources import LONGEST_NAME

MAY_REFRESH = "curtailment.refresh_day"
EDITABLE_OF_A_UNIT = ("farm_name", "staff_is_wind")


class UnclassifiedFilter(admin.SimpleListFilter):
    """The units of which staff should say whether they are wind."""

    title = "to be classified"
    parameter_name = "unclassified"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "May be new wind farms")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[BMUnit]) -> QuerySet[BMUnit]:
        if self.value() != "yes":
            return queryset
        return queryset.filter(pk__in=unclassified_units().values("pk"))


class BMUnitAdmin(CarefulAdmin):
    # Of the form; they are shown all the same.
    exclude = tuple(
        field.name for field in BMUnit._meta.concrete_fields if field.name not in EDITABLE_OF_A_UNIT
    )
    list_display = (
        "elexon_bmu_id",
        "name",
        "farm_name",
        "lead_party_name",
        "fuel_type",
        "capacity_mw",
        "is_wind",
        "staff_is_wind",
        "first_seen_at",
    )
    list_filter = (
        UnclassifiedFilter,
        "is_wind",
        "staff_is_wind",
        "register_is_wind",
        "source",
        "fuel_type",
    )
    search_fields = (
        "elexon_bmu_id",
        "national_grid_bmu_id",
        "name",
        "farm_name",
        "lead_party_name",
    )

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A name that staff give is no longer than one of the register."""
        if db_field.name == "farm_name":
            kwargs["max_length"] = LONGEST_NAME
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_list_display(self, request: HttpRequest) -> Any:
        return with_figures(BMUnit, self.list_display, rounded=True)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The register's columns are the register's."""
        return with_figures(BMUnit, self.exclude, rounded=False)

    def save_model(self, request: HttpRequest, obj: BMUnit, form: Any, change: bool) -> None:
        """In one transaction with what follows from it."""
        was_wind = obj.is_wind
        super().save_model(request, obj, form, change)
        obj.refresh_from_db(fields=["is_wind"])
        if obj.is_wind != was_wind:
            self._offer_refetch(request, reclassify_days(obj, now=timezone.now()))

    def _offer_refetch(self, request: HttpRequest, count: int) -> None:
        if not count:
            messages.info(request, "No stored day has to be fetched again.")
            return
        way = "Ask an operator to have them fetched."
        if request.user.has_perm(MAY_REFRESH):
            way = format_html('<a href="{}">Have them fetched</a>', reverse("refetch"))
        text = "Stored days that have to be fetched again: {}. {}"
        messages.warning(request, format_html(text, f"{count:,}", way))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
