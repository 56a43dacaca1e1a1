"""What came of tasks, in the admin: to have one done again takes more than to look at it."""

from typing import Any

from django.http import HttpRequest
from django_q.admin import FailAdmin, QueueAdmin, TaskAdmin

from curtailment.browsing import CarefulAdmin

MAY_RESUBMIT = ("curtailment.refresh_day", "curtailment.recalculate_day", "curtailment.verify_day")


class _Resubmitting:
    """django-q offers its action to whoever may look."""

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions: dict[str, Any] = super().get_actions(request)  # type: ignore[misc]
        if not request.user.has_perms(MAY_RESUBMIT):
            actions.pop("resubmit_task", None)
        return actions


class SuccessAdmin(_Resubmitting, CarefulAdmin, TaskAdmin):
    """Tasks that succeeded."""


class FailureAdmin(_Resubmitting, CarefulAdmin, FailAdmin):
    """Tasks that failed."""


class WaitingAdmin(CarefulAdmin, QueueAdmin):
    """Tasks that wait."""
