"""Failed sign-ins in the admin: who is locked out, and the way to let them in again.

Operators and superusers look, and delete: to delete an attempt is to forget it.
"""

from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.http import HttpRequest
from django.utils import timezone

from curtailment.browsing import CarefulAdmin

# What operators have, and superusers.
MAY_LET_IN = "django_q.change_schedule"


class FailedSignInAdmin(CarefulAdmin):
    list_display = ("username", "ip_address", "failures_since_start", "is_locked", "attempt_time")
    fields = (*list_display, "user_agent", "path_info")
    search_fields = ("username", "ip_address")
    search_help_text = "An account, or an address."
    ordering = ("-attempt_time",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[AccessAttempt]:
        """With what counts: the recent failures of account and address, and of the address."""
        return (
            super()
            .get_queryset(request)
            .annotate(
                failures_of_pair=_recent_failures("username", "ip_address"),
                failures_of_address=_recent_failures("ip_address"),
            )
        )

    @admin.display(boolean=True, description="locked out")
    def is_locked(self, attempt: Any) -> bool:
        """Whether the account, or all of its address, is refused now."""
        return (attempt.failures_of_pair or 0) >= settings.AXES_FAILURE_LIMIT or (
            attempt.failures_of_address or 0
        ) >= settings.FAILURE_LIMIT_OF_AN_ADDRESS

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(MAY_LET_IN)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(MAY_LET_IN)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(MAY_LET_IN)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _recent_failures(*shared: str) -> Subquery:
    """The failures since the lock would have opened, of attempts that share these columns."""
    since = timezone.now() - settings.AXES_COOLOFF_TIME
    alike = AccessAttempt.objects.filter(attempt_time__gt=since)
    alike = alike.filter(**{name: OuterRef(name) for name in shared})
    sums = alike.order_by().values("ip_address").annotate(sum=Sum("failures_since_start"))
    return Subquery(sums.values("sum"))
