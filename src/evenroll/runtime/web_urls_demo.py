"""Every address of the web of a demo: those of any installation, and where one can be anybody."""

from django.urls import include, path

from evenroll.runtime import web_urls

urlpatterns = [path("", include("evenroll.accounts.demo_urls")), *web_urls.urlpatterns]

handler400 = web_urls.handler400
handler403 = web_urls.handler403
handler404 = web_urls.handler404
handler500 = web_urls.handler500
