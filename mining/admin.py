"""What staff see of the bitcoin network and of miner models."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html

from curtailment.admin_links import LEDGER, address_of_list
from curtailment.browsing import CarefulAdmin, DatedAdmin, ReadOnlyAdmin
from curtailment.fields import ExactDecimalField
from curtailment.figures import with_figures
from mining.forms import MinerModelForm
from mining.models import BitcoinCalculation, BitcoinPrice, DifficultyEpoch, MinerModel
from mining.operations import recalculate_for

MAY_RECALCULATE = "curtailment.recalculate_day"


@admin.register(MinerModel)
class MinerModelAdmin(CarefulAdmin):
    form = MinerModelForm
    list_display = ("key", "name", "hashrate_th_s", "power_w", "released", "active")
    # A number input would show 60 decimals' worth of steps.
    formfield_overrides = {ExactDecimalField: {"widget": forms.TextInput}}

    def get_list_display(self, request: HttpRequest) -> Any:
        return with_figures(MinerModel, self.list_display, rounded=False)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The key stands in addresses and in calculations: it stays."""
        return ("key",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_form(self, request: HttpRequest, obj: Any = None, *args: Any, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, *args, **kwargs)
        form.may_recalculate = request.user.has_perm(MAY_RECALCULATE)
        return form

    def save_model(self, request: HttpRequest, obj: MinerModel, form: Any, change: bool) -> None:
        """In one transaction with what follows from it."""
        super().save_model(request, obj, form, change)
        if form.changes_bitcoin:
            count = recalculate_for(obj, now=timezone.now())
            link = format_html(
                "Days being recalculated by the background work: {}. "
                '<a href="{}">See what is left</a>',
                count,
                address_of_list(LEDGER, waits="stale"),
            )
            messages.info(request, link)


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
