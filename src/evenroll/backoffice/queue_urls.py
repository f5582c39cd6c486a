"""The addresses of the queue, which is the desk's first page, and of the search."""

from evenroll.accounts.rules import ALL_STAFF, page, staff
from evenroll.backoffice import keys, queue, queue_file, search, together, undoing
from evenroll.enrollment.roles import METER_STAFF, STAFF, Role
from evenroll.records.desk_exports import READERS

SEARCHERS = staff(Role.ENROLLMENT_DESK, Role.SUPERVISOR, Role.PROGRAM_MANAGER, Role.BILLING, Role.AUDITOR)
IN_QUEUES = staff(*STAFF, *METER_STAFF, Role.BILLING)

urlpatterns = [
    page("", queue.queue, name="desk-start", who=ALL_STAFF),
    page("together/", together.together, name="desk-together", who=IN_QUEUES),
    page("together/before/", undoing.done_before, name="desk-done-before", who=IN_QUEUES),
    page("queue.csv", queue_file.queue_file, name="desk-queue-file", who=ALL_STAFF),
    page("taken/", queue_file.taken, name="desk-taken", who=staff(*READERS)),
    page("keys/", keys.keys, name="desk-keys", who=ALL_STAFF),
    page("search/", search.search, name="desk-search", who=SEARCHERS),
]
