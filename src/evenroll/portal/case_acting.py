"""A command of a customer on its way: its questions, the check of the answers, and giving it once."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404

from evenroll.accounts import wired
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.commands import COMMANDS, Record
from evenroll.enrollment.decided import Refusal, RefusalCode
from evenroll.enrollment.roles import Actor
from evenroll.intake.said_command import asked_with
from evenroll.intake.said_values import SaidWrong
from evenroll.pages.formats import day
from evenroll.pages.texts import render
from evenroll.pages.web_request import PageRequest, person_of
from evenroll.pages.web_said import said, said_or_own
from evenroll.pages.web_widgets import SummaryList, SummaryRow
from evenroll.portal.case_changes import EVERY_QUESTION
from evenroll.portal.case_offers import TAKES_PAPERS
from evenroll.portal.case_papers import own_papers, with_papers
from evenroll.portal.case_questions import Questions
from evenroll.portal.case_reading import OwnCase, own_case
from evenroll.records.asked import Asked, Taken
from evenroll.records.papers import PaperRow
from evenroll.worker.asking import PartnerNotReached
from evenroll.worker.giving import give
from evenroll.worker.mailing import run_and_tell

STEPS_BEHIND = 200
"""How much of what follows from a command a demo does before the page is shown; an installation has workers for it."""
KEY_MAX = 60
_OTHER_HAND = frozenset({RefusalCode.CASE_MOVED_ON, RefusalCode.NOT_IN_STATE})


@dataclass(frozen=True, kw_only=True, slots=True)
class Act:
    """A command of a case while it is asked for. version, key: as the first page of it was made with."""

    own: OwnCase
    name: CommandName
    form: Questions
    version: int
    key: str
    step: str
    papers: Sequence[PaperRow] = ()

    @property
    def is_possible(self) -> bool:
        """Whether it can be done now; what another hand did may have ended that."""
        return self.name in self.own.possible

    @property
    def is_to_check(self) -> bool:
        """Whether the answers are there and are shown to be checked."""
        return not self.form.fields or (self.step in ("check", "confirm") and self.form.is_valid())

    def hidden(self) -> Sequence[tuple[str, str]]:
        """The answers as they were sent, for the form that confirms them."""
        data: Any = self.form.data
        names = [self.form.add_prefix(name) for name in self.form.fields]
        return [(name, str(value)) for name in names for value in _values(data, name)]


@dataclass(frozen=True, kw_only=True, slots=True)
class NotDone:
    """Why a command was not done, as a sentence. is_moved: somebody was faster; status: of HTTP."""

    text: str
    is_moved: bool
    status: int


def act_of(request: PageRequest, number: str, name: str) -> Act:
    """The command that is asked for. Raises Http404 for a case that is not theirs and a command that has no page."""
    own = own_case(request, number)
    try:
        command = CommandName(name)
        questions = EVERY_QUESTION[command]
    except (ValueError, KeyError):
        raise Http404 from None
    sent = request.POST if request.method == "POST" else {}
    step = sent.get("step", "")
    given: dict[str, Any] = {"data": sent} if step in ("check", "confirm", "edit") else {}
    papers = own_papers(own) if command in TAKES_PAPERS else ()
    return Act(
        own=own,
        name=command,
        form=questions(
            **given, case=own.case, program=own.program, today=own.today, papers=papers, language=request.language
        ),
        version=_version(sent.get("version", ""), own.version),
        key=sent.get("key", "")[:KEY_MAX] or secrets.token_urlsafe(16),
        step=step,
        papers=papers,
    )


def _version(text: str, now: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else now


def give_act(request: PageRequest, act: Act) -> NotDone | None:
    """Give the command; None when it is done, else why not."""
    who, asked = person_of(request).acts, None
    try:
        asked, who = _asked(act, who)
        installation = wired.installation()
        answer = give(installation, actor=who, name=act.name, asked=asked, now=act.own.now)
    except SaidWrong:
        return NotDone(text=said(request, "case_page.cannot_read"), is_moved=False, status=422)
    except PartnerNotReached:
        return NotDone(text=said(request, "case_page.away"), is_moved=False, status=503)
    if isinstance(answer, Refusal):
        return _refused(request, answer)
    if settings.EVENROLL_WEB.is_demo:
        run_and_tell(installation, now=act.own.now, limit=STEPS_BEHIND)
    request.session["done"] = _told(act, answer)
    return None


def _told(act: Act, answer: Taken) -> dict[str, Any]:
    return {"case": act.own.case.number, "command": act.name.value, "events": list(answer.events)}


def _asked(act: Act, who: Actor) -> tuple[Asked, Actor]:
    """The command as this door asks it, and as whom: a service order is in the books of its utility."""
    case = act.own.case
    values = act.form.values() if act.form.fields and act.form.is_valid() else {}
    of_order = COMMANDS[act.name].record is Record.SERVICE_ORDER and case.order is not None
    number = case.order.number if of_order and case.order else case.number
    asked = asked_with(act.name, number=number, values=values, form=case.form, now=act.own.now, today=act.own.today)
    asked = replace(asked, command=with_papers(asked.command, act.papers))
    if of_order and case.order:
        return replace(asked, key=act.key), replace(who, organization=case.order.utility)
    return replace(asked, key=act.key, seen=act.version), who


def _refused(request: PageRequest, answer: Refusal) -> NotDone:
    text = render(answer.code, language=request.language, parameters=dict(answer.parameters))
    moved = answer.code in _OTHER_HAND
    return NotDone(text=text, is_moved=moved, status=409 if moved else 422)


def answers_of(request: PageRequest, act: Act) -> SummaryList:
    """The answers as they are checked."""
    rows = [
        SummaryRow(name=said_or_own(str(act.form[name].label), language=request.language), value=shown)
        for name, value in _cleaned(act.form).items()
        if (shown := _shown(request, act.form, name, value))
    ]
    return SummaryList(rows=rows)


def _cleaned(form: forms.Form) -> Mapping[str, Any]:
    return form.cleaned_data if form.fields and form.is_valid() else {}


def _shown(request: PageRequest, form: forms.Form, name: str, value: Any) -> str:
    language = request.language
    if isinstance(value, date):
        return day(value, language=language)
    labels: Mapping[str, str] = dict(getattr(form.fields[name], "choices", ()))
    values = (
        [str(each) for each in value if each is not None]
        if isinstance(value, list)
        else ["" if value is None else str(value)]
    )
    return ", ".join(said_or_own(str(labels.get(each, each)), language=language) for each in values if each)


def _values(data: Any, name: str) -> Sequence[Any]:
    return data.getlist(name) if hasattr(data, "getlist") else [data[name]] if name in data else []
