"""The addresses of the queue, which is the desk's first page, and of the search."""

from evenroll.accounts.rules import ALL_STAFF, page, staff
from evenroll.backoffice import queue, search
from evenroll.enrollment.roles import Role

SEARCHERS = staff(Role.ENROLLMENT_DESK, Role.SUPERVISOR, Role.PROGRAM_MANAGER, Role.BILLING)

urlpatterns = [
    page("", queue.queue, name="desk-start", who=ALL_STAFF),
    page("search/", search.search, name="desk-search", who=SEARCHERS),
]
