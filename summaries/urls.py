"""Addresses of the pages."""

from django.urls import path, register_converter

from summaries import views, views_of_status, views_of_units
from summaries.converters import TimeframeConverter
from summaries.timeframes import Kind

register_converter(TimeframeConverter, "timeframe")

app_name = "summaries"

# For each kind of report its permalink, and the address that a menu sends readers to; forms send
# them to `reports/`.
urlpatterns = [
    path("", views.overview, name="overview"),
    path("reports/daily/<timeframe:text>/", views.daily_report, name=Kind.DAILY),
    path("reports/monthly/<timeframe:text>/", views.monthly_report, name=Kind.MONTHLY),
    path("reports/yearly/<timeframe:text>/", views.yearly_report, name=Kind.YEARLY),
    path("reports/", views.choose, name="choose"),
    path("reports/daily/", views.choose, {"kind": Kind.DAILY}, name="choose-daily"),
    path("reports/monthly/", views.choose, {"kind": Kind.MONTHLY}, name="choose-monthly"),
    path("reports/yearly/", views.choose, {"kind": Kind.YEARLY}, name="choose-yearly"),
    path("farms/", views_of_units.farms, name="farms"),
    path("farms/<str:bmu_id>/", views_of_units.farm, name="farm"),
    path("lead-parties/", views_of_units.lead_parties, name="lead-parties"),
    path("lead-parties/detail/", views_of_units.lead_party, name="lead-party"),
    path("compare/miners/", views_of_units.compare_miners, name="compare-miners"),
    path("compare/farms/", views_of_units.compare_farms, name="compare-farms"),
    path("status/", views_of_status.status, name="status"),
]
