"""Every address of the web. Its table of pages is walked by a test: none is without a rule."""

from django.urls import include, path

from evenroll.accounts.rules import ANYBODY, page
from evenroll.pages.web_look import PREFIX as LOOK
from evenroll.pages.web_look import look_part
from evenroll.pages.web_static import PREFIX, asset

urlpatterns = [
    page(f"{PREFIX}/<str:version>/<str:name>", asset, name="asset", who=ANYBODY),
    page(f"{LOOK}/<str:version>/<str:name>", look_part, name="look", who=ANYBODY),
    path("", include("evenroll.accounts.urls")),
    path("desk/", include("evenroll.backoffice.urls")),
    path("", include("evenroll.portal.urls")),
]

handler400 = "evenroll.pages.web_errors.bad_request"
handler403 = "evenroll.pages.web_errors.forbidden"
handler404 = "evenroll.pages.web_errors.not_found"
handler500 = "evenroll.pages.web_errors.broken"
