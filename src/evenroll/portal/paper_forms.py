"""Files and photos of papers in a form: several at once, each read by its content and kept as written anew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from evenroll.enrollment.papers import PaperKind
from evenroll.intake.paper_reading import BYTES_MAX, FILES_MAX, CleanPaper, PaperFault, PaperRefused, clean_paper
from evenroll.pages.web_uploads import UPLOAD_BYTES_MAX, is_too_large
from evenroll.programs.program import ProgramVersion
from evenroll.programs.rules import RuleKind
from evenroll.records.papers import PaperToKeep

# Without heic: a phone that is not offered it hands over a JPEG by itself.
_ACCEPT: Final = "application/pdf,image/jpeg,image/png"
_MIB: Final = 1024 * 1024


class _ManyFiles(forms.FileInput):
    allow_multiple_selected = True


class PapersField(forms.FileField):
    """Any number of files, up to FILES_MAX; its value is what is kept of them."""

    def __init__(self, *, label: str, hint: str = "", camera: bool = False) -> None:
        attrs = {"accept": "image/jpeg,image/png" if camera else _ACCEPT, "multiple": ""}
        if camera:
            attrs["capture"] = "environment"
        super().__init__(label=label, help_text=hint, required=False, widget=_ManyFiles(attrs=attrs))

    def clean(self, data: Any, initial: Any = None) -> list[CleanPaper]:
        """What is kept of each. Raises ValidationError that names the first that is not taken."""
        files = [each for each in (data if isinstance(data, list) else [data]) if each]
        if len(files) > FILES_MAX:
            raise ValidationError(f"papers.fault_{PaperFault.TOO_MANY}", params={"most": FILES_MAX})
        return [_cleaned(each) for each in files]


def _cleaned(upload: Any) -> CleanPaper:
    try:
        if upload.size > BYTES_MAX:
            raise PaperRefused(PaperFault.TOO_LARGE)
        return clean_paper(upload.read(), name=str(upload.name))
    except PaperRefused as refused:
        given = {"name": str(upload.name)[-60:], "most": BYTES_MAX // _MIB}
        raise ValidationError(f"papers.fault_{refused.fault}", params=given) from None


class FilesForm(forms.Form):
    """Files chosen, or photos taken on the spot."""

    papers = PapersField(label="papers.files", hint="papers.files_hint")
    photos = PapersField(label="papers.photos", hint="papers.photos_hint", camera=True)

    def clean(self) -> dict[str, Any]:
        """At least one."""
        if not self.errors and not self.given:
            self.add_error("papers", ValidationError("papers.none_chosen"))
        return self.cleaned_data

    @property
    def given(self) -> Sequence[CleanPaper]:
        """All of both questions, in order."""
        said = self.cleaned_data
        return (*said.get("papers", ()), *said.get("photos", ()))

    def as_kind(self, kind: PaperKind) -> Sequence[PaperToKeep]:
        """What is to be kept, said to be of this kind."""
        return tuple(
            PaperToKeep(kind=kind, media=each.media.value, content=each.content, name=each.name) for each in self.given
        )


def asked_by(program: ProgramVersion) -> frozenset[PaperKind]:
    """The papers that a program asks every applicant for."""
    ruled = {value for rule in program.rules if rule.kind is RuleKind.DOCUMENT_PRESENT for value in rule.params.values}
    named = ruled | {each.value for each in program.documents}
    return frozenset(each for each in PaperKind if each.value in named)


def mark_too_large(request: HttpRequest, form: forms.Form, *, field: str) -> bool:
    """Whether the request was too large to be read at all; the form says so."""
    if not is_too_large(request):
        return False
    form.errors.clear()
    form.add_error(field, ValidationError("papers.all_too_large", params={"most": UPLOAD_BYTES_MAX // _MIB}))
    return True
