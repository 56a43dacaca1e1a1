"""Django's admin without the address that nothing of ours has a use for."""

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.urls import URLPattern, URLResolver


class Site(AdminSite):
    """No row has a page of its own outside the admin, to which `r/` would lead.

    Django's view of it ends in an error where a key is no date.
    """

    def get_urls(self) -> list[URLPattern | URLResolver]:
        return [each for each in super().get_urls() if getattr(each, "name", "") != "view_on_site"]


class AdministrationConfig(AdminConfig):
    """What settings name instead of `django.contrib.admin`."""

    default_site = "config.administration.Site"
