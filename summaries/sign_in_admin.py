"""Failed sign-ins in the admin: who is locked out, and the way to let them in again.

To look and to delete takes the permissions on access attempts, which only superusers have, as
accounts are theirs. To delete an attempt is to forget it.
"""

from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest


class FailedSignInAdmin(admin.ModelAdmin):
    list_display = ("username", "ip_address", "failures_since_start", "is_locked", "attempt_time")
    fields = (*list_display, "user_agent", "path_info")
    search_fields = ("username", "ip_address")
    ordering = ("-attempt_time",)

    @admin.display(boolean=True, description="locked out")
    def is_locked(self, attempt: AccessAttempt) -> bool:
        """As far as the attempts of this browser tell; those of one address are added up."""
        return attempt.failures_since_start >= settings.AXES_FAILURE_LIMIT

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
