"""The addresses of a case, of its service order, and of the commands that are given to them."""

from evenroll.accounts.rules import page, staff
from evenroll.backoffice import act, case, order
from evenroll.enrollment.roles import OrganizationKind, Role

_OF_CASES = staff(Role.ENROLLMENT_DESK, Role.SUPERVISOR, Role.PROGRAM_MANAGER, Role.BILLING)
_OF_ORDERS = staff(
    *(Role.METER_OFFICE, Role.METER_CREW, Role.BILLING, Role.SUPERVISOR, Role.ENROLLMENT_DESK),
    kinds=frozenset({OrganizationKind.UTILITY}),
)

urlpatterns = [
    page("case/<str:number>/", case.case, name="desk-case", who=_OF_CASES),
    page("case/<str:number>/do/<str:command>/", act.of_case, name="desk-case-act", who=_OF_CASES),
    page("order/<str:number>/", order.order, name="desk-order", who=_OF_ORDERS),
    page("order/<str:number>/do/<str:command>/", act.of_order, name="desk-order-act", who=_OF_ORDERS),
]
