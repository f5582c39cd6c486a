"""What the pages of the program office show: the shelf, drafts, changes in words, and programs as applicants do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse

from evenroll.actions.draft_program import checked
from evenroll.backoffice.shown_parts import Looking
from evenroll.enrollment.form import Language
from evenroll.pages.formats import day, instant
from evenroll.pages.offer_words import terms_by_subject
from evenroll.pages.program_difference import FieldChange, all_fields, difference
from evenroll.pages.texts import render
from evenroll.pages.web_widgets import Cell, SummaryList, SummaryRow, Table, Tag, Tone
from evenroll.programs.catalog import CatalogRefused, is_published
from evenroll.programs.drafted import DRAFT_CHARACTERS_MAX, Drafted, DraftRefused
from evenroll.programs.program import ProgramVersion, is_open
from evenroll.programs.ranges import misfit
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.quantities.identifiers import OrganizationKey
from evenroll.records.program_drafts import Draft, DraftState

_STATE: Final = {
    DraftState.OPEN: "office.state_open",
    DraftState.PUBLISHED: "office.state_published",
    DraftState.WITHDRAWN: "office.state_withdrawn",
}


class DraftForm(forms.Form):
    """A catalog file, as text or as a file."""

    body = forms.CharField(
        label="office.body",
        help_text="office.body_hint",
        required=False,
        strip=False,
        max_length=DRAFT_CHARACTERS_MAX,
        widget=forms.Textarea(attrs={"rows": "20", "spellcheck": "false", "autocomplete": "off"}),
    )
    file = forms.FileField(label="office.file", help_text="office.file_hint", required=False)

    def clean(self) -> dict[str, Any]:
        """One of both, as UTF-8 text."""
        given = super().clean() or {}
        file = given.get("file")
        if file is not None and file.size > 4 * DRAFT_CHARACTERS_MAX:
            self.add_error("file", ValidationError("office.file_long"))
        elif file is not None:
            try:
                given["body"] = file.read().decode("utf-8")
            except UnicodeDecodeError:
                self.add_error("file", ValidationError("office.file_no_text"))
        elif not (given.get("body") or "").strip():
            self.add_error("body", ValidationError("office.body_required"))
        return given

    def text(self) -> str:
        """What was given, with the ends of lines that a browser changes as they are in files."""
        return self.cleaned_data["body"].replace("\r\n", "\n")


# A line may be as long as a draft.
_STANDS_MAX: Final = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Trouble:
    """Why a draft is refused. line, stands: where, and what stands there; reason: what the checker says, English."""

    text: str
    line: int = 0
    stands: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownChange:
    """What a draft changes of one program."""

    name: str
    title: str
    is_new: bool
    fields: Sequence[FieldChange]


@dataclass(frozen=True, kw_only=True, slots=True)
class PreviewPart:
    """Sentences under a heading."""

    heading: str
    sentences: Sequence[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """A program as applicants read it."""

    name: str
    owner: str
    kind: str
    summary: str
    parts: Sequence[PreviewPart]


def fault_words(wrong: DraftRefused | CatalogRefused, *, text: str, looking: Looking) -> Trouble:
    """Why a draft is refused, with the line where the checker found the first mistake."""
    if isinstance(wrong, DraftRefused):
        return Trouble(text=render(wrong.fault, language=looking.language, parameters=dict(wrong.parameters)))
    lines = text.splitlines()
    stands = lines[wrong.line - 1].strip()[:_STANDS_MAX] if 0 < wrong.line <= len(lines) else ""
    told = render("office.mistake", language=looking.language, parameters={"line": str(wrong.line)})
    return Trouble(text=told, line=wrong.line, stands=stands, reason=wrong.reason)


def told_changes(
    draft: Draft, *, organization: OrganizationKey, looking: Looking
) -> tuple[Sequence[ShownChange], Trouble | None]:
    """What a draft would change now; why it cannot be published any more, where it cannot."""
    try:
        found = checked(draft.body, organization=organization)
    except (DraftRefused, CatalogRefused) as wrong:
        return (), fault_words(wrong, text=draft.body, looking=looking)
    return [_shown_change(each, looking=looking) for each in found], None


def _shown_change(each: Drafted, *, looking: Looking) -> ShownChange:
    language, program, before = looking.language, each.program, each.before
    name = program.name.en if language is Language.EN else program.name.es
    parameters = {"program": program.key, "version": str(program.version)}
    if before is None:
        title = render("office.is_new", language=language, parameters=parameters)
        return ShownChange(name=name, title=title, is_new=True, fields=all_fields(program, language=language))
    title = render("office.follows", language=language, parameters={**parameters, "before": str(before.version)})
    return ShownChange(name=name, title=title, is_new=False, fields=difference(before, program, language=language))


def previews(found: Iterable[Drafted], *, owner: str, looking: Looking) -> Sequence[Preview]:
    """The programs of a draft as applicants read them."""
    return [_preview(each.program, owner=owner, language=looking.language) for each in found]


def _preview(program: ProgramVersion, *, owner: str, language: Language) -> Preview:
    is_english = language is Language.EN
    return Preview(
        name=program.name.en if is_english else program.name.es,
        owner=owner,
        kind=render(program.kind, language=language),
        summary=program.summary.en if is_english else program.summary.es,
        parts=[
            PreviewPart(heading=render(key, language=language), sentences=sentences)
            for key, sentences in terms_by_subject(program, language=language)
            if sentences
        ],
    )


def shelf_table(versions: Sequence[ProgramVersion], *, today: date, looking: Looking) -> Table:
    """Every version on the shelf, the latest of each program first."""
    heads = ("office.program", "office.version", "office.name", "office.kind", "office.standing", "office.review_by")
    ordered = sorted(versions, key=lambda each: (each.key, -each.version))
    latest = {each.key: each.version for each in versions}
    return Table(
        caption=looking.said("office.shelf"),
        is_caption_hidden=True,
        columns=[Cell(text=looking.said(each)) for each in heads],
        rows=[_shelf_cells(each, latest[each.key], today=today, looking=looking) for each in ordered],
        empty=looking.said("office.shelf_empty"),
    )


def _shelf_cells(program: ProgramVersion, latest: int, *, today: date, looking: Looking) -> list[Cell]:
    language = looking.language
    return [
        Cell(text=program.key),
        Cell(text=str(program.version)),
        Cell(text=program.name.en if language is Language.EN else program.name.es),
        Cell(text=render(program.kind, language=language)),
        Cell(text="", tag=_standing(program, latest, today=today, looking=looking)),
        Cell(text=day(program.review_by, language=language)),
    ]


def _standing(program: ProgramVersion, latest: int, *, today: date, looking: Looking) -> Tag:
    """How a version stands on a day."""
    if program.version < latest:
        return Tag(text=looking.said("office.older"))
    if misfit(program):
        return Tag(text=looking.said("office.left_out"), tone=Tone.TROUBLE)
    if is_published(program, on=today):
        return Tag(text=looking.said("office.offered"), tone=Tone.GOOD)
    if is_open(program, on=today):
        return Tag(text=looking.said("office.review_over"), tone=Tone.TROUBLE)
    return Tag(text=looking.said("office.not_offered"), tone=Tone.WAITING)


def drafts_table(found: Sequence[Draft], *, looking: Looking, calendar: ServiceCalendar) -> Table:
    """Drafts, those that are open first."""
    heads = ("office.draft", "office.programs", "office.drafted_by", "office.drafted_at", "office.state")
    zone = ZoneInfo(calendar.zone)
    return Table(
        caption=looking.said("office.drafts"),
        is_caption_hidden=True,
        columns=[Cell(text=looking.said(each)) for each in heads],
        rows=[
            [
                Cell(text=str(each.id), href=reverse("desk-draft", args=[each.id])),
                Cell(text=each.programs),
                Cell(text=each.drafted_by),
                Cell(text=instant(each.drafted_at, language=looking.language, zone=zone)),
                Cell(text=looking.said(_STATE[each.state])),
            ]
            for each in found
        ],
        empty=looking.said("office.no_drafts"),
    )


def draft_facts(found: Draft, *, looking: Looking, calendar: ServiceCalendar) -> SummaryList:
    """Who wrote a draft, and what became of it."""
    zone, language = ZoneInfo(calendar.zone), looking.language
    rows = [
        ("office.programs", found.programs),
        ("office.drafted_by", found.drafted_by),
        ("office.drafted_at", instant(found.drafted_at, language=language, zone=zone)),
        ("office.state", looking.said(_STATE[found.state])),
    ]
    if found.decided_by is not None and found.decided_at is not None:
        rows.append(("office.decided_by", found.decided_by))
        rows.append(("office.decided_at", instant(found.decided_at, language=language, zone=zone)))
    return SummaryList(rows=[SummaryRow(name=looking.said(name), value=value) for name, value in rows])
