"""The addresses of the program office: what is on the shelf, drafts, their difference, their look, their publishing."""

from evenroll.accounts.rules import page, staff
from evenroll.backoffice import catalog
from evenroll.enrollment.roles import OrganizationKind, Role

_WHO = staff(Role.PROGRAM_MANAGER, kinds=frozenset({OrganizationKind.UTILITY, OrganizationKind.SUPPLIER}))

urlpatterns = [
    page("programs/", catalog.shelf, name="desk-programs", who=_WHO),
    page("programs/draft/", catalog.write, name="desk-draft-new", who=_WHO),
    page("programs/draft/<int:draft>/", catalog.look, name="desk-draft", who=_WHO),
    page("programs/draft/<int:draft>/preview/", catalog.preview, name="desk-draft-preview", who=_WHO),
    page("programs/draft/<int:draft>/<str:decides>/", catalog.decide, name="desk-draft-decide", who=_WHO),
]
