"""How staff add and change a miner model."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from curtailment.models import IngestionProgress
from mining.models import MinerModel

# What a machine cannot have none of, nor less.
POSITIVE = ("hashrate_th_s", "power_w")
# What the bitcoin of a model follows from.
DECISIVE = {"hashrate_th_s", "power_w", "active"}


class MinerModelForm(forms.ModelForm):
    """A miner model; what changes its bitcoin is saved only together with the recalculation.

    So no page shows the bitcoin of the model as it was before without saying so. The admin sets
    `may_recalculate`.
    """

    may_recalculate = False
    recalculate = forms.BooleanField(required=False)

    class Meta:
        model = MinerModel
        fields = ("key", "name", "hashrate_th_s", "power_w", "released", "active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.was_active = self.instance.active and not self.instance._state.adding
        stored = IngestionProgress.objects.exclude(data_state=IngestionProgress.DataState.NONE)
        self.day_count = stored.count()
        days = "1 stored day" if self.day_count == 1 else f"{self.day_count:,} stored days"
        self.fields["recalculate"].label = f"Recalculate {days}"
        self.fields["recalculate"].help_text = (
            "Needed where hash rate, power or active change: the bitcoin of all stored days "
            "follows from them. Until it has, their pages say that they are being recalculated."
        )

    @property
    def changes_bitcoin(self) -> bool:
        """Whether stored bitcoin does not follow from the model as it is saved."""
        is_calculated = self.was_active or self.cleaned_data.get("active", False)
        return is_calculated and bool(DECISIVE & set(self.changed_data)) and self.day_count > 0

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        self._check_positive()
        if self.errors or not self.changes_bitcoin:
            return cleaned
        if not self.may_recalculate:
            raise ValidationError("You may not recalculate days: ask an operator to change this.")
        if not self.cleaned_data["recalculate"]:
            self.add_error("recalculate", "Tick this too, or leave what the bitcoin follows from.")
        return cleaned

    def _check_positive(self) -> None:
        """The database refuses it too, but with the name of its rule and of no field."""
        for name in POSITIVE:
            figure = self.cleaned_data.get(name)
            if figure is not None and figure <= 0:
                self.add_error(name, f"{self.fields[name].label} must be more than 0.")
