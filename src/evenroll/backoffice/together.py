"""One command for many rows of the queue: chosen, asked for what it needs, tried, done, each row with its result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from django import forms
from django.http import Http404, HttpResponse, QueryDict
from django.views.decorators.http import require_http_methods

from evenroll.backoffice.act_forms import KEY, SEEN, ActForm, act_form
from evenroll.backoffice.act_shown import notice_of
from evenroll.backoffice.chosen import ROWS_MAX, Chosen, chosen_rows, helping, is_for_many
from evenroll.backoffice.doable import WARNED, new_key
from evenroll.backoffice.giving import asked_by, follow
from evenroll.backoffice.together_rows import ForMany, RowResult, RowTold, given_and_noted, tried_rows
from evenroll.backoffice.together_shown import counted, results_table, rows_list
from evenroll.backoffice.undoing import batch_to_undo, way_back
from evenroll.backoffice.ways import desk_page
from evenroll.enrollment.command_names import CommandName
from evenroll.intake.said_values import SaidWrong
from evenroll.pages.web_request import PageRequest, person_of, viewer_of
from evenroll.pages.web_said import said
from evenroll.pages.web_widgets import Notice, Tone
from evenroll.records.asked import Asked
from evenroll.records.desk_batches import Batch, acted_since
from evenroll.records.desk_rows import standing_of
from evenroll.records.organizations import open_organization


class Step(StrEnum):
    """How far the asking for many is. CHOOSE: rows are there; ASK: a command too; TRY: its answers; DO: confirmed."""

    CHOOSE = "choose"
    ASK = "ask"
    TRY = "try"
    DO = "do"


_AGAIN: Final = frozenset({RowResult.NOT_YET, RowResult.AWAY, RowResult.FAILED})
"""Results that may be others when all is sent once more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Wanted:
    """What is wanted for which rows. undone: what this undoes, where it does."""

    name: CommandName
    rows: Sequence[Chosen]
    form: ActForm
    undone: Batch | None = None

    @property
    def has_questions(self) -> bool:
        return bool(set(self.form.fields) - {KEY, SEEN})


@require_http_methods(["GET", "HEAD", "POST"])
def together(request: PageRequest) -> HttpResponse:
    """One command for many records."""
    undone = batch_to_undo(request) if request.method == "POST" else None
    rows = _rows(request, undone) if request.method == "POST" else ()
    if not rows:
        return _page(request, "none", {}, status=200 if request.method != "POST" else 422)
    step = request.POST.get("step", "")
    if step not in (Step.ASK, Step.TRY, Step.DO):
        return _choose(request, rows)
    name = _command(request)
    if name is None:
        return _choose(request, rows, is_missing=True)
    wanted = _Wanted(name=name, rows=rows, form=_form(request, name, Step(step)), undone=undone)
    is_asked = wanted.has_questions and (step == Step.ASK or not wanted.form.is_valid())
    return _ask(request, wanted) if is_asked else _tried_or_done(request, wanted, is_done=step == Step.DO)


def _rows(request: PageRequest, undone: Batch | None) -> Sequence[Chosen]:
    """The rows that a form names; those of what is to be undone, where it says that and names none itself."""
    if undone is None or request.POST.get("rows"):
        return chosen_rows(request)
    return [Chosen(record=record, seen=seen) for record, seen in undone.records.items()]


def _command(request: PageRequest) -> CommandName | None:
    """The command of a form; None where none was chosen. A page that is not there for one that is not for many."""
    text = request.POST.get("command", "")
    if not text:
        return None
    if text not in CommandName.__members__.values():
        raise Http404
    if not is_for_many(CommandName(text), role=person_of(request).role):
        raise Http404
    return CommandName(text)


def _form(request: PageRequest, name: CommandName, step: Step) -> ActForm:
    """The answers; a key of its own begins with them."""
    if step is Step.ASK:
        made = act_form(name)
        return made(initial={KEY: new_key()}) if set(made.base_fields) - {KEY, SEEN} else made({KEY: new_key()})
    return act_form(name)(request.POST)


def _choose(request: PageRequest, rows: Sequence[Chosen], *, is_missing: bool = False) -> HttpResponse:
    records = [each.record for each in rows]
    standing = standing_of(viewer_of(request), records=records)
    found = helping(standing, records, role=person_of(request).role)
    choices = [
        (name.value, said(request, "work.for_some", what=said(request, name), some=count, all=len(rows)))
        for name, count in found.items()
    ]
    form = forms.Form({} if is_missing else None)
    form.fields["command"] = forms.ChoiceField(
        label="work.which",
        choices=choices,
        widget=forms.RadioSelect,
        error_messages={"required": "work.which_missing"},
    )
    context = {
        "form": form,
        "rows_text": " ".join(each.written for each in rows),
        "choices": choices,
        "rows": rows_list(rows),
        "count": len(rows),
        "max": ROWS_MAX,
    }
    return _page(request, "choose", context, status=422 if is_missing else 200)


def _ask(request: PageRequest, wanted: _Wanted) -> HttpResponse:
    return _page(request, "ask", _asked_again(wanted), status=422 if wanted.form.errors else 200)


def _tried_or_done(request: PageRequest, wanted: _Wanted, *, is_done: bool) -> HttpResponse:
    """Raises Http404 for a form that this site did not make."""
    if not wanted.form.is_valid():
        raise Http404
    many = _for_many(request, wanted)
    if isinstance(many, SaidWrong):
        return _page(request, "ask", {**_asked_again(wanted), "notice": notice_of(request, many)}, status=422)
    batch = None
    if is_done:
        results, batch = given_and_noted(many, wanted.rows)
        follow()
    else:
        results = _tried(request, many, wanted)
    left = [each.chosen for each in results if each.result in _AGAIN]
    going = [each.chosen for each in results if each.result is RowResult.POSSIBLE or each.result in _AGAIN]
    # What is done is not sent again: to answer it once more takes time, too.
    rows = left if is_done else going
    context = {
        **_sent(replace(wanted, rows=rows)),
        "answers": _answers(wanted.form),
        "table": results_table(request, results),
        "notice": _summary(request, counted(request, results), is_done=is_done, is_whole=not left),
        "back": None if batch is None else way_back(request, batch),
        "can_go_on": bool(left if is_done else going),
        "going": len(left if is_done else going),
    }
    return _page(request, "done" if is_done else "tried", context)


def _tried(request: PageRequest, many: ForMany, wanted: _Wanted) -> Sequence[RowTold]:
    """What would become of each row; where something is undone, a row on which a person acted since is left alone."""
    noted = wanted.undone.records if wanted.undone else {}
    known = {each.record: noted[each.record] for each in wanted.rows if each.record in noted}
    aside = acted_since(many.actor, records=known)
    results = tried_rows(many, _as_it_stands(request, [each for each in wanted.rows if each.record not in aside]))
    moved = [each for each in wanted.rows if each.record in aside]
    return [*results, *(RowTold(chosen=each, result=RowResult.MOVED) for each in moved)]


def _asked_again(wanted: _Wanted) -> dict[str, object]:
    return {**_sent(wanted), "questions": [wanted.form[each] for each in wanted.form.fields if each != SEEN]}


def _for_many(request: PageRequest, wanted: _Wanted) -> ForMany | SaidWrong:
    person = person_of(request)
    with open_organization(person.organization) as opened:
        calendar = opened.calendar

    def asked(number: str) -> Asked:
        return asked_by(wanted.name, wanted.form, number=number, before=None, calendar=calendar)

    try:
        asked(wanted.rows[0].record.key)
    except SaidWrong as wrong:
        return wrong
    return ForMany(name=wanted.name, actor=person.acts, asked=asked, key=wanted.form.cleaned_data[KEY])


def _as_it_stands(request: PageRequest, rows: Sequence[Chosen]) -> list[Chosen]:
    """The rows as they stand now: what is tried and told is what is done, or nothing."""
    standing = standing_of(viewer_of(request), records=[each.record for each in rows])
    return [
        replace(each, seen=standing[each.record].version if each.record in standing else each.seen) for each in rows
    ]


def _answers(form: ActForm) -> list[tuple[str, str]]:
    """What was answered, as hidden parts of the next form."""
    data = form.data
    lists = data.lists() if isinstance(data, QueryDict) else [(name, [value]) for name, value in data.items()]
    return [(name, value) for name, values in lists if name in form.fields for value in values]


def _sent(wanted: _Wanted) -> dict[str, object]:
    return {
        "name": wanted.name,
        "form": wanted.form,
        "is_warned": wanted.name in WARNED,
        "undone": wanted.undone,
        **_sent_rows(wanted.rows),
    }


def _sent_rows(rows: Sequence[Chosen]) -> dict[str, object]:
    return {"rows_text": " ".join(each.written for each in rows), "rows": rows_list(rows), "count": len(rows)}


def _summary(request: PageRequest, counts: str, *, is_done: bool, is_whole: bool) -> Notice:
    if not is_done:
        return Notice(title=said(request, "work.tried_title"), text=counts)
    title = said(request, "work.done_title" if is_whole else "work.done_part")
    return Notice(title=title, text=counts, tone=Tone.GOOD if is_whole else Tone.WAITING)


def _page(request: PageRequest, part: str, context: dict[str, object], *, status: int = 200) -> HttpResponse:
    return desk_page(request, "backoffice/together.html", {**context, "part": part}, status=status)
