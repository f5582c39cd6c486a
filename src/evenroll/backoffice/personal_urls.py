"""The addresses of personal data, and of who looked at them."""

from evenroll.accounts.rules import page, staff
from evenroll.backoffice import personal
from evenroll.enrollment.roles import OrganizationKind
from evenroll.records.personal_looks import ADDRESS_LOOKERS, LOOKERS, READERS

_OF_ORDERS = staff(*ADDRESS_LOOKERS, kinds=frozenset({OrganizationKind.UTILITY}))

urlpatterns = [
    page("case/<str:number>/personal/", personal.of_case, name="desk-personal", who=staff(*LOOKERS)),
    page("order/<str:number>/address/", personal.of_order, name="desk-order-address", who=_OF_ORDERS),
    page("looks/", personal.looked, name="desk-looks", who=staff(*READERS)),
]
