"""Addresses of the pages on which staff correct records, below /admin/corrections/."""

from django.contrib import admin
from django.urls import path

from summaries.correcting import views

staff = admin.site.admin_view

urlpatterns = [
    path("new/", staff(views.choose_record), name="choose-record"),
    path(
        "records/<str:day>/<int:period>/<str:bmu_id>/",
        staff(views.correct_record),
        name="correct-record",
    ),
    path("<int:pk>/withdraw/", staff(views.withdraw_correction), name="withdraw-correction"),
]
