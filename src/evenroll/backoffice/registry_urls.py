"""The addresses of the registry of supply: usage points, requests about them, and what its operator tells."""

from evenroll.accounts.rules import page, staff
from evenroll.backoffice import registry, registry_acts, switches
from evenroll.enrollment.roles import OrganizationKind, Role

_WHO = staff(Role.REGISTRY_OPERATOR, kinds=frozenset({OrganizationKind.CLEARINGHOUSE}))

urlpatterns = [
    page("registry/", registry.registry, name="desk-registry", who=_WHO),
    page("registry/point/<str:pod>/", registry.point, name="desk-point", who=_WHO),
    page("registry/point/<str:pod>/do/<str:tells>/", registry_acts.tell, name="desk-point-act", who=_WHO),
    page("registry/leave/", registry_acts.leave, name="desk-supplier-leaves", who=_WHO),
    page("switches/", switches.switches, name="desk-switches", who=_WHO),
    page("switches/<str:number>/", switches.switch, name="desk-switch", who=_WHO),
    page("switches/<str:number>/do/<str:command>/", switches.act, name="desk-switch-act", who=_WHO),
]
