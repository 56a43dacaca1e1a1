"""How the admin writes exact figures: pages with every digit, lists rounded."""

from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache
from typing import Any

from django.contrib import admin
from django.db.models import Model

from curtailment.fields import ExactDecimalField

UNKNOWN = "-"
ROUNDING = Context(prec=400, rounding=ROUND_HALF_UP)


def format_exact(figure: Decimal | None, *, decimals: int | None = None) -> str:
    """A figure with thousands separators and without trailing zeros; all digits unless told."""
    if figure is None:
        return UNKNOWN
    if decimals is not None:
        figure = figure.quantize(Decimal(1).scaleb(-decimals), context=ROUNDING)
    text = format(figure, ",f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def with_figures(model: type[Model], names: Sequence[Any], *, rounded: bool) -> list[Any]:
    """Columns of an admin, in which those of exact figures are written by `format_exact`.

    The admin itself would write as many decimals as the field allows.
    """
    exact = {
        field.name: _column(field, _decimals(field) if rounded else None)
        for field in model._meta.concrete_fields
        if isinstance(field, ExactDecimalField)
    }
    return [exact.get(name, name) if isinstance(name, str) else name for name in names]


def _decimals(field: ExactDecimalField) -> int:
    return 8 if "bitcoin" in field.name else 3


@cache
def _column(field: ExactDecimalField, decimals: int | None) -> Callable[[Any], str]:
    @admin.display(description=field.verbose_name, ordering=field.name)
    def column(row: Any) -> str:
        return format_exact(getattr(row, field.attname), decimals=decimals)

    column.__name__ = field.name
    return column
