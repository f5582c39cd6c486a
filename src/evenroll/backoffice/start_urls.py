"""The addresses of the desk's start page."""

from evenroll.accounts.rules import ALL_STAFF, page
from evenroll.backoffice import start

urlpatterns = [page("", start.start, name="desk-start", who=ALL_STAFF)]
