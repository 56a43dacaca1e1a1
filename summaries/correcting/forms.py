"""What staff fill in to correct a record, to add one, and to withdraw a correction."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms

from curtailment.corrected import (
    LARGEST_MWH,
    LONGEST_REASON,
    MOST_DECIMALS_OF_MWH,
    PAIRS,
    CorrectedFigures,
    InvalidCorrection,
    RecordKey,
)
from curtailment.correction_queries import NOTHING, StoredRecord
from curtailment.models.records import FIGURES
from curtailment.operations import errors_of_keys
from summaries.correcting.labels import FIGURE_LABELS
from summaries.exact import EXACT, plain

LARGEST_PRICE_GBP_PER_MWH = 1_000_000
# So that a price times an energy has no more decimals than a payment may have.
MOST_DECIMALS_OF_A_PRICE = 30
# What a payment is called is what its price is called too.
PRICES = {gbp: gbp.replace("payment_gbp", "price_gbp_per_mwh") for _, gbp, _ in PAIRS}


@dataclass(frozen=True)
class Row:
    """A figure on the form: what is published, what counts now, and the fields to fill in."""

    field: forms.BoundField
    price: forms.BoundField | None
    published: Decimal | None
    effective: Decimal | None


def number_field(label: str) -> forms.DecimalField:
    """A number with any number of digits; what is too much, the figures themselves say."""
    return forms.DecimalField(
        label=label, required=False, widget=forms.NumberInput(attrs={"step": "any"})
    )


def reason_field() -> forms.CharField:
    return forms.CharField(
        max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 3, "cols": 80})
    )


class FiguresForm(forms.Form):
    """The six figures of a record, or prices that fill payments, or zero for all; and why."""

    zero_all = forms.BooleanField(label="All six figures are zero", required=False)
    reason = reason_field()
    seen = forms.CharField(widget=forms.HiddenInput)

    figures: CorrectedFigures

    def __init__(self, *args: Any, stored: StoredRecord, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored = stored
        for figure, label in FIGURE_LABELS.items():
            self.fields[figure] = number_field(label)
        for gbp, price in PRICES.items():
            self.fields[price] = number_field(f"{FIGURE_LABELS[gbp]} from a price (GBP/MWh)")

    @classmethod
    def of(cls, stored: StoredRecord) -> "FiguresForm":
        """The form as it is opened: with the figures that count now."""
        texts = map(plain, stored.effective or NOTHING)
        initial = dict(zip(FIGURES, texts, strict=True)) | {"seen": stored.state}
        return cls(stored=stored, initial=initial)

    def rows(self) -> Iterator[Row]:
        """The figures in their order, beside what is stored."""
        published = self.stored.published or (None,) * len(FIGURES)
        effective = self.stored.effective or (None,) * len(FIGURES)
        for name, elexon, now in zip(FIGURES, published, effective, strict=True):
            price = self[PRICES[name]] if name in PRICES else None
            yield Row(self[name], price, elexon, now)

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if cleaned.get("zero_all"):
            self._forget_what_was_entered()
            self.figures = CorrectedFigures(*NOTHING)
            return cleaned
        self._fill_payments()
        for name in FIGURES:
            if name not in self.errors and cleaned.get(name) is None:
                self.add_error(name, "Write a number; 0 if there is none.")
        if not any(name in self.errors for name in FIGURES):
            self._check_figures()
        return cleaned

    def hidden_fields_to_save(self) -> dict[str, str]:
        """What the preview carries to the save: the figures that it showed, to the last digit."""
        texts = (plain(figure) or "" for figure in self.figures.values)
        return dict(zip(FIGURES, texts, strict=True)) | {
            "reason": self.cleaned_data["reason"],
            "seen": self.cleaned_data["seen"],
        }

    def add_refusal(self, refused: InvalidCorrection) -> None:
        """This will show each sentence at its field, or above the form if there is none."""
        for field, sentence in refused.errors.items():
            self.add_error(field if field in self.fields else None, sentence)

    def _forget_what_was_entered(self) -> None:
        for name in (*FIGURES, *PRICES.values()):
            self.errors.pop(name, None)

    def _fill_payments(self) -> None:
        """A payment is the price times minus the curtailed energy, as that is a negative volume."""
        for mwh, gbp, _ in PAIRS:
            price, energy = self.cleaned_data.get(PRICES[gbp]), self.cleaned_data.get(mwh)
            if price is None or energy is None:
                continue
            if sentence := _price_error(price):
                self.add_error(PRICES[gbp], sentence)
            elif abs(energy) <= LARGEST_MWH and _decimals(energy) <= MOST_DECIMALS_OF_MWH:
                self.errors.pop(gbp, None)
                self.cleaned_data[gbp] = EXACT.multiply(price, EXACT.minus(energy))

    def _check_figures(self) -> None:
        try:
            self.figures = CorrectedFigures(*(self.cleaned_data[name] for name in FIGURES))
        except InvalidCorrection as refused:
            self.add_refusal(refused)


class RecordForm(forms.Form):
    """Which record: it need not exist yet."""

    bmu_id = forms.CharField(label="BM Unit", help_text="Its Elexon id, e.g. T_SGRWO-1.")
    settlement_date = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}))
    settlement_period = forms.IntegerField(
        help_text="1 to 48; to 46 or 50 on the days when clocks change."
    )

    key: RecordKey

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if not self.errors:
            day: date = cleaned["settlement_date"]
            self.key = RecordKey(day, cleaned["settlement_period"], cleaned["bmu_id"])
            errors = errors_of_keys([self.key], now=self.now).get(self.key, {})
            for field, sentence in errors.items():
                self.add_error(field, sentence)
        return cleaned


class WithdrawalForm(forms.Form):
    """Why a correction is taken back, or those of a batch; and what the preview was made of."""

    reason = reason_field()
    # Only a preview fills it in: what is saved without one is refused.
    seen = forms.CharField(required=False, widget=forms.HiddenInput)


def _price_error(price: Decimal) -> str:
    if abs(price) > LARGEST_PRICE_GBP_PER_MWH:
        return f"A price cannot be beyond {LARGEST_PRICE_GBP_PER_MWH:,} GBP/MWh."
    if _decimals(price) > MOST_DECIMALS_OF_A_PRICE:
        return f"Use at most {MOST_DECIMALS_OF_A_PRICE} decimals."
    return ""


def _decimals(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
