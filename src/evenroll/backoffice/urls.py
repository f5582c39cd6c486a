"""The addresses of the staff's desk: one line per subject, whose file gives its pages with their rules."""

from django.urls import include, path

urlpatterns = [
    path("", include("evenroll.backoffice.queue_urls")),
    path("", include("evenroll.backoffice.case_urls")),
    path("", include("evenroll.backoffice.personal_urls")),
    path("", include("evenroll.backoffice.reports_urls")),
    path("", include("evenroll.backoffice.catalog_urls")),
    path("", include("evenroll.backoffice.registry_urls")),
]
