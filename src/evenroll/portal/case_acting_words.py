"""The page of a command in words: what it means, its questions or the answers to check, and why it was not done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.urls import reverse

from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.leaving import lockout_end
from evenroll.pages.web_request import PageRequest
from evenroll.pages.web_said import said
from evenroll.pages.web_widgets import Button, Notice, Tone
from evenroll.portal.case_acting import Act, NotDone, answers_of
from evenroll.portal.case_offers import TAKES_PAPERS

_WARNS = frozenset({C.WITHDRAW, C.RESCIND, C.UNENROLL, C.END_CONSENT})
"""What is not taken back by itself: its button looks like a warning."""


def act_page(request: PageRequest, act: Act, not_done: NotDone | None) -> dict[str, Any]:
    """What the template of a command shows."""
    if not_done is None and not act.is_possible:
        not_done = NotDone(text=said(request, "case_page.not_now"), is_moved=True, status=200)
    confirms = act.is_to_check and act.step != "edit"
    return {
        "act": act,
        "title": said(request, act.name),
        "back": reverse("case", args=(act.own.case.number,)),
        "meaning": meaning(request, act),
        "confirms": confirms,
        "answers": answers_of(request, act) if confirms and act.form.fields else None,
        "hidden": act.hidden() if confirms else (),
        "notice": _notice(request, not_done),
        "is_over": not_done is not None and not_done.is_moved,
        "button": Button(
            text=said(request, act.name) if confirms else said(request, "case_page.go_on"),
            name="step",
            value="confirm" if confirms else "check",
            is_warning=confirms and act.name in _WARNS,
        ),
        "edit": Button(text=said(request, "case_page.edit"), name="step", value="edit", is_secondary=True),
        "papers": _papers(request, act),
        "to_case": Button(text=said(request, "case_page.to_case"), href=reverse("case", args=(act.own.case.number,))),
    }


def _papers(request: PageRequest, act: Act) -> Button | None:
    """Where papers are sent that this command may need."""
    if act.name not in TAKES_PAPERS or act.is_to_check:
        return None
    text = said(request, "papers.send_more" if act.papers else "papers.send_first")
    return Button(text=text, href=reverse("case-papers", args=(act.own.case.number,)), is_secondary=bool(act.papers))


def meaning(request: PageRequest, act: Act) -> Sequence[str]:
    """What the command does and what follows from it, before it is given."""
    return [said(request, f"act_means.{act.name.value}"), *_consequences(request, act)]


def _consequences(request: PageRequest, act: Act) -> Iterator[str]:
    """What is of this case alone: its days."""
    case, program = act.own.case, act.own.program
    terms = case.agreement
    if act.name is C.RESCIND and terms is not None:
        yield said(request, "act_more.rescind_until", until_on=terms.rescission_ends_on)
    if act.name is not C.UNENROLL:
        return
    if terms is not None and terms.minimum_stay_ends_on is not None and terms.minimum_stay_ends_on > act.own.today:
        yield said(request, "act_more.stay_until", until_on=terms.minimum_stay_ends_on)
    again_on = lockout_end(program, ended_on=act.own.today) if program is not None else act.own.today
    if again_on > act.own.today:
        yield said(request, "act_more.lockout", until_on=again_on)


def _notice(request: PageRequest, not_done: NotDone | None) -> Notice | None:
    if not_done is None:
        return None
    return Notice(title=said(request, "case_page.not_done"), text=not_done.text, tone=Tone.TROUBLE)
