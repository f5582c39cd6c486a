"""The addresses of the customer's portal: one line per subject, whose file gives its pages with their rules."""

from django.urls import include, path

urlpatterns = [
    path("", include("evenroll.portal.start_urls")),
    path("", include("evenroll.portal.case_urls")),
    path("", include("evenroll.portal.find_urls")),
    path("", include("evenroll.portal.guide_urls")),
    path("", include("evenroll.portal.enroll_urls")),
    path("", include("evenroll.portal.mail_links_urls")),
    path("", include("evenroll.portal.staying_urls")),
]
