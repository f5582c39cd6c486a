"""The addresses of signing out, which every installation has."""

from evenroll.accounts import views
from evenroll.accounts.rules import ANYBODY, page

urlpatterns = [page("sign-out", views.leave, name="sign-out", who=ANYBODY)]
