"""Personal data on the desk: asked for with a reason, shown once, and who looked."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from evenroll.accounts.wired import business_now
from evenroll.backoffice.desk_words import address_of_record
from evenroll.backoffice.theirs import theirs
from evenroll.backoffice.ways import desk_page
from evenroll.enrollment.papers import LookReason
from evenroll.pages.formats import instant
from evenroll.pages.texts import key_of
from evenroll.pages.web_request import PageRequest, person_of, viewer_of
from evenroll.pages.web_said import said
from evenroll.pages.web_widgets import Cell, SummaryList, SummaryRow, Table
from evenroll.quantities.identifiers import parse_case_number, parse_order_number
from evenroll.records import queries
from evenroll.records.organizations import open_organization
from evenroll.records.own_account import OwnAccount
from evenroll.records.personal_looks import (
    ADDRESS_READ,
    ANSWERS_READ,
    PAGE_ROWS,
    LookHere,
    PersonalOfCase,
    Why,
    look_at_address,
    look_at_case,
    looks,
)
from evenroll.records.streams import StreamKind

_METHODS = ["GET", "HEAD", "POST"]
_ID_MAX = 2**63 - 1
_OF_BOOKS = {
    "name": "field.name",
    "email": "field.email",
    "phone": "field.phone",
    "account_number": "field.account_number",
    "service_address": "field.service_address",
    "postal_code": "field.postal_code",
}


_READ = {ANSWERS_READ: "personal.title", ADDRESS_READ: "personal.address", "paper": "personal.paper"}


class WhyForm(forms.Form):
    """Why somebody has to read it."""

    reason = forms.ChoiceField(
        label="personal.reason",
        choices=[(each.value, key_of(each)) for each in LookReason],
        widget=forms.RadioSelect,
        error_messages={"required": "personal.reason_missing"},
    )
    note = forms.RegexField(
        regex=r"\A[A-Za-z0-9-]{0,20}\Z",
        label="personal.note",
        help_text="personal.note_hint",
        required=False,
        error_messages={"invalid": "personal.note_wrong"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    @property
    def why(self) -> Why:
        """What was said."""
        return Why(reason=LookReason(self.cleaned_data["reason"]), note=self.cleaned_data["note"])


@require_http_methods(_METHODS)
@theirs
def of_case(request: PageRequest, number: str) -> HttpResponse:
    """The personal answers and contacts of a case."""
    parsed = parse_case_number(number)
    queries.case(viewer_of(request), number=parsed)
    form = WhyForm(request.POST if request.method == "POST" else None)
    lists: list[tuple[str, SummaryList]] = []
    is_erased = False
    if form.is_bound and form.is_valid():
        found = look_at_case(person_of(request).acts, number=parsed, why=form.why)
        lists, is_erased = _of_case(request, found), found.erased
    return _page(request, form, lists, back=reverse("desk-case", args=[parsed]), number=parsed, is_erased=is_erased)


@require_http_methods(_METHODS)
@theirs
def of_order(request: PageRequest, number: str) -> HttpResponse:
    """The address of a service order."""
    parsed = parse_order_number(number)
    queries.order(viewer_of(request), number=parsed)
    form = WhyForm(request.POST if request.method == "POST" else None)
    lists: list[tuple[str, SummaryList]] = []
    if form.is_bound and form.is_valid():
        found = look_at_address(person_of(request).acts, number=parsed, why=form.why, now=business_now())
        known = OwnAccount(service_address=found.address, postal_code=found.postal_code)
        lists = [("personal.books", _of_books(request, known))]
    return _page(request, form, lists, back=reverse("desk-order", args=[parsed]), number=parsed)


@require_safe
def looked(request: PageRequest) -> HttpResponse:
    """Who looked at what, and why."""
    before = request.GET.get("before", "")
    is_number = before.isascii() and before.isdecimal() and int(before) <= _ID_MAX
    found = looks(viewer_of(request), before=int(before) if is_number else None)
    more = "?" + urlencode({"before": found[-1].id}) if len(found) == PAGE_ROWS else ""
    context = {"table": _looks_table(request, found), "next": more, "is_first": not is_number}
    return desk_page(request, "backoffice/looks.html", context)


def _page(
    request: PageRequest,
    form: WhyForm,
    lists: Sequence[tuple[str, SummaryList]],
    *,
    back: str,
    number: str,
    is_erased: bool = False,
) -> HttpResponse:
    shown = [(said(request, title), each) for title, each in lists]
    is_wrong = form.is_bound and not form.is_valid()
    context = {"form": form, "lists": shown, "back": back, "number": number, "is_erased": is_erased}
    return desk_page(request, "backoffice/personal.html", context, status=422 if is_wrong else 200)


def _of_case(request: PageRequest, found: PersonalOfCase) -> list[tuple[str, SummaryList]]:
    rows = [SummaryRow(name=said(request, each), value=text) for each, text in sorted(found.answers.items())]
    return [("personal.answers", SummaryList(rows=rows)), ("personal.books", _of_books(request, found.books))]


def _of_books(request: PageRequest, books: OwnAccount) -> SummaryList:
    known = [(label, str(getattr(books, name))) for name, label in _OF_BOOKS.items()]
    return SummaryList(rows=[SummaryRow(name=said(request, label), value=text) for label, text in known if text])


def _looks_table(request: PageRequest, found: Sequence[LookHere]) -> Table:
    with open_organization(person_of(request).organization) as opened:
        zone = ZoneInfo(opened.calendar.zone)
    heads = ("personal.at", "personal.who", "desk.number", "personal.reason_head", "personal.read")
    return Table(
        caption=said(request, "personal.looks"),
        is_caption_hidden=True,
        columns=[Cell(text=said(request, each)) for each in heads],
        rows=[_look_cells(request, each, zone) for each in found],
        empty=said(request, "personal.nobody"),
    )


def _look_cells(request: PageRequest, found: LookHere, zone: ZoneInfo) -> list[Cell]:
    look = found.look
    return [
        Cell(text=instant(look.looked_at, language=request.language, zone=zone)),
        Cell(text=said(request, "work.by", role=look.role.value, who=look.actor)),
        Cell(text=found.number, href=address_of_record(StreamKind.CASE, found.number)),
        Cell(text=said(request, look.reason)),
        Cell(text=_what(request, look.what)),
    ]


def _what(request: PageRequest, code: str) -> str:
    kind, _, rest = code.partition("/")
    label = _READ.get(kind)
    return code if label is None else " · ".join(each for each in (said(request, label), *rest.split("/")) if each)
