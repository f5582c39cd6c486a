"""Why a command was not done, as a notice above its form."""

from __future__ import annotations

from evenroll.enrollment.decided import Refusal, RefusalCode
from evenroll.intake.said_values import SaidWrong
from evenroll.pages.texts import render
from evenroll.pages.web_request import PageRequest
from evenroll.pages.web_said import said
from evenroll.pages.web_widgets import Notice, Tone
from evenroll.worker.asking import PartnerNotReached


def notice_of(request: PageRequest, why: Refusal | PartnerNotReached | SaidWrong) -> Notice:
    """Why nothing was done, and what to do."""
    title = said(request, "desk.not_done")
    match why:
        case Refusal(code=RefusalCode.CASE_MOVED_ON):
            title, text = said(request, "work.moved_title"), said(request, "work.moved")
        case Refusal():
            text = render(why.code, language=request.language, parameters=dict(why.parameters))
        case PartnerNotReached():
            text = said(request, "desk.partner_away")
        case SaidWrong():
            text = said(request, "desk.said_wrong")
    return Notice(title=title, text=text, tone=Tone.TROUBLE)
