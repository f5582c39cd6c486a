"""The addresses of the start page."""

from evenroll.accounts.rules import ANYBODY, page
from evenroll.portal import start

urlpatterns = [page("", start.start, name="portal-start", who=ANYBODY)]
