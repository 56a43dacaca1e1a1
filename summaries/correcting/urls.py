"""Addresses of the pages on which staff correct records, below /admin/corrections/."""

from django.contrib import admin
from django.urls import path

from summaries.correcting import batch_views, upload_views, views

staff = admin.site.admin_view

urlpatterns = [
    path("new/", staff(views.choose_record), name="choose-record"),
    path(
        "records/<str:day>/<int:period>/<str:bmu_id>/",
        staff(views.correct_record),
        name="correct-record",
    ),
    path("upload/", staff(upload_views.upload_corrections), name="upload-corrections"),
    path(
        "upload/template.csv",
        staff(upload_views.upload_template),
        {"extension": "csv"},
        name="correction-template-csv",
    ),
    path(
        "upload/template.xlsx",
        staff(upload_views.upload_template),
        {"extension": "xlsx"},
        name="correction-template-xlsx",
    ),
    path(
        "batches/<int:pk>/withdraw/",
        staff(batch_views.withdraw_corrections),
        name="withdraw-corrections",
    ),
    path("<int:pk>/withdraw/", staff(views.withdraw_correction), name="withdraw-correction"),
]
