"""An application as it is shown: the tasks and how far they are, the answers to check, what comes after sending."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from evenroll.enrollment.waits import WAITS, Wait
from evenroll.pages.formats import day
from evenroll.pages.texts import has
from evenroll.pages.web_request import PageRequest
from evenroll.pages.web_said import said
from evenroll.pages.web_widgets import Moment, Notice, SummaryList, SummaryRow, Tag, Task, TaskList, Timeline, Tone
from evenroll.portal.enroll_choice import in_words
from evenroll.portal.enroll_drafts import today_of
from evenroll.portal.enroll_forms import chosen, stated
from evenroll.portal.enroll_questions import Question, Standing
from evenroll.portal.enroll_texts import STEPS, QuestionName, TaskName
from evenroll.programs.program import Track
from evenroll.quantities.identifiers import OrganizationKey
from evenroll.records.drafts import Drafted
from evenroll.records.organizations import open_organization

_OPTIONAL = frozenset({QuestionName.HOME, QuestionName.PERSON, QuestionName.PROOF, QuestionName.VEHICLE})
_CODED = frozenset({"holder", "dwelling", "home", "drivetrain"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """The answers of one task."""

    title: str
    answers: SummaryList


def task_list(request: PageRequest, standing: Standing) -> TaskList:
    """The tasks, each with how far it is, and sending as the last one."""
    tasks = [_task(request, standing, each) for each in TaskName if standing.of(each)]
    is_ready = not standing.left
    status = "enroll.task_ready" if is_ready else "enroll.task_not_yet"
    last = Task(
        name=said(request, "enroll.task_check"),
        status=Tag(text=said(request, status), tone=Tone.WAITING if is_ready else Tone.PLAIN),
        href=reverse("enroll-check") if is_ready else "",
    )
    return TaskList(key="tasks", tasks=(*tasks, last))


def _task(request: PageRequest, standing: Standing, task: TaskName) -> Task:
    own = standing.of(task)
    left = [each for each in own if not standing.is_done(each)]
    if not left:
        status = Tag(text=said(request, "enroll.task_done"), tone=Tone.GOOD)
    elif len(left) < len(own):
        status = Tag(text=said(request, "enroll.task_begun"), tone=Tone.WAITING)
    else:
        status = Tag(text=said(request, "enroll.task_open"))
    first = (left or list(own))[0]
    return Task(
        name=said(request, f"enroll.task_{task.value}"),
        hint=said(request, f"enroll.task_{task.value}_hint"),
        status=status,
        href=reverse("enroll-question", args=[first.name]),
    )


def summaries(request: PageRequest, standing: Standing) -> Sequence[Group]:
    """Every answer by task, each with the way to change it."""
    found = [
        Group(
            title=said(request, f"enroll.task_{task.value}"),
            answers=SummaryList(
                rows=tuple(row for each in standing.of(task) for row in _rows(request, standing, each))
            ),
        )
        for task in TaskName
        if standing.of(task)
    ]
    return [*found, _by_sign_in(request)] if standing.is_proved_by_sign_in else found


def _by_sign_in(request: PageRequest) -> Group:
    row = SummaryRow(name=said(request, "enroll.answer_sign_in"), value=said(request, "enroll.by_sign_in"))
    return Group(title=said(request, "enroll.proof_that_it_is_you"), answers=SummaryList(rows=(row,)))


def _rows(request: PageRequest, standing: Standing, question: Question) -> Iterator[SummaryRow]:
    if question.name is QuestionName.TERMS:
        yield _row(
            request, question, "program", in_words(standing.program.name, request.language), href="enroll-program"
        )
    told = standing.draft.drafted.told
    for column, value in _answers(request, standing, question):
        source = f" ({said(request, f'enroll.told_{told[column]}')})" if column in told and value else ""
        yield _row(request, question, column, f"{value}{source}")


def _row(request: PageRequest, question: Question, column: str, value: str, *, href: str = "") -> SummaryRow:
    name = said(request, f"enroll.answer_{column}") if has(f"enroll.answer_{column}") else column.replace("_", " ")
    back = f"{reverse('enroll-question', args=[question.name])}?back=check"
    return SummaryRow(
        name=name,
        value=value,
        href=reverse(href) if href else back,
        change=said(request, "enroll.change"),
        change_what=f"({name})",
    )


def _answers(request: PageRequest, standing: Standing, question: Question) -> Iterator[tuple[str, str]]:
    cells = standing.cells
    if question.name is QuestionName.TERMS:
        yield from ((f"select_{key}", _option(request, option)) for key, option in chosen(cells).items())
        yield "terms", said(request, "enroll.terms_read")
    elif question.name is QuestionName.CONSENTS:
        for kind in standing.program.consents_required:
            yield f"consent_{kind.value}", _yes(request, kind.value in cells.get("consents", "").split(";"))
        yield "consents_hand_over", _yes(request, bool(cells.get("consents_hand_over")))
    elif question.name is QuestionName.VIN and cells.get("vehicle_on_order"):
        yield "vin", said(request, "enroll.vin_on_order")
    elif question.name is QuestionName.PAPERS:
        given = [said(request, f"paper.{each}") for each in cells.get("documents", "").split(";") if each]
        yield "documents", ", ".join(given) or said(request, "enroll.papers_later")
    elif question.name is QuestionName.STATEMENTS:
        yield from ((name, said(request, f"enroll.{answer}")) for name, answer in stated(cells).items())
        yield "equipment_bought_on", _answer(request, "equipment_bought_on", cells.get("equipment_bought_on", ""))
    else:
        shown = (each for each in question.columns if _is_shown(each, question, standing))
        yield from ((column, _answer(request, column, cells.get(column, ""))) for column in shown)


def _option(request: PageRequest, option: str) -> str:
    word = f"enroll.option_{option}"
    return said(request, word) if has(word) else option.replace("_", " ")


def _is_shown(column: str, question: Question, standing: Standing) -> bool:
    is_empty = not standing.cells.get(column)
    return column != "vehicle_on_order" and not (is_empty and question.name in _OPTIONAL)


def _answer(request: PageRequest, column: str, value: str) -> str:
    if not value:
        return said(request, "enroll.account_none" if column == "account_number" else "enroll.nothing_said")
    if column in _CODED:
        key = f"enroll.{column}_{value}"
        return said(request, key if has(key) else f"{column}.{value}")
    return f"${value}" if column == "last_bill_amount" else value


def _yes(request: PageRequest, is_so: bool) -> str:
    return said(request, "enroll.agreed" if is_so else "enroll.not_agreed")


def confirmation(request: PageRequest, drafted: Drafted) -> dict[str, object]:
    """The number, and what comes next with its last day, by the deadlines that hold for every case."""
    organization = OrganizationKey(drafted.cells["organization"])
    # On a line of its own: on a phone it would be broken at a hyphen.
    number = said(request, "enroll.done_number", case=f"\n{drafted.case}")
    panel = Notice(title=said(request, "enroll.done"), text=number, is_panel=True)
    sent_on = date.fromisoformat(drafted.sent_on) if drafted.sent_on else today_of(organization)
    steps = Timeline(moments=tuple(_steps(request, drafted, organization, sent_on)))
    return {"panel": panel, "case": drafted.case, "steps": steps, "sent_on": sent_on}


def _steps(request: PageRequest, drafted: Drafted, organization: OrganizationKey, sent_on: date) -> Iterator[Moment]:
    with open_organization(organization) as opened:
        calendar = opened.calendar
    yield Moment(title=said(request, "enroll.step_sent"), at=day(sent_on, language=request.language), is_now=True)
    until = sent_on
    for state in STEPS:
        until = calendar.add_business_days(until, WAITS[Track.CASE, state][Wait.STAFF].count)
        yield _ahead(request, f"enroll.step_{state.value}", until)
    if drafted.cells.get("vehicle_on_order"):
        yield Moment(
            title=said(request, "enroll.step_vin"),
            at=said(request, "enroll.when_it_comes"),
            text=said(request, "enroll.step_vin_text"),
            is_ahead=True,
        )


def _ahead(request: PageRequest, key: str, until: date) -> Moment:
    at = said(request, "enroll.until", day_on=until)
    return Moment(title=said(request, key), at=at, text=said(request, f"{key}_text"), is_ahead=True)
