"""The address of what a browser keeps."""

from evenroll.accounts.rules import ANYBODY, page
from evenroll.portal import staying

urlpatterns = [page("browser", staying.browser, name="this-browser", who=ANYBODY)]
