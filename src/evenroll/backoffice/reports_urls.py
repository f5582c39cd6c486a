"""The addresses of the report of an organization, and of its figures as a file."""

from evenroll.accounts.rules import page, staff
from evenroll.backoffice import reports
from evenroll.enrollment.roles import OrganizationKind, Role

_WHO = staff(
    *(Role.PROGRAM_MANAGER, Role.SUPERVISOR, Role.ENROLLMENT_DESK, Role.AUDITOR),
    kinds=frozenset({OrganizationKind.UTILITY, OrganizationKind.SUPPLIER}),
)

urlpatterns = [
    page("reports/", reports.reports, name="desk-reports", who=_WHO),
    page("reports.csv", reports.figures, name="desk-figures", who=_WHO),
]
