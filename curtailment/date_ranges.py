"""What is asked of a list of a big table: a range of dates, and one BM Unit."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.views.main import ChangeList
from django.core.validators import MinValueValidator
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict

from curtailment.models import BMUnit
from curtailment.settlement import FIRST_SETTLEMENT_DATE

FROM, TO, UNIT = "settlement_date__gte", "settlement_date__lte", "bmu"
# What links of old and people say for one day.
ON = "settlement_date"


def _date_field(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": f"{label} is not a date. Write it as YYYY-MM-DD."},
        validators=[
            MinValueValidator(
                FIRST_SETTLEMENT_DATE,
                f"{label} is before {FIRST_SETTLEMENT_DATE}, the first settlement date.",
            )
        ],
    )


class RangeForm(forms.Form):
    """Dates from and to, both included, and the exact id of a unit.

    Without a unit the range has at most `longest_days`. With one it may be open where the table
    has an index by unit and date (`has_history`).
    """

    settlement_date__gte = _date_field("From")
    settlement_date__lte = _date_field("To")
    bmu = forms.CharField(
        label="BM Unit", required=False, widget=forms.TextInput(attrs={"size": 16})
    )

    def __init__(
        self, asked: QueryDict, *, longest_days: int, has_unit: bool, has_history: bool
    ) -> None:
        super().__init__(asked)
        self.longest_days, self.has_history = longest_days, has_history
        if not has_unit:
            del self.fields[UNIT]

    def clean_bmu(self) -> str:
        bmu_id: str = self.cleaned_data[UNIT]
        if bmu_id and not BMUnit.objects.filter(pk=bmu_id).exists():
            raise forms.ValidationError(
                f"There is no BM Unit {bmu_id[:60]!r}. Write its whole Elexon id, e.g. T_SGRWO-1."
            )
        return bmu_id

    def clean(self) -> dict[str, Any]:
        asked = self.cleaned_data
        first, last = asked.get(FROM), asked.get(TO)
        if first and last and last < first:
            raise forms.ValidationError(f"To ({last}) is before From ({first}).")
        if not self.errors and not (self.has_history and asked.get(UNIT)):
            self._bound(first, last)
        return asked

    def _bound(self, first: date | None, last: date | None) -> None:
        if first is None or last is None:
            raise forms.ValidationError("Give both dates, From and To.")
        if (last - first).days >= self.longest_days:
            other = " Or name a BM Unit." if self.has_history else ""
            raise forms.ValidationError(
                f"At most {self.longest_days} days can be listed at once.{other}"
            )

    def narrow(self, queryset: QuerySet) -> QuerySet:
        """The rows that were asked for; none if it cannot be understood."""
        if not self.is_valid():
            return queryset.none()
        given = {name: value for name, value in self.cleaned_data.items() if value}
        return queryset.filter(**given)

    def sentences(self) -> list[str]:
        """What is wrong with what was asked."""
        return [str(sentence) for errors in self.errors.values() for sentence in errors]


class DatedChangeList(ChangeList):
    """A list of a table that is read by date, and by unit and date, only."""

    model_admin: Any
    range_form: RangeForm

    def get_filters_params(self, params: Any = None) -> dict[str, Any]:
        """The filters beside the range."""
        given = super().get_filters_params(params)
        return {name: value for name, value in given.items() if name not in (FROM, TO, UNIT)}

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet:
        self.range_form = self.model_admin.range_form(request.GET)
        for sentence in self.range_form.sentences():
            messages.error(request, sentence)
        return self.range_form.narrow(super().get_queryset(request, exclude_parameters))

    @property
    def kept(self) -> list[tuple[str, str]]:
        """The other filters, which go with the form."""
        return [
            (name, value) for name, values in self.get_filters_params().items() for value in values
        ]

    def link_for(self, first: date, last: date) -> str:
        """The address of the same list in another range."""
        return self.get_query_string({FROM: first.isoformat(), TO: last.isoformat()})

    @property
    def neighbors(self) -> Mapping[str, str]:
        """Addresses of the ranges before and after, as long as this one."""
        asked = self.range_form.cleaned_data if self.range_form.is_valid() else {}
        first, last = asked.get(FROM), asked.get(TO)
        if first is None or last is None or last.year == date.max.year:
            return {}
        if (last - first).days >= self.range_form.longest_days:
            return {}
        days = timedelta(days=(last - first).days + 1)
        return {
            "earlier": self.link_for(first - days, last - days),
            "later": self.link_for(first + days, last + days),
        }
