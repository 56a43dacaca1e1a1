"""What staff see of the summaries: everything, and they change nothing."""

from django.contrib import admin

from curtailment.browsing import DatedAdmin, ReadOnlyAdmin
from summaries.models import (
    BitcoinDailySummary,
    BitcoinFarmDailySummary,
    BitcoinMonthlySummary,
    BitcoinYearlySummary,
    DailySummary,
    FarmDailySummary,
    MonthlySummary,
    YearlySummary,
)

ENERGY = ("curtailed_mwh", "payment_gbp", "so_mwh", "all_mwh", "farm_count", "period_count")
STATES = ("is_complete", "is_provisional", "is_sample", "has_corrections")
BITCOIN = ("miner_model", "bitcoin_mined", "value_gbp", "so_bitcoin_mined", "all_bitcoin_mined")


@admin.register(DailySummary)
class DailySummaryAdmin(ReadOnlyAdmin):
    list_display = ("settlement_date", *ENERGY, *STATES)
    list_filter = STATES
    date_hierarchy = "settlement_date"
    ordering = ("-settlement_date",)


@admin.register(MonthlySummary)
class MonthlySummaryAdmin(ReadOnlyAdmin):
    list_display = ("__str__", *ENERGY, "complete_day_count", *STATES)
    ordering = ("-month",)


@admin.register(YearlySummary)
class YearlySummaryAdmin(ReadOnlyAdmin):
    list_display = ("__str__", *ENERGY, "complete_day_count", *STATES)
    ordering = ("-year",)


@admin.register(BitcoinDailySummary)
class BitcoinDailySummaryAdmin(ReadOnlyAdmin):
    list_display = ("settlement_date", *BITCOIN, "price_gbp")
    list_filter = ("miner_model",)
    list_select_related = ("miner_model",)
    date_hierarchy = "settlement_date"
    ordering = ("-settlement_date", "miner_model_id")


@admin.register(BitcoinMonthlySummary)
class BitcoinMonthlySummaryAdmin(ReadOnlyAdmin):
    list_display = ("month", *BITCOIN)
    list_filter = ("miner_model",)
    list_select_related = ("miner_model",)
    ordering = ("-month", "miner_model_id")


@admin.register(BitcoinYearlySummary)
class BitcoinYearlySummaryAdmin(ReadOnlyAdmin):
    list_display = ("year", *BITCOIN)
    list_filter = ("miner_model",)
    list_select_related = ("miner_model",)
    ordering = ("-year", "miner_model_id")


@admin.register(FarmDailySummary)
class FarmDailySummaryAdmin(DatedAdmin):
    list_display = ("settlement_date", "bmu", "lead_party_name", *ENERGY[:4], "has_corrections")
    list_select_related = ("bmu",)
    has_history = True
    ordering = ("-settlement_date", "-bmu_id")


@admin.register(BitcoinFarmDailySummary)
class BitcoinFarmDailySummaryAdmin(DatedAdmin):
    list_display = ("settlement_date", "bmu", "miner_model", *BITCOIN[1:2], *BITCOIN[3:])
    list_select_related = ("bmu", "miner_model")
    list_filter = ("miner_model",)
    has_history = True
    ordering = ("-settlement_date", "-bmu_id", "-miner_model_id")
