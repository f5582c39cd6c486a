"""The question for papers in an application: files and photos of what the program asks for, kept with the draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.core.exceptions import ValidationError

from evenroll.enrollment.papers import PaperKind, documents_of
from evenroll.pages.texts import key_of
from evenroll.pages.web_request import PageRequest
from evenroll.pages.web_said import said
from evenroll.pages.web_widgets import Button
from evenroll.portal.enroll_forms import QuestionForm
from evenroll.portal.paper_forms import PapersField, asked_by, mark_too_large
from evenroll.programs.program import ProgramVersion
from evenroll.records.draft_papers import DRAFT_PAPERS_MAX, add_draft_papers, draft_papers, remove_draft_paper
from evenroll.records.drafts import Draft
from evenroll.records.papers import PapersFull, PaperToKeep

_FILES, _PHOTO = "file", "photo"


class PapersForm(QuestionForm):
    """Files, or photos taken on the spot, of each paper that the program asks for."""

    columns: ClassVar[tuple[str, ...]] = ("documents",)

    def add_questions(self, program: ProgramVersion) -> None:
        """Two for each paper: choosing files, and the camera."""
        for each in sorted(asked_by(program)):
            self.fields[f"{_FILES}_{each.value}"] = PapersField(label=key_of(each), hint="papers.files_hint")
            self.fields[f"{_PHOTO}_{each.value}"] = PapersField(
                label="papers.photos", hint="papers.photos_hint", camera=True
            )

    def clean(self) -> dict[str, Any]:
        """At least one, or some are there already."""
        given = super().clean()
        if not self.errors and not self.papers and not self.before:
            self.add_error(next(iter(self.fields)), ValidationError("papers.none_chosen"))
        return given

    @property
    def papers(self) -> Sequence[PaperToKeep]:
        """What was given, each said to be what it was asked as."""
        found: Mapping[str, Any] = self.cleaned_data
        return tuple(
            PaperToKeep(
                kind=PaperKind(name.split("_", 1)[1]), media=each.media.value, content=each.content, name=each.name
            )
            for name, papers in found.items()
            for each in papers or ()
        )

    @property
    def before(self) -> frozenset[str]:
        """The documents that were there."""
        return frozenset(filter(None, self.cells_before.get("documents", "").split(";")))

    def cells(self) -> dict[str, str]:
        """Which documents are there."""
        given = self.cleaned_data if self.is_bound and hasattr(self, "cleaned_data") else {}
        kinds = [PaperKind(name.split("_", 1)[1]) for name, papers in given.items() if papers]
        return {"documents": ";".join(sorted({*self.before, *(each.value for each in documents_of(kinds))}))}


def with_papers_kept(request: PageRequest, draft: Draft, form: QuestionForm) -> bool:
    """Keep what a valid form brought, if it is the one for papers; whether the answers can be saved."""
    if not isinstance(form, PapersForm):
        return True
    if mark_too_large(request, form, field=next(iter(form.fields))):
        return False
    try:
        add_draft_papers(draft, form.papers)
    except PapersFull:
        form.add_error(next(iter(form.fields)), ValidationError("papers.full", params={"most": DRAFT_PAPERS_MAX}))
        return False
    return True


def without_removed(draft: Draft, number: str) -> dict[str, str]:
    """Take a paper back; which documents are there still. number: as a button of the page sends it."""
    if number.isascii() and number.isdigit():
        remove_draft_paper(draft, int(number[:19]))
    return {"documents": ";".join(documents_in(draft))}


def documents_in(draft: Draft) -> Sequence[str]:
    """The documents among the papers of a draft."""
    return sorted(each.value for each in documents_of([row.paper.kind for row in draft_papers(draft)]))


def papers_shown(request: PageRequest, draft: Draft) -> Sequence[tuple[str, str, Button]]:
    """What is there: what it is, its name, and a button that takes it back."""
    return [
        (
            said(request, each.paper.kind),
            each.paper.name,
            Button(text=said(request, "papers.remove"), name="remove", value=str(each.id), is_secondary=True),
        )
        for each in draft_papers(draft)
    ]
