"""Model fields that PostgreSQL has and Django lacks."""

from typing import Any

from django.db import models


class ExactDecimalField(models.DecimalField):
    """A `numeric` column without a limit of digits, so that sums are stored as they are.

    The limits of the model field serve forms only; the database keeps every digit.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_digits"] = 120
        kwargs["decimal_places"] = 60
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_digits"], kwargs["decimal_places"]
        return name, path, args, kwargs

    def db_type(self, connection: Any) -> str:
        return "numeric"

    def cast_db_type(self, connection: Any) -> str:
        return "numeric"
