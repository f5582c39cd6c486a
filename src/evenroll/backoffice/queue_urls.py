"""The addresses of the queue, which is the desk's first page, and of the search."""

from evenroll.accounts.rules import ALL_STAFF, page
from evenroll.backoffice import queue

urlpatterns = [page("", queue.queue, name="desk-start", who=ALL_STAFF)]
