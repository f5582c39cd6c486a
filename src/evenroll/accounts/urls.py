"""The addresses of signing in and out, which every installation has."""

from evenroll.accounts import code_views, own_sign_in_views, passkey_views, staff_views, views
from evenroll.accounts.rules import ANYBODY, SIGNED_IN, page

urlpatterns = [
    page("sign-out", views.leave, name="sign-out", who=ANYBODY),
    page("sign-in", code_views.address, name="sign-in", who=ANYBODY),
    page("sign-in/code", code_views.code, name="sign-in-code", who=ANYBODY),
    page("sign-in/staff", staff_views.staff, name="sign-in-staff", who=ANYBODY),
    page("sign-in/invited/<str:secret>", staff_views.invitation, name="sign-in-invited", who=ANYBODY),
    page("sign-in/passkey", passkey_views.use, name="sign-in-passkey", who=ANYBODY),
    page("sign-in/passkeys/add", passkey_views.add, name="passkey-add", who=SIGNED_IN),
    page("sign-in/passkeys/remove", passkey_views.remove, name="passkey-remove", who=SIGNED_IN),
    page("sign-in/with/<slug:provider>", own_sign_in_views.go, name="sign-in-with", who=ANYBODY),
    page("sign-in/from/<slug:provider>", own_sign_in_views.back, name="sign-in-from", who=ANYBODY),
    page("sign-in/choose", code_views.choose, name="sign-in-choose", who=SIGNED_IN),
    page("sign-in/own", code_views.own, name="sign-in-own", who=SIGNED_IN),
    page("sign-out/one", code_views.leave_one, name="sign-out-one", who=SIGNED_IN),
    page("sign-out/everywhere", code_views.leave_everywhere, name="sign-out-everywhere", who=SIGNED_IN),
]
