"""The addresses that links of mails lead to."""

from evenroll.accounts.rules import ANYBODY, page
from evenroll.portal import mail_links

urlpatterns = [
    page("stop/<str:number>/<str:secret>", mail_links.stop, name="mail-stop", who=ANYBODY),
    page("not-me/<str:number>/<str:secret>", mail_links.not_me, name="mail-not-me", who=ANYBODY),
]
