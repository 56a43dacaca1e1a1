"""How the admin writes exact figures: with every digit, and no more."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from django.contrib import admin
from django.db.models import Model

from curtailment.fields import ExactDecimalField

UNKNOWN = "-"


def format_exact(figure: Decimal | None) -> str:
    """All digits of a figure, with thousands separators and without trailing zeros."""
    if figure is None:
        return UNKNOWN
    text = format(figure, ",f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def with_exact_figures(model: type[Model], names: Sequence[Any]) -> list[Any]:
    """Columns of an admin, in which those of exact figures are written by `format_exact`.

    The admin itself would write as many decimals as the field allows.
    """
    exact = {
        field.name: _column(field)
        for field in model._meta.concrete_fields
        if isinstance(field, ExactDecimalField)
    }
    return [exact.get(name, name) if isinstance(name, str) else name for name in names]


@cache
def _column(field: ExactDecimalField) -> Callable[[Any], str]:
    @admin.display(description=field.verbose_name, ordering=field.name)
    def column(row: Any) -> str:
        return format_exact(getattr(row, field.attname))

    column.__name__ = field.name
    return column
