"""The addresses of advice: about every program for everybody, about the own case for its customer."""

from evenroll.accounts.rules import CUSTOMERS, PORTAL, page
from evenroll.portal import guide

urlpatterns = [
    page("programs/<str:program>/equipment", guide.equipment, name="program-equipment", who=PORTAL),
    page("programs/<str:program>/settings", guide.settings, name="program-settings", who=PORTAL),
    page("programs/<str:program>/cheap-hours.ics", guide.hours, name="program-hours", who=PORTAL),
    page("cases/<str:number>/equipment", guide.case_equipment, name="case-program-equipment", who=CUSTOMERS),
    page("cases/<str:number>/settings", guide.case_settings, name="case-program-settings", who=CUSTOMERS),
    page("cases/<str:number>/cheap-hours.ics", guide.case_hours, name="case-program-hours", who=CUSTOMERS),
]
