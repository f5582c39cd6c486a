"""The addresses of a case, of its service order, and of the commands that are given to them."""

from evenroll.accounts.rules import page
from evenroll.backoffice import act, case, case_journal, claiming, order, papers
from evenroll.backoffice.who import OF_CASES, OF_ORDERS, OF_PAPERS, PROVERS, READ_CASES, READ_ORDERS

urlpatterns = [
    page("case/<str:number>/", case.case, name="desk-case", who=READ_CASES),
    page("case/<str:number>/journal/", case_journal.journal, name="desk-journal", who=PROVERS),
    page("case/<str:number>/proof.json", case_journal.proof, name="desk-proof", who=PROVERS),
    page("case/<str:number>/do/<str:command>/", act.of_case, name="desk-case-act", who=OF_CASES),
    page("case/<str:number>/claim/", claiming.of_case, name="desk-case-claim", who=OF_CASES),
    page("case/<str:number>/papers/", papers.papers, name="desk-papers", who=OF_PAPERS),
    page("order/<str:number>/", order.order, name="desk-order", who=READ_ORDERS),
    page("order/<str:number>/do/<str:command>/", act.of_order, name="desk-order-act", who=OF_ORDERS),
    page("order/<str:number>/claim/", claiming.of_order, name="desk-order-claim", who=OF_ORDERS),
]
