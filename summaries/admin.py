"""What staff see of the summaries, where they change nothing; and what they do with days."""

from typing import Any

from axes.models import AccessAttempt
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as AnyGroupAdmin
from django.contrib.auth.admin import UserAdmin as AnyUserAdmin
from django.contrib.auth.models import Group, User
from django.http import HttpRequest, HttpResponse
from django_q.admin import ScheduleAdmin as AnyScheduleAdmin
from django_q.models import Failure, OrmQ, Schedule, Success

from curtailment.admin import BackfillAdmin as AnyBackfillAdmin
from curtailment.admin import IngestionProgressAdmin
from curtailment.browsing import CarefulAdmin, DatedAdmin, ReadOnlyAdmin
from curtailment.models import Backfill, IngestionProgress
from summaries.backfill_page import MAY_RUN, STEERING_ACTIONS
from summaries.day_actions import DAY_ACTIONS, admin_action, permitted_actions
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
from summaries.sign_in_admin import FailedSignInAdmin
from summaries.task_admin import FailureAdmin, SuccessAdmin, WaitingAdmin

ENERGY = ("curtailed_mwh", "payment_gbp", "so_mwh", "all_mwh", "farm_count", "period_count")
STATES = ("is_complete", "is_provisional", "is_sample", "has_corrections")
BITCOIN = ("miner_model", "bitcoin_mined", "value_gbp", "so_bitcoin_mined", "all_bitcoin_mined")


admin.site.site_header = admin.site.site_title = "Windfall"
admin.site.index_title = "Staff"

# The ledger's own app shows it; what its days are handed to is known only here.
admin.site.unregister(IngestionProgress)
admin.site.unregister(Backfill)
# Whoever may change a schedule must not be able to have just any function run.
admin.site.unregister((Schedule, Success, Failure))
admin.site.register(Success, SuccessAdmin)
admin.site.register(Failure, FailureAdmin)
admin.site.register(AccessAttempt, FailedSignInAdmin)
# Where tasks wait in Redis there is no such table.
if admin.site.is_registered(OrmQ):
    admin.site.unregister(OrmQ)
    admin.site.register(OrmQ, WaitingAdmin)
admin.site.unregister((Group, User))


@admin.register(Group)
class GroupAdmin(CarefulAdmin, AnyGroupAdmin):
    """Groups."""


@admin.register(User)
class UserAdmin(CarefulAdmin, AnyUserAdmin):
    """Accounts."""


@admin.register(IngestionProgress)
class DayAdmin(IngestionProgressAdmin):
    actions = tuple(map(admin_action, DAY_ACTIONS))

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        permitted = {f"{action.name}_days" for action in permitted_actions(request)}
        actions = super().get_actions(request)
        return {name: action for name, action in actions.items() if name in permitted}

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        context = {"day_actions": permitted_actions(request)} | (extra_context or {})
        return super().change_view(request, object_id, form_url, context)


@admin.register(Backfill)
class BackfillAdmin(AnyBackfillAdmin):
    actions = STEERING_ACTIONS
    change_list_template = "admin/backfills.html"

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return super().get_actions(request) if request.user.has_perm(MAY_RUN) else {}

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        context = {"may_run": request.user.has_perm(MAY_RUN)} | (extra_context or {})
        return super().changelist_view(request, context)


@admin.register(Schedule)
class ScheduleAdmin(CarefulAdmin, AnyScheduleAdmin):
    """When something runs next, and whether: what runs is declared in summaries/schedules.py."""

    fields = ("name", "func", "schedule_type", "minutes", "cron", "repeats", "next_run")
    readonly_fields = ("name", "func", "schedule_type", "minutes", "cron")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


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
