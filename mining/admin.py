"""What staff see of the bitcoin network and of miner models."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from curtailment.browsing import DatedAdmin, ReadOnlyAdmin
from curtailment.fields import ExactDecimalField
from curtailment.figures import with_exact_figures
from mining.models import BitcoinCalculation, BitcoinPrice, DifficultyEpoch, MinerModel


@admin.register(MinerModel)
class MinerModelAdmin(admin.ModelAdmin):
    list_display = ("key", "name", "hashrate_th_s", "power_w", "released", "active")
    # A number input would show 60 decimals' worth of steps.
    formfield_overrides = {ExactDecimalField: {"widget": forms.TextInput}}

    def get_list_display(self, request: HttpRequest) -> Any:
        return with_exact_figures(MinerModel, self.list_display)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The key stands in addresses and in calculations: it stays."""
        return ("key",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(DifficultyEpoch)
class DifficultyEpochAdmin(ReadOnlyAdmin):
    list_display = ("height", "starts_at", "known_until", "difficulty")
    ordering = ("-height",)


@admin.register(BitcoinPrice)
class BitcoinPriceAdmin(ReadOnlyAdmin):
    list_display = ("date", "price_gbp", "price_usd", "quoted_at", "source")
    list_filter = ("source",)
    date_hierarchy = "date"
    ordering = ("-date",)


@admin.register(BitcoinCalculation)
class BitcoinCalculationAdmin(DatedAdmin):
    list_display = (
        "settlement_date",
        "settlement_period",
        "bmu",
        "miner_model",
        "bitcoin_mined",
        "so_bitcoin_mined",
        "other_bitcoin_mined",
        "difficulty",
        "subsidy_btc",
    )
    # The primary key, backwards.
    ordering = ("-settlement_date", "-settlement_period", "-bmu_id", "-miner_model_id")
    list_select_related = ("bmu", "miner_model")
    list_filter = ("miner_model",)
    # Four to six rows a record, and no index by unit.
    longest_days = 31
