"""The addresses of enrolling."""

from evenroll.accounts.rules import PORTAL, page
from evenroll.portal import enroll, enroll_mail, enroll_resume, enroll_sent

urlpatterns = [
    page("enroll/", enroll.start, name="enroll-start", who=PORTAL),
    page("enroll/tasks", enroll.tasks, name="enroll-task-list", who=PORTAL),
    page("enroll/program", enroll.program, name="enroll-program", who=PORTAL),
    page("enroll/answer/<slug:name>", enroll.question, name="enroll-question", who=PORTAL),
    page("enroll/check", enroll.check, name="enroll-check", who=PORTAL),
    page("enroll/done", enroll.done, name="enroll-done", who=PORTAL),
    page("enroll/sent", enroll_sent.sent, name="enroll-sent", who=PORTAL),
    page("enroll/sent/correct", enroll_sent.correct, name="enroll-sent-correct", who=PORTAL),
    page("enroll/sent/papers", enroll_sent.papers, name="enroll-sent-papers", who=PORTAL),
    page("enroll/sent/withdraw", enroll_sent.withdraw, name="enroll-sent-withdraw", who=PORTAL),
    page("enroll/later", enroll_resume.later, name="enroll-later", who=PORTAL),
    page("enroll/later/mail", enroll_mail.mail_link, name="enroll-mail", who=PORTAL),
    page("enroll/account-holder", enroll_resume.holder, name="enroll-holder", who=PORTAL),
    page("enroll/back", enroll_resume.by_code, name="enroll-code", who=PORTAL),
    page("enroll/code", enroll_resume.by_code, name="enroll-letter", who=PORTAL),
    page("enroll/back/<str:link>", enroll_resume.by_link, name="enroll-link", who=PORTAL),
]
