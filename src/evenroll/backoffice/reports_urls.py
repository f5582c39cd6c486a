"""The addresses of the report of an organization, of the rows behind its numbers, and of its figures as a file."""

from evenroll.accounts.rules import page, staff
from evenroll.backoffice import reports, reports_rows
from evenroll.enrollment.roles import OrganizationKind, Role

_KINDS = frozenset({OrganizationKind.UTILITY, OrganizationKind.SUPPLIER})
_WHO = staff(Role.PROGRAM_MANAGER, Role.SUPERVISOR, Role.ENROLLMENT_DESK, Role.AUDITOR, kinds=_KINDS)

urlpatterns = [
    page("reports/", reports.reports, name="desk-reports", who=_WHO),
    page("reports/rows/", reports_rows.rows, name="desk-report-rows", who=_WHO),
    page("reports.csv", reports.figures, name="desk-figures", who=_WHO),
]
