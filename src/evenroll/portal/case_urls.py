"""The addresses of a customer's cases."""

from evenroll.accounts.rules import CUSTOMERS, PORTAL, page
from evenroll.portal import case, case_messages, case_papers

urlpatterns = [
    page("cases", case.cases, name="find-case", who=PORTAL),
    page("cases/<str:number>", case.case, name="case", who=CUSTOMERS),
    page("cases/<str:number>/place", case.place, name="case-place", who=CUSTOMERS),
    page("cases/<str:number>/ledger", case.ledger, name="case-ledger", who=CUSTOMERS),
    page("cases/<str:number>/papers", case_papers.papers, name="case-papers", who=CUSTOMERS),
    page("cases/<str:number>/messages", case_messages.messages, name="case-messages", who=CUSTOMERS),
    page("cases/<str:number>/do/<str:name>", case.act, name="case-act", who=CUSTOMERS),
]
