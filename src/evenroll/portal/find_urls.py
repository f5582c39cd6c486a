"""The addresses of finding a program, open to strangers."""

from evenroll.accounts.rules import PORTAL, page
from evenroll.portal import find, find_choosing, find_data, find_mail, find_told

urlpatterns = [
    page("find", find.place, name="find-program", who=PORTAL),
    page("find/vehicle", find.vehicle, name="find-vehicle", who=PORTAL),
    page("find/charging", find.charging, name="find-charging", who=PORTAL),
    page("find/billing", find.billing, name="find-billing", who=PORTAL),
    page("find/data", find_data.data, name="find-data", who=PORTAL),
    page("find/costs", find.costs, name="find-costs", who=PORTAL),
    page("find/chosen", find_choosing.chosen, name="find-chosen", who=PORTAL),
    page("find/costs.txt", find_told.saved, name="find-saved", who=PORTAL),
    page("find/mail", find_mail.mail, name="find-mail", who=PORTAL),
]
