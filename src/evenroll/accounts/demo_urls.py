"""The addresses of a demo only."""

from evenroll.accounts import views
from evenroll.accounts.rules import ANYBODY, page

urlpatterns = [page("demo/people", views.people, name="demo-people", who=ANYBODY)]
