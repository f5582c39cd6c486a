"""The customer's own use from a file: read at once, kept as hours in the session, never as a file."""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from array import array
from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from evenroll.accounts import wired
from evenroll.accounts.limits import Door
from evenroll.comparison.own_use import OwnUse, use_of_file
from evenroll.costs.compare import Assumption, AssumptionCode
from evenroll.costs.usage import HourlyLoad
from evenroll.enrollment.form import Language
from evenroll.intake.file_shape import FileRefused
from evenroll.intake.load_cells import DateOrder
from evenroll.intake.own_load_words import OwnFileRefused
from evenroll.pages.web_fields import SAID
from evenroll.pages.web_request import PageRequest
from evenroll.pages.web_said import said
from evenroll.pages.web_uploads import UPLOAD_BYTES_MAX, is_too_large
from evenroll.pages.web_widgets import Button
from evenroll.portal.doors import limited
from evenroll.portal.find_answers import Answers
from evenroll.portal.find_asking import UseGiven
from evenroll.portal.find_forms import organization
from evenroll.quantities.calendars import ServiceCalendar, calendar

_KEPT: Final = "find_use"
_YEARS_KEPT: Final = 3
_NAME_MAX: Final = 60
_MIB: Final = 1024 * 1024
_ODD: Final = re.compile(r"[^\w .()-]+")
_ORDERS: Final = (
    (DateOrder.UNSAID.value, "find.dates_unsaid"),
    (DateOrder.MDY.value, "find.dates_mdy"),
    (DateOrder.DMY.value, "find.dates_dmy"),
)


class DataForm(forms.Form):
    """A file of use, and what is to be known to read it."""

    file = forms.FileField(
        label="find.file",
        help_text="find.file_hint",
        error_messages=dict.fromkeys(("required", "empty"), "find.file_required"),
    )
    meter = forms.CharField(label="find.meter", help_text="find.meter_hint", required=False, max_length=100)
    dates = forms.ChoiceField(label="find.dates", choices=_ORDERS, initial=DateOrder.UNSAID.value)


@require_http_methods(["GET", "HEAD", "POST"])
@limited(Door.UPLOAD)
def data(request: PageRequest) -> HttpResponse:
    """Give a file of one's own use, or take it back."""
    answers = Answers.of(request)
    if answers.next_page != "find-costs":
        return redirect(answers.next_page)
    if "forget" in request.POST:
        request.session.pop(_KEPT, None)
        return redirect("find-costs")
    form = DataForm(request.POST, request.FILES) if request.method == "POST" else DataForm()
    if form.is_bound and _is_taken(request, form, answers):
        return redirect("find-costs")
    go_on = Button(text=said(request, "find.file_send"))
    return render(request, "portal/find_data.html", {"form": form, "go_on": go_on})


def own_use_of(request: HttpRequest, *, answers: Answers, year: int) -> UseGiven | None:
    """The use of this browser's file; None where there is none, or it was read for other clocks or another year."""
    kept: Any = request.session.get(_KEPT)
    if not isinstance(kept, dict) or kept["calendar"] != organization(answers.utility).calendar or kept["year"] != year:
        return None
    return UseGiven(digest=hashlib.sha256(json.dumps(kept).encode()).hexdigest(), read=lambda: _use(kept))


def _use(kept: Any) -> OwnUse:
    return OwnUse(
        years=tuple(HourlyLoad(start_at=datetime.fromisoformat(at), wh=_opened(wh)) for at, wh in kept["years"]),
        assumptions=tuple(
            Assumption(code=AssumptionCode(code), parameters=given) for code, given in kept["assumptions"]
        ),
    )


def _is_taken(request: PageRequest, form: DataForm, answers: Answers) -> bool:
    """Keep the use that a file tells; an error of the form where it cannot be taken."""
    if is_too_large(request):
        form.errors.clear()
        form.add_error("file", ValidationError("find.file_too_large", params={"most": UPLOAD_BYTES_MAX // _MIB}))
    if not form.is_valid():
        return False
    utility = organization(answers.utility)
    year = calendar(utility.calendar).business_date(wired.business_now()).year
    try:
        use = _read(form, year=year, where=calendar(utility.calendar), language=request.language)
    except ValidationError as refused:
        form.add_error("file", refused)
        return False
    _keep(request, use, calendar_key=utility.calendar, year=year)
    return True


def _read(form: DataForm, *, year: int, where: ServiceCalendar, language: Language) -> OwnUse:
    """The use of the file, which is gone when this returns. Raises ValidationError with the reader's sentence."""
    upload: Any = form.cleaned_data["file"]
    dates, meter = DateOrder(form.cleaned_data["dates"]), form.cleaned_data["meter"].strip()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "own_use"
        path.write_bytes(upload.read())
        try:
            return use_of_file(path, year=year, calendar=where, dates=dates, meter=meter)
        except FileRefused as refused:
            sentence = _sentence(refused, language=language).replace(str(path), _name(upload.name))
            raise ValidationError(sentence, code=SAID) from None


def _sentence(refused: FileRefused, *, language: Language) -> str:
    return refused.said.sentence(language) if isinstance(refused, OwnFileRefused) else str(refused)


def _name(given: str) -> str:
    """The name of a file as its sender calls it, without what no plain name has."""
    return _ODD.sub("_", given)[-_NAME_MAX:]


def _keep(request: HttpRequest, use: OwnUse, *, calendar_key: str, year: int) -> None:
    request.session[_KEPT] = {
        "calendar": calendar_key,
        "year": year,
        "years": [[each.start_at.isoformat(), _enclosed(each.wh)] for each in use.years[:_YEARS_KEPT]],
        "assumptions": [[each.code.value, dict(each.parameters)] for each in use.assumptions],
    }


def _enclosed(wh: Sequence[int]) -> str:
    return b64encode(zlib.compress(array("Q", wh).tobytes(), 9)).decode()


def _opened(text: str) -> tuple[int, ...]:
    found = array("Q")
    found.frombytes(zlib.decompress(b64decode(text)))
    return tuple(found)
